"""Values of a protected indicator in a file: told to who has the right to protected facts, and to no other keeper, on any page."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client

from portal.accounts.models import User
from students import orders
from students.importing import batches
from students.importing.spreadsheet.mapping_file import as_json, from_toml
from students.models import ImportBatch, Indicator, Membership, Observation, SchoolPolicy
from tests.cast import Cast
from tests.students.importing.files import after_work, known

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
WIDE = """\
source = "sis"
[student]
external_id = "Id"
name = "Name"
[indicators]
Support = "category"
Hours = "number"
"""
LONG = """\
layout = "observations"
source = "sis"
[student]
external_id = "Id"
[row]
indicator = "What"
value = "How"
day = "When"
"""
TWO = "Id;Name;Support;Hours\ns1;Sam Okafor;zzwheelchair;3\ns2;Mia Lindqvist;zzhearing;4\n"
AGAIN = TWO.replace("zzwheelchair", "zzreading").replace(";4", ";5")
ROWS = (
    "Id;What;How;When\ns1;Support;zzwheelchair;2026-03-02\ns1;Hours;9.25;2026-03-02\ns2;Support;zzhearing;2026-03-02\n"
)
SECRETS = (b"zzwheelchair", b"zzhearing", b"zzreading", b"zzlong")
LISTS = tuple(f"plan/observations/{deed}/" for deed in ("added", "changed", "ended", "removed"))
PAGES = ("", "columns/", "findings/", "plan/", "undo/", "changes.csv", "findings.csv", *LISTS)


@pytest.fixture(autouse=True)
def support(school: Cast) -> Indicator:
    """Hana may see protected facts, Otto of the office may not."""
    known(school)
    SchoolPolicy.objects.update_or_create(school=school.lakeside, defaults={"imports_protected": True})
    Membership.objects.filter(user=school.hana, school=school.lakeside).update(sees_demographics=True)
    facts = {"school": school.lakeside, "kind": Indicator.Kind.CATEGORY}
    Indicator.objects.create(**facts | {"kind": Indicator.Kind.NUMBER}, code="hours", name="Hours")
    made: Indicator = Indicator.objects.create(**facts, code="support", name="Support", is_protected=True)
    return made


def received(school: Cast, text: str, toml: str, *, by: User) -> ImportBatch:
    batch = batches.receive(school.lakeside, BytesIO(text.encode()), "marks.csv", by=by)
    batches.choose_mapping(batch, as_json(from_toml(toml)), by=by, source="sis")
    return batch


def looked(school: Cast, text: str, toml: str = WIDE, *, by: User) -> ImportBatch:
    batch = received(school, text, toml, by=by)
    orders.order_plan(batch, by=by)
    return after_work(batch)


def carried_out(batch: ImportBatch, *, by: User) -> ImportBatch:
    orders.order_apply(batch, batch.fingerprint, by=by, accepted_guards=True)
    return after_work(batch)


def told(client: Client, batch: ImportBatch) -> bytes:
    answers = [client.get(f"/data/imports/{batch.pk}/{page}", follow=True) for page in PAGES]
    return b"".join(b"".join(each.streaming_content) if each.streaming else each.content for each in answers)  # type: ignore[attr-defined]  # of a file


def secrets_in(page: bytes) -> list[bytes]:
    return [word for word in SECRETS if word in page]


@pytest.mark.parametrize(("text", "toml"), [(TWO, WIDE), (ROWS, LONG)])
def test_a_plan_with_them_is_told_by_right_before_and_after_it_is_applied(
    school: Cast, client_as: ClientAs, text: str, toml: str
) -> None:
    batch = looked(school, text, toml, by=school.hana)
    for _turn in range(2):
        assert b"zzhearing" in told(client_as(school.hana), batch), batch.state
        assert secrets_in(told(client_as(school.otto), batch)) == [], batch.state
        batch = carried_out(batch, by=school.hana) if batch.state == "planned" else batch
    assert batch.state == "applied"
    assert Observation.objects.filter(category="zzhearing").exists()


def test_changes_of_them_are_examples_for_nobody_else(school: Cast, client_as: ClientAs) -> None:
    carried_out(looked(school, TWO, by=school.hana), by=school.hana)
    batch = looked(school, AGAIN, by=school.hana)
    page = told(client_as(school.hana), batch)
    assert {b"zzwheelchair", b"zzreading"} <= set(secrets_in(page))
    assert secrets_in(told(client_as(school.otto), batch)) == []
    assert client_as(school.otto).get(f"/data/imports/{batch.pk}/plan/").status_code == 403
    done = carried_out(batch, by=school.hana)
    assert b"zzreading" in told(client_as(school.hana), done)
    report = client_as(school.otto).get(f"/data/imports/{done.pk}/").text
    assert secrets_in(told(client_as(school.otto), done)) == []
    assert "/plan/observations/" not in report
    assert "Values of indicators" in report, "how many there are is for every keeper"


def test_other_lists_of_that_import_stay_open_to_the_office(school: Cast, client_as: ClientAs) -> None:
    batch = carried_out(looked(school, TWO + "s3;New Child;zzlong;1\n", by=school.hana), by=school.hana)
    client = client_as(school.otto)
    assert f"/data/imports/{batch.pk}/plan/students/added/" in client.get(f"/data/imports/{batch.pk}/").text
    assert "New Child" in client.get(f"/data/imports/{batch.pk}/plan/students/added/").text
    assert client.get(f"/data/imports/{batch.pk}/plan/observations/added/").status_code == 403


@pytest.mark.parametrize(
    ("text", "toml"),
    [
        (TWO.replace("zzwheelchair", "zzlong" * 40), WIDE),
        (ROWS.replace("zzwheelchair", "zzlong" * 40), LONG),
        (TWO.replace("zzwheelchair", "zzlong" * 40).replace("zzhearing", "zzlong" * 50), WIDE),
    ],
)
def test_faults_in_them_are_shown_by_right(school: Cast, client_as: ClientAs, text: str, toml: str) -> None:
    batch = looked(school, text, toml, by=school.hana)
    assert batch.findings["errors"]
    assert b"zzlong" in told(client_as(school.hana), batch)
    assert secrets_in(told(client_as(school.otto), batch)) == []


@pytest.mark.parametrize(
    ("text", "toml"),
    [(TWO.replace("zzwheelchair", "zzlong" * 40), WIDE), (ROWS.replace("zzwheelchair", "zzlong" * 40), LONG)],
)
def test_in_an_import_of_the_office_they_are_not_even_read(
    school: Cast, client_as: ClientAs, text: str, toml: str
) -> None:
    batch = looked(school, text, toml, by=school.otto)
    assert batch.findings["errors"] == 0
    assert "protected_left_out" in {kind["code"] for kind in batch.findings["kinds"]}
    assert client_as(school.otto).get(f"/data/imports/{batch.pk}/plan/").status_code == 200
    done = carried_out(batch, by=school.otto)
    assert (done.state, set(Observation.objects.values_list("indicator__name", flat=True))) == ("applied", {"Hours"})
    assert secrets_in(told(client_as(school.dora), done)) == []


@pytest.mark.parametrize(("text", "toml"), [(TWO, WIDE), (ROWS, LONG), (TWO, LONG), (ROWS, WIDE)])
def test_cells_of_the_file_are_hidden_on_the_page_of_columns(
    school: Cast, client_as: ClientAs, text: str, toml: str
) -> None:
    """However it was mapped so far."""
    batch = received(school, text, toml, by=school.hana)
    page = client_as(school.otto).get(f"/data/imports/{batch.pk}/columns/")
    assert secrets_in(page.content) == []
    assert page.status_code == 200
    assert "zzhearing" in client_as(school.hana).get(f"/data/imports/{batch.pk}/columns/").text


def test_a_preview_shows_only_what_would_be_read(school: Cast, client_as: ClientAs) -> None:
    batch = received(school, TWO, WIDE, by=school.otto)
    page = client_as(school.otto).get(f"/data/imports/{batch.pk}/columns/").text
    preview = page.partition('id="preview-head"')[2]
    assert "Hours" in preview
    assert "zzhearing" not in preview
    batch = received(school, TWO, WIDE, by=school.hana)
    page = client_as(school.hana).get(f"/data/imports/{batch.pk}/columns/").text
    assert "zzhearing" in page.partition('id="preview-head"')[2]


@pytest.mark.parametrize(("text", "toml"), [(TWO, WIDE), (ROWS, LONG)])
def test_an_indicator_that_is_protected_afterwards_veils_what_was_told_before(
    school: Cast, client_as: ClientAs, support: Indicator, text: str, toml: str
) -> None:
    """By another name even, for its code stays."""
    Indicator.objects.update(is_protected=False)
    carried_out(looked(school, text, toml, by=school.otto), by=school.otto)
    again = text.replace("zzwheelchair", "zzreading")
    batch = carried_out(looked(school, again, toml, by=school.otto), by=school.otto)
    assert b"zzreading" in told(client_as(school.otto), batch)
    Indicator.objects.filter(pk=support.pk).update(is_protected=True, name="Called otherwise")
    assert secrets_in(told(client_as(school.otto), batch)) == []
    assert b"zzreading" in told(client_as(school.hana), batch)


def test_open_indicators_are_told_to_every_keeper(school: Cast, client_as: ClientAs) -> None:
    text = TWO.replace(";Support", "").replace(";zzwheelchair", "").replace(";zzhearing", "")
    batch = looked(school, text, WIDE.replace('Support = "category"\n', ""), by=school.hana)
    page = client_as(school.otto).get(f"/data/imports/{batch.pk}/plan/observations/added/").text
    assert "Sam Okafor, Hours" in page


def test_what_was_left_at_undoing_names_nobody_who_has_a_protected_value(school: Cast, client_as: ClientAs) -> None:
    batch = carried_out(looked(school, TWO, by=school.hana), by=school.hana)
    for value in Observation.objects.filter(indicator__name="Support"):
        value.category = "zztyped"
        value.save()
    orders.order_undo(batch, by=school.otto)
    batch = after_work(batch)
    assert batch.undone["left_count"]
    assert "Support of Sam Okafor" in client_as(school.hana).get(f"/data/imports/{batch.pk}/").text
    page = client_as(school.otto).get(f"/data/imports/{batch.pk}/").text
    assert "Support of" not in page
    assert "protected facts are among them" in page


def test_an_import_without_the_right_removes_no_protected_values(school: Cast, client_as: ClientAs) -> None:
    """A file that names all marks of its source says nothing of those that its keeper may not bring."""
    carried_out(looked(school, ROWS, LONG, by=school.hana), by=school.hana)
    batch = received(school, ROWS.replace("9.25", "8"), LONG, by=school.otto)
    batches.choose_options(batch, by=school.otto, truncate=True)
    orders.order_plan(batch, by=school.otto)
    batch = carried_out(after_work(batch), by=school.otto)
    assert batch.state == "applied"
    assert Observation.objects.filter(indicator__name="Support").count() == 2


def test_removed_values_are_told_by_right_too(school: Cast, client_as: ClientAs) -> None:
    carried_out(looked(school, ROWS, LONG, by=school.hana), by=school.hana)
    batch = received(school, "Id;What;How;When\ns1;Hours;9.25;2026-03-02\n", LONG, by=school.hana)
    batches.choose_options(batch, by=school.hana, truncate=True)
    orders.order_plan(batch, by=school.hana)
    batch = after_work(batch)
    page = f"/data/imports/{batch.pk}/plan/observations/removed/"
    assert "Sam Okafor, Support" in client_as(school.hana).get(page).text
    assert client_as(school.otto).get(page).status_code == 403
