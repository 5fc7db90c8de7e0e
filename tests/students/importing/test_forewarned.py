"""Before the errors of a file are mended it is told what would go by it, if that does not hang on these errors."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from students.importing import digest, nightly, told
from students.importing.incoming import Incoming, Table
from students.importing.told import GuardTold, PlanTold
from students.models import Enrolment, ImportBatch
from tests import make
from tests.cast import Cast
from tests.students.importing.batches_made import GUARD, PLAN, TABLES, State, found, make_applied, make_planned
from tests.students.importing.bundles import MORE, Bundle, make_bundle
from tests.students.importing.bundles_sent import Office, new_office
from tests.students.importing.incoming_made import made, planned
from tests.students.importing.test_commands_import import AT, call

ONE_FAULT = {"students": [{"external_id": "new", "given_name": "New", "grade_level": 99}]}
FOREWARNED = PlanTold(
    files=PLAN.files, tables=TABLES, guards=(GuardTold("class", GUARD),), forewarnings=(GuardTold("class", GUARD),)
)
TOLD = "As the file stands, without its rows with errors"


@pytest.fixture
def pupils(school: Cast) -> Cast:
    """Ten of a source, in a class of eleven."""
    for number in range(10):
        student = make.make_student(school.lakeside, f"Pupil{number} Ten")
        make.make_enrolment(student, school.art, origin="import", source="registrar", external_id=f"e{number}")
    return school


def forewarned(incoming: Incoming, school: Cast) -> tuple[list[str], list[str]]:
    """The guards of the plan, and those that are told beforehand."""
    plan, _findings = planned(incoming, school.lakeside, make.TODAY)
    return [each.code for each in plan.told.guards], [each.code for each in plan.told.forewarnings]


def of_art(school: Cast, *enrolments: str) -> dict[str, list[dict[str, Any]]]:
    """Rows for a student whom nobody knows, so each of them is refused."""
    frame: dict[str, list[dict[str, Any]]] = {
        "terms": [{"id": "t", "name": school.art.term.name}],
        "subjects": [{"id": "s", "name": school.art.subject.name}],
        "classes": [{"id": "c", "name": school.art.name, "subject": "s", "term": "t"}],
    }
    rows = [{"external_id": each, "student": "nobody", "school_class": "c"} for each in enrolments]
    return {**frame, "enrolments": rows}


def test_a_file_that_ends_a_class_says_so_beside_an_error_of_something_else(pupils: Cast) -> None:
    incoming = made(complete=(Table.ENROLMENTS,), **ONE_FAULT)
    asked, told_before = forewarned(incoming, pupils)
    assert asked == told_before == ["enrolments_ending", "class_halved", "empty_file"]


def test_what_only_rows_with_errors_would_end_is_not_foretold(pupils: Cast) -> None:
    """Under other ids than on record, so each of them may be about one who is said to leave."""
    others = of_art(pupils, *(f"other{number}" for number in range(10)))
    asked, told_before = forewarned(made(complete=(Table.ENROLMENTS,), **others), pupils)
    assert (asked, told_before) == (["enrolments_ending", "class_halved"], [])
    few = of_art(pupils, "other1", "other2")
    asked, told_before = forewarned(made(complete=(Table.ENROLMENTS,), **few), pupils)
    assert asked == told_before == ["enrolments_ending", "class_halved"]
    same = of_art(pupils, *(f"e{number}" for number in range(8)))
    asked, told_before = forewarned(made(complete=(Table.ENROLMENTS,), **same), pupils)
    assert asked == told_before == ["enrolments_ending"], "of the others the records stay as they are"


def test_a_file_is_not_called_empty_whose_rows_cannot_be_read(pupils: Cast) -> None:
    incoming = made(complete=(Table.ENROLMENTS,), **ONE_FAULT)
    incoming.refused[Table.ENROLMENTS] = {"e0"}
    asked, told_before = forewarned(incoming, pupils)
    assert ("empty_file" in asked, "empty_file" in told_before) == (True, False)


def test_without_errors_what_is_told_beforehand_is_what_will_be_asked(pupils: Cast) -> None:
    asked, told_before = forewarned(made(complete=(Table.ENROLMENTS,)), pupils)
    assert asked == told_before != []


def test_the_findings_and_the_plan_say_it_and_ask_for_nothing_yet(school: Cast, client_as: Any) -> None:
    batch = make_planned(school, FOREWARNED, found(2))
    client = client_as(school.otto)
    for address in ("import-findings", "import-plan"):
        page = client.get(reverse(address, args=[batch.pk])).text
        assert page.index(TOLD) < page.index(GUARD)
        assert "Yes, this is meant" not in page
    assert client_as(school.wanda).get(reverse("import-findings", args=[batch.pk])).status_code == 404


def test_a_page_without_errors_says_that_it_will_be_asked(school: Cast, client_as: Any) -> None:
    batch = make_planned(school, FOREWARNED, found(0, 1))
    page = client_as(school.otto).get(reverse("import-findings", args=[batch.pk])).text
    assert GUARD in page
    assert TOLD not in page


def test_nothing_is_foretold_of_what_was_applied_or_planned_before_this_was_told(school: Cast, client_as: Any) -> None:
    applied = make_applied(school, plan=FOREWARNED, findings=found(2))
    older = make_planned(school, FOREWARNED, found(2))
    del older.plan["forewarnings"]
    older.save()
    for batch in (applied, older):
        assert GUARD not in client_as(school.otto).get(reverse("import-findings", args=[batch.pk])).text


MORNING = datetime.combine(make.TODAY, datetime.min.time(), UTC) + timedelta(hours=7)


@pytest.mark.django_db(transaction=True)
def test_the_mail_of_the_morning_says_it_and_names_no_class(school: Cast) -> None:
    batch = make_planned(school, FOREWARNED, found(2))
    ImportBatch.objects.filter(pk=batch.pk).update(options={nightly.CAME: "1:2:3"})
    quiet = make_planned(school, PLAN, found(3), state=State.PLANNED)
    ImportBatch.objects.filter(pk=quiet.pk).update(options={nightly.CAME: "4:5:6"})
    digest.send_due(MORNING)
    [letter] = mail.outbox
    assert "2 errors were found. As the file stands, so much would go that a person has to say yes." in letter.body
    assert letter.body.count("As the file stands") == 1
    assert "Mathematics 9B" not in letter.body


# --- through the reader --------------------------------------------------------------------------------------
@pytest.fixture
def office() -> Iterator[Office]:
    with new_office() as made_up:
        yield made_up


def with_a_fault(bundle: Bundle) -> Bundle:
    """Of the enrolments hardly any is left, and a day of birth is none."""
    bundle.rows["enrollments"] = bundle.rows["enrollments"][:3]
    bundle.rows["results"] = []
    student = next(row["sourcedId"] for row in bundle.rows["users"] if row["role"] == "student")
    bundle.rows["demographics"] = [{"sourcedId": student, "birthDate": "soon"}]
    return bundle


def test_an_error_among_the_schools_ends_nothing_and_foretells_nothing(db: None, office: Office) -> None:
    """Of two schools the row of ours cannot be read: the other one would be taken for ours, and all of ours would go."""
    office.apply(office.plan(make_bundle(on=make.TODAY)))
    bundle = make_bundle(on=make.TODAY)
    bundle.rows["orgs"][0][MORE] = "more"
    bundle.rows["orgs"].append({"sourcedId": "school-2", "name": "Another", "type": "school"})
    plan = told.read_plan(office.plan(bundle).plan)
    assert (plan.total("ended"), plan.guards, plan.forewarnings) == (0, (), ())


@pytest.mark.django_db(transaction=True)
def test_the_shell_says_it_and_still_ends_for_the_errors(tmp_path: Path, school: Cast) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(make_bundle(on=make.TODAY).zipped())
    assert call("import_oneroster", str(path), *AT, "--yes")[0] == 0
    before = Enrolment.objects.filter(ends=None).count()
    path.write_bytes(with_a_fault(make_bundle(on=make.TODAY)).zipped())
    ending, said = call("import_oneroster", str(path), *AT)
    assert ending == 1
    assert "a guard would ask:" in said
    assert "enrolments in force would end" in said
    ending, said = call("import_oneroster", str(path), *AT, "--json", "--dry-run")
    facts = json.loads(said)
    assert (ending, facts["errors"]) == (1, 1)
    assert {each["code"] for each in facts["forewarnings"]} == {"enrolments_ending", "class_halved"}
    assert Enrolment.objects.filter(ends=None).count() == before
