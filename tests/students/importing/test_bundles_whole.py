"""A row of a bundle comes whole or not at all: what hangs on a class that only the comparison with the records refuses goes with it."""

import random

import pytest

from students.importing import told
from students.importing.incoming import Table
from tests import make
from tests.cast import Cast
from tests.students.importing.bundles import FIRST_LINE
from tests.students.importing.bundles_facts import on_record
from tests.students.importing.bundles_seeded import Seeded
from tests.students.importing.bundles_sent import new_office
from tests.students.importing.incoming_made import codes, made, planned
from tests.students.importing.test_bundles_seeded import check, seeded

pytestmark = pytest.mark.django_db


def with_two_classes_alike(seed: int) -> Seeded:
    """Of one course, term and name; which nobody sees who reads row by row."""
    wrong = seeded([], random.Random(seed))
    first, *_between, last = wrong.bundle.rows["classes"]
    last |= {"title": first["title"], "courseSourcedId": first["courseSourcedId"]}
    wrong.faults["classes", len(wrong.bundle.rows["classes"]) + FIRST_LINE - 1] = "same_record"
    return wrong


@pytest.mark.parametrize("seed", range(3))
def test_line_items_of_a_class_that_is_there_already_go_with_it_and_so_do_their_marks(seed: int) -> None:
    check(with_two_classes_alike(seed))


def test_a_line_item_that_is_on_record_stays_as_it_is_while_its_class_is_refused() -> None:
    with new_office() as office:
        bundle = seeded([], random.Random(4)).bundle
        office.apply(office.plan(bundle))
        before = on_record(office.school)
        group = bundle.rows["classes"][-1]["sourcedId"]
        bundle.rows["classes"][-1]["title"] = bundle.rows["classes"][0]["title"]
        bundle.rows["classes"][-1]["courseSourcedId"] = bundle.rows["classes"][0]["courseSourcedId"]
        for row in bundle.rows["lineItems"]:
            row["title"] += " again" if row["classSourcedId"] == group else ""
        batch = office.plan(bundle, set_aside=True)
        assert told.read_plan(batch.plan).does == 0
        assert on_record(office.school) == before


def an_exam_of(*classes: str) -> dict[str, list[dict[str, object]]]:
    day = make.YESTERDAY
    return {
        "exams": [{"id": "x", "title": "Quiz", "subject": "s", "day": day, "maximum": 10}],
        "sittings": [{"exam": "x", "school_class": each} for each in classes],
        "students": [{"id": "1", "given_name": "Sam", "family_name": "Okafor", "must_exist": 1}],
        "results": [{"exam": "x", "student": "1", "score": 5}],
    }


def test_an_exam_stays_as_long_as_one_of_its_classes_does(school: Cast) -> None:
    frame = {
        "terms": [{"id": "t", "name": school.maths.term.name}],
        "subjects": [{"id": "s", "name": school.maths.subject.name}],
        "classes": [
            {"id": "c", "name": school.maths.name, "subject": "s", "term": "t"},
            {"id": "gone", "name": "9Z", "subject": "s", "term": "t", "must_exist": 1},
        ],
    }
    plan, findings = planned(made(**frame, **an_exam_of("c", "gone")), school.lakeside, make.TODAY)
    assert [len(plan.steps[each].added) for each in (Table.EXAMS, Table.SITTINGS, Table.RESULTS)] == [1, 1, 1]
    assert sorted(set(codes(findings))) == ["hangs_on_refused", "unknown_record"]
    plan, findings = planned(made(**frame, **an_exam_of("gone")), school.lakeside, make.TODAY)
    assert [len(plan.steps[each].added) for each in (Table.EXAMS, Table.SITTINGS, Table.RESULTS)] == [0, 0, 0]
    told_of = {(each.file, each.line, each.column, each.value) for each in findings.shown["error"]}
    assert ("exams.csv", 2, "school_class", "gone") in told_of
