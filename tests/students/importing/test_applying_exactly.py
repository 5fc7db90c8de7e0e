"""After a plan was written, the records differ from what they were by exactly what stood in the plan: random small plans."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from portal.audit.models import Change
from portal.audit.undo import undo
from students.importing.applying import writing
from students.importing.incoming import Table
from students.models import AttendanceMark, Enrolment, Exam, Result, Student, Term
from tests import make
from tests.cast import Cast
from tests.students.importing.plans_made import SOURCE, Draft, Stand, stand

TODAY = make.TODAY
names = some.text(alphabet="abcdeéŁø 'ßж李\"\\{},", min_size=1, max_size=12)
days = some.dates(date(2000, 2, 29), TODAY)
scores = some.one_of(some.none(), some.decimals(0, 99999, places=2).map(float))


def a_student() -> Any:
    return some.fixed_dictionaries(
        {
            "given_name": names,
            "family_name": names,
            "preferred_name": some.one_of(some.just(""), names),
            "birth_date": some.one_of(some.none(), days),
            "grade_level": some.integers(0, 14),
            "status": some.sampled_from(["enrolled", "expected"]),
            "starts": days,
            "ends": some.none(),
        }
    )


def a_change() -> Any:
    return some.fixed_dictionaries(
        {"given_name": names, "birth_date": some.one_of(some.none(), days), "grade_level": some.integers(0, 14)}
    )


@some.composite
def plans(draw: Any) -> dict[str, Any]:
    """What a plan is about, without the keys of this run's school."""
    return {
        "students": draw(some.lists(a_student(), max_size=4)),
        "scores": draw(some.lists(scores, max_size=4)),
        "changes": draw(some.lists(a_change(), min_size=3, max_size=3)),
        "marks": draw(some.lists(scores, min_size=2, max_size=2)),
        "ends": draw(some.lists(some.booleans(), min_size=3, max_size=3)),
        "gone": draw(some.booleans()),
        "chunk": draw(some.integers(1, 4)),
    }


def status(score: float | None) -> str:
    return "absent" if score is None else "scored"


def draft_of(wish: dict[str, Any], school: Cast) -> Draft:
    draft = Draft(school.lakeside)
    if wish["students"]:
        rows = [{**row, "external_id": str(place)} for place, row in enumerate(wish["students"])]
        draft.add(Table.STUDENTS, *rows)
        score_of = list(enumerate(wish["scores"][: len(rows)]))
        results = [
            {"exam_id": school.test.pk, "student_id": -1 - place, "status": status(score), "score": score}
            for place, score in score_of
        ]
        if results:
            draft.add(Table.RESULTS, *({**each, "known_on": TODAY} for each in results))
    people = [school.sam, school.mia, school.zoe]
    draft.change(
        Table.STUDENTS, people, **{name: [row[name] for row in wish["changes"]] for name in wish["changes"][0]}
    )
    marks = list(Result.objects.filter(exam=school.test).order_by("student_id"))
    told = {"score": wish["marks"], "status": [status(score) for score in wish["marks"]]}
    draft.change(Table.RESULTS, marks, **told)
    ending = [
        row for row, ends in zip(Enrolment.objects.filter(ends=None).order_by("pk"), wish["ends"], strict=False) if ends
    ]
    if ending:
        draft.end(Table.ENROLMENTS, ending, ends=[TODAY - timedelta(days=1)] * len(ending))
    if wish["gone"]:
        draft.remove(Table.ATTENDANCE, AttendanceMark.objects.get(student=school.sam))
    return draft


def foretold(before: Stand, draft: Draft) -> Stand:
    """What the plan makes of these records, worked out field by field; new records stand under their place in the plan."""
    after = {label: {key: dict(row) for key, row in rows.items()} for label, rows in before.items()}
    labels = {Table.STUDENTS: "students.Student", Table.RESULTS: "students.Result"}
    labels |= {Table.ENROLMENTS: "students.Enrolment", Table.ATTENDANCE: "students.AttendanceMark"}
    for table, step in draft.steps.items():
        rows = after[labels[table]]
        for altered in (step.changed, step.ended):
            for place, key in enumerate(altered.keys.tolist()):
                for name, marks in altered.differs.items():
                    if marks[place]:
                        rows[key][name] = plain(altered.after[name][place])
        for key in step.removed.keys.tolist():
            del rows[key]
        for place in range(len(step.added)):
            rows[-1 - place] = {name: plain(column[place]) for name, column in step.added.columns.items()}
    return after


def plain(value: Any) -> Any:
    """A value of a plan as the record holds it."""
    value = value.item() if hasattr(value, "item") else value
    if hasattr(value, "date"):
        return value.date()
    if isinstance(value, float):
        return None if value != value else Decimal(str(value))
    return value


def compare(expected: Stand, found: Stand) -> None:
    for label, rows in expected.items():
        old = {key: row for key, row in rows.items() if key > 0}
        kept = {key: row for key, row in found[label].items() if key in old}
        without = {"search_name"}
        assert {key: {n: v for n, v in row.items() if n not in without} for key, row in kept.items()} == {
            key: {n: v for n, v in row.items() if n not in without} for key, row in old.items()
        }
        new = [found[label][key] for key in sorted(set(found[label]) - set(old))]
        assert len(new) == len(rows) - len(old)
        for place, row in enumerate(new):
            assert row["origin"] == "import"
            assert row["source"] == SOURCE
            for name, value in rows[-1 - place].items():
                if name != "student_id":
                    assert row[name] == value


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(wish=plans())
def test_the_records_differ_by_exactly_the_plan_and_come_back_exactly(school: Cast, wish: dict[str, Any]) -> None:
    with pytest.MonkeyPatch.context() as patched, transaction.atomic():
        patched.setattr(writing, "CHUNK", wish["chunk"])
        before, mark = stand(), uuid4()
        draft = draft_of(wish, school)
        expected = foretold(before, draft)
        draft.write(school.otto, mark)
        compare(expected, stand())
        for student in Student.objects.filter(school=school.lakeside):
            folded = student.search_name
            student.save()
            assert student.search_name == folded
        assert all(each.before != each.after for each in Change.objects.filter(batch=mark))
        done = undo(mark, by=school.hana)
        assert done.left == []
        assert stand() == before
        assert (Exam.objects.count(), Term.objects.count()) == (3, 2)
        transaction.set_rollback(True)
