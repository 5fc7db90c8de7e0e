"""What a person has read and signed: once for each edition, never taken back, and asked on every page without a query."""

import pytest

from portal.accounts.acknowledging import acknowledge, has_acknowledged
from portal.accounts.models import Acknowledgement, User
from portal.accounts.preferences import prefer, preferences_of, remember_columns
from portal.audit.models import AuditEvent, Unchangeable
from tests import make
from tests.asserts import assert_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def nia() -> User:
    return make.make_user("Nia New", preferences={})


def read_again(person: User) -> User:
    return User.objects.get(pk=person.pk)


def test_a_signature_is_kept_with_its_edition_and_leaves_a_line(nia: User) -> None:
    signed = acknowledge(nia, "tour", 2, by=nia)
    assert (signed.user, signed.what, signed.edition) == (nia, "tour", 2)
    line = AuditEvent.objects.get(verb="acknowledged")
    assert (line.actor_id, line.target_id, line.facts) == (nia.pk, signed.pk, {"what": "tour", "edition": 2})


def test_signing_twice_keeps_the_first_day_and_writes_one_line(nia: User) -> None:
    first = acknowledge(nia, "tour", 1, by=nia)
    again = acknowledge(nia, "tour", 1, by=nia)
    assert (again.pk, again.at) == (first.pk, first.at)
    assert AuditEvent.objects.filter(verb="acknowledged").count() == 1


def test_pages_ask_without_a_query(nia: User) -> None:
    acknowledge(nia, "tour", 1, by=nia)
    person = read_again(nia)
    with assert_queries(0):
        assert has_acknowledged(person, "tour", 1)
        assert not has_acknowledged(person, "tour", 2)
        assert not has_acknowledged(person, "family_tour", 1)


def test_a_new_edition_asks_anew_and_a_later_signature_covers_earlier_editions(nia: User) -> None:
    acknowledge(nia, "tour", 1, by=nia)
    assert not has_acknowledged(nia, "tour", 2)
    acknowledge(nia, "tour", 2, by=nia)
    assert has_acknowledged(read_again(nia), "tour", 1)
    assert [each.edition for each in nia.acknowledgements.order_by("edition")] == [1, 2]


def test_an_old_edition_signed_late_does_not_make_the_new_one_unsigned(nia: User) -> None:
    acknowledge(nia, "tour", 2, by=nia)
    acknowledge(nia, "tour", 1, by=nia)
    assert has_acknowledged(read_again(nia), "tour", 2)


def test_what_was_signed_can_be_neither_changed_nor_removed(nia: User) -> None:
    signed = acknowledge(nia, "tour", 1, by=nia)
    for attempt in (signed.save, signed.delete, Acknowledgement.objects.all().delete):
        with pytest.raises(Unchangeable):
            attempt()
    with pytest.raises(Unchangeable):
        Acknowledgement.objects.update(edition=2)


def test_preferences_and_signatures_leave_each_other_alone(nia: User) -> None:
    prefer(nia, theme="dark")
    acknowledge(nia, "tour", 1, by=nia)
    remember_columns(nia, "register", ["name"])
    prefer(nia, density="compact")
    person = read_again(nia)
    assert has_acknowledged(person, "tour", 1)
    assert (preferences_of(person).theme, preferences_of(person).columns) == ("dark", {"register": ("name",)})


@pytest.mark.parametrize(
    "stored", [{}, {"read": None}, {"read": []}, {"read": {"tour": "one"}}, {"read": {"tour": None}}]
)
def test_what_is_stored_and_makes_no_sense_counts_as_not_signed(nia: User, stored: dict[str, object]) -> None:
    nia.preferences = stored
    assert not has_acknowledged(nia, "tour", 1)
