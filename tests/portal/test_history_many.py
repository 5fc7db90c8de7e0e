"""History made in SQL for a great many records says the same as history made for each of them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import numpy as np
import pytest
from django.apps import apps
from django.db import models

from portal.audit import history, many
from portal.audit.models import Change
from portal.kit.rewriting import rewrite
from students.models import Demographics, Exam, ImportBatch, Indicator, Participation, Result, Sitting, Student
from tests import make
from tests.cast import Cast

LABELS = (
    "accounts.User", "students.AttendanceMark", "students.Caseload", "students.Demographics", "students.Enrolment",
    "students.Exam", "students.Guardianship", "students.ImportBatch", "students.Indicator", "students.Intervention",
    "students.Membership", "students.Note", "students.Observation", "students.Participation", "students.Release",
    "students.Result", "students.School", "students.SchoolClass", "students.Sitting", "students.Student",
    "students.Subject", "students.Teaching", "students.Term",
)  # fmt: skip
MOMENTS = (
    datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC),
    datetime(2026, 3, 4, 5, 6, 7, 400, tzinfo=UTC),
    datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
)


def odd_things(school: Cast) -> None:
    """Values that are told in different ways when nobody takes care."""
    hours = make.make_indicator(school.lakeside, least=Decimal("-0.5"), most=Decimal("9999999.999"))
    Indicator.objects.filter(pk=hours.pk).update(categories=["a", 'quote " and \\', "Zoë", 1.5, None, {"b": True}])
    make.make_observation(school.sam, hours, Decimal("0.05"))
    make.make_observation(
        school.mia, make.make_indicator(school.lakeside, "Mood", kind="category"), None, category="ok"
    )
    make.make_participation(school.sam)
    make.make_help(school.sam, school.cora)
    make.make_note(school.sam, school.ada, "Line one\nline “two” \u2028 'three'")
    make.make_release(school.test, school.maths)
    Exam.objects.filter(pk=school.final.pk).update(weight=Decimal("0.125"), maximum=Decimal("0.01"))
    results = list(Result.objects.order_by("pk"))
    for result, at in zip(results, MOMENTS, strict=True):
        Result.objects.filter(pk=result.pk).update(recorded_at=at)
    Result.objects.filter(pk=results[0].pk).update(score=Decimal("12345.6"), known_on=None)
    Sitting.objects.filter(exam=school.test).update(locked_at=MOMENTS[1], locked_by=school.hana)
    ImportBatch.objects.create(
        school=school.lakeside, kind="spreadsheet", file_name="a.csv", seconds=0.1, job_id=uuid4()
    )


@pytest.mark.parametrize("label", LABELS)
def test_every_kind_of_record_is_told_in_the_same_words(school: Cast, label: str) -> None:
    odd_things(school)
    model = apps.get_model(label)
    records = {each.pk: each for each in model._base_manager.all()}
    told = many.read(model, list(records))
    assert told.by_key() == {key: history.facts_of(each) for key, each in records.items()}
    assert records


def test_a_kind_of_value_that_history_cannot_tell_is_an_error_and_not_a_guess() -> None:
    class Odd(models.Model):
        span = models.DurationField()

        class Meta:
            app_label = "students"
            managed = False

    del apps.all_models["students"]["odd"]
    with pytest.raises(TypeError, match="DurationField"):
        many.facts_in_sql(Odd)


def line(school: Cast) -> many.Line:
    return many.Line(school.otto, MOMENTS[0], school.lakeside.pk, uuid4())


def plain(change: Change) -> dict[str, object]:
    return {name: value for name, value in vars(change).items() if name not in ("_state", "id", "at")}


def test_added_and_removed_records_leave_the_lines_that_one_by_one_would_leave(school: Cast) -> None:
    ours = line(school)
    for model in (Student, Result, Demographics, Sitting):
        records = list(model._base_manager.all())
        many.note_added(model, [each.pk for each in records], ours)
        many.note_removed(model, [each.pk for each in records], ours)
        made = [plain(each) for each in Change.objects.filter(batch=ours.batch, model=model._meta.label).order_by("pk")]
        Change.objects.filter(batch=ours.batch).purge_before(MOMENTS[0] + timedelta(days=9999))
        history.note_added(records, by=ours.by, batch=ours.batch, school_id=ours.school_id)
        history.note_removed(records, by=ours.by, batch=ours.batch, school_id=ours.school_id)
        expected = [plain(each) for each in Change.objects.filter(batch=ours.batch, model=model._meta.label)]
        assert sorted(made, key=str) == sorted(expected, key=str)


def test_changed_records_tell_what_they_held_before_and_hold_now(school: Cast) -> None:
    ours = line(school)
    keys = np.array([school.sam.pk, school.mia.pk])
    with many.changing(Student, keys, ["grade_level", "birth_date"], ours) as before:
        days = np.array(["2011-05-06", "NaT"], dtype="datetime64[D]")
        rewrite(Student, keys, {"grade_level": np.array([10, 11]), "birth_date": days}, at=MOMENTS[0])
    assert before.of_students == set(keys.tolist())
    change = Change.objects.get(batch=ours.batch, record_id=school.sam.pk)
    assert (change.before, change.after) == (
        {"grade_level": 9, "birth_date": None},
        {"grade_level": 10, "birth_date": "2011-05-06"},
    )
    assert (change.actor, change.school_id, change.student_id) == (school.otto, school.lakeside.pk, school.sam.pk)
    assert change.at == MOMENTS[0]


def test_whom_nobody_asked_for_is_not_told_of(school: Cast) -> None:
    assert many.read(Participation, []).keys == []
