"""One's own preferences: chosen in the profile or in the menu, kept, seen on every page, and of nobody else."""

import pytest
from django.urls import reverse

from portal.accounts.models import User
from portal.accounts.preferences import Preferences, prefer, preferences_of, remember_columns
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PROFILE = "/profile/"


def look_of(person: User) -> Preferences:
    return preferences_of(User.objects.get(pk=person.pk))


def test_theme_density_and_language_are_kept_and_seen_on_the_next_page(school: Cast, client_as) -> None:
    client = client_as(school.ada)
    chosen = {"theme": "dark", "density": "compact", "language": "en-gb", "save-look": "1"}
    page = client.post(PROFILE, chosen, follow=True)
    assert "Your preferences are saved." in page.content.decode()
    assert look_of(school.ada) == Preferences(theme="dark", density="compact", language="en-gb")
    html = client.get("/").content.decode()
    assert 'data-theme="dark" data-density="compact"' in html
    assert look_of(school.otto) == Preferences()


def test_a_theme_that_nobody_knows_is_answered_at_its_field_and_changes_nothing(school: Cast, client_as) -> None:
    prefer(school.ada, theme="light")
    page = client_as(school.ada).post(PROFILE, {"theme": "sepia", "density": "compact", "save-look": "1"})
    assert page.status_code == 422
    assert "There is no such theme. Choose one of those shown." in page.content.decode()
    assert look_of(school.ada) == Preferences(theme="light")


@pytest.mark.parametrize(
    ("field", "sentence"),
    [("density", "There is no such density."), ("language", "Foremark does not speak that language yet.")],
)
def test_each_field_says_what_it_does_not_know(school: Cast, client_as, field: str, sentence: str) -> None:
    page = client_as(school.ada).post(PROFILE, {field: "x\x00" * 2000, "save-look": "1"})
    assert page.status_code == 422
    assert sentence in page.content.decode()


def test_the_name_and_the_look_are_saved_apart(school: Cast, client_as) -> None:
    client = client_as(school.ada)
    client.post(PROFILE, {"name": "Ada Lovelace", "theme": "dark", "save-name": "1"})
    assert look_of(school.ada) == Preferences()
    client.post(PROFILE, {"name": "Nobody", "theme": "dark", "save-look": "1"})
    school.ada.refresh_from_db()
    assert (school.ada.name, look_of(school.ada).theme) == ("Ada Lovelace", "dark")


def test_an_empty_name_is_refused_with_a_sentence(school: Cast, client_as) -> None:
    page = client_as(school.ada).post(PROFILE, {"name": "  ", "save-name": "1"})
    assert page.status_code == 422
    assert "Type your name as others in the school know it." in page.content.decode()


def test_the_switch_in_the_menu_changes_the_theme_alone_and_leads_back(school: Cast, client_as) -> None:
    prefer(school.ada, density="compact")
    answer = client_as(school.ada).post(PROFILE, {"theme": "dark", "next": "/classes/?q=9", "save-theme": "1"})
    assert answer.url == "/classes/?q=9"
    assert look_of(school.ada) == Preferences(theme="dark", density="compact")


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_switch_leads_nowhere_else(school: Cast, client_as, elsewhere: str) -> None:
    answer = client_as(school.ada).post(PROFILE, {"theme": "dark", "next": elsewhere, "save-theme": "1"})
    assert answer.url == reverse("profile")


def test_the_columns_of_a_table_stay_when_the_theme_changes(school: Cast, client_as) -> None:
    remember_columns(school.ada, "register", ["average", "missing"])
    client_as(school.ada).post(PROFILE, {"theme": "dark", "density": "comfortable", "language": "", "save-look": "1"})
    assert look_of(school.ada).columns == {"register": ("average", "missing")}


def test_the_profile_tells_how_one_signs_in(school: Cast, client_as) -> None:
    html = client_as(school.ada).get(PROFILE).content.decode()
    for sentence in ("ada@lakeside.example", "Change the password", "Signed in on", "Manage passkeys"):
        assert sentence in html


def test_nobody_signed_out_has_preferences(client) -> None:
    assert client.post(PROFILE, {"theme": "dark", "save-look": "1"}).status_code == 302
    assert 'data-theme="auto"' in client.get("/accounts/login/").content.decode()
