"""Columns read at once are what the records say, on both databases, whatever is null, foreign or far away."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db.models import BigIntegerField, ExpressionWrapper, F, IntegerField, Value
from django.db.models.functions import Coalesce
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from portal.kit import reading
from portal.kit.bulk import Coded
from portal.kit.reading import Letter, columns, joined
from students.models import AttendanceMark, Result, Student
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast


def words(column: Coded) -> list[str]:
    return [column.values[code] for code in column.codes]


def days(column: Any) -> list[date | None]:
    return column.astype("datetime64[D]").tolist()


def test_every_kind_of_column_is_what_the_record_says(school: Cast) -> None:
    exam = make.make_exam(school.maths)
    entered = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    make.make_result(exam, school.sam, Decimal("33.25"), known_on=date(2026, 3, 4), recorded_at=entered)
    make.make_result(exam, school.mia, None, status="absent", known_on=None, recorded_at=entered)
    with assert_queries(1):
        told = columns(
            Result.objects.filter(exam=exam),
            student="student", status=Letter("status"), score="score", known="known_on", at="recorded_at",
            origin="origin", version="version", home=F("exam__is_target"),
        )  # fmt: skip
    order = np.argsort(told["student"])
    assert told["student"][order].tolist() == [school.sam.pk, school.mia.pk]
    assert [chr(letter) for letter in told["status"][order]] == ["s", "a"]
    np.testing.assert_array_equal(told["score"][order], [33.25, np.nan])
    assert days(told["known"][order]) == [date(2026, 3, 4), None]
    assert told["at"].tolist() == [entered.replace(tzinfo=None)] * 2
    assert words(told["origin"]) == ["hand", "hand"]
    assert told["home"].tolist() == [False, False]
    assert {name: column.dtype.str.lstrip("<|") for name, column in told.items() if name != "origin"} == {
        "student": "i4", "status": "u1", "score": "f8", "known": "M8[s]", "at": "M8[s]", "version": "i4", "home": "b1",
    }  # fmt: skip


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    name=some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    born=some.none() | some.dates(min_value=date(1, 1, 2)),
)
def test_any_text_and_any_day_come_back(school: Cast, name: str, born: date | None) -> None:
    Student.objects.filter(pk=school.sam.pk).update(preferred_name=name, birth_date=born)
    told = columns(
        Student.objects.filter(pk__in=[school.sam.pk, school.mia.pk]),
        key="pk",
        name="preferred_name",
        born="birth_date",
    )
    row = told["key"].tolist().index(school.sam.pk)
    assert (words(told["name"])[row], days(told["born"])[row]) == (name, born)


def test_rows_that_are_not_there_are_columns_without_rows(school: Cast) -> None:
    wanted = {"student": "student", "day": "day", "status": "status", "letter": Letter("status")}
    none = AttendanceMark.objects.filter(day__lt=date(1990, 1, 1))
    for rows in (none, AttendanceMark.objects.filter(pk__in=[])):
        told = columns(rows, **wanted)
        assert [len(told[name]) for name in ("student", "day", "letter")] == [0, 0, 0]
        assert len(told["status"].codes) == 0
        assert told["day"].dtype == "datetime64[s]"


def test_a_column_of_texts_alone_and_a_null_that_was_replaced(school: Cast) -> None:
    make.make_class(school.lakeside, "Choir", grade_level=None)
    told = columns(type(school.maths).objects.filter(school=school.lakeside), name="name")
    assert set(words(told["name"])) == {"Mathematics 9B", "Art 9B", "Choir"}
    grade = Coalesce("grade_level", Value(-1), output_field=IntegerField())
    assert set(columns(type(school.maths).objects.all(), grade=grade)["grade"].tolist()) == {9, -1}


def test_a_value_with_a_percent_sign_stays_a_value(school: Cast) -> None:
    Student.objects.filter(pk=school.sam.pk).update(preferred_name="50% {0}")
    told = columns(Student.objects.filter(preferred_name__contains="% {"), name="preferred_name", starts="starts")
    assert words(told["name"]) == ["50% {0}"]


def test_large_keys_stay_whole(school: Cast) -> None:
    marks = AttendanceMark.objects.filter(student=school.sam)
    far = ExpressionWrapper(F("student_id") + Value(2**40), output_field=BigIntegerField())
    told = columns(marks, key=far)
    assert told["key"].dtype == np.int64
    assert told["key"].tolist() == [school.sam.pk + 2**40] * marks.count()


def test_stretches_are_put_together_with_their_texts(school: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH", 2)
    people = Student.objects.all()
    parts = [columns(people.filter(pk=pk), key="pk", name="given_name") for pk in people.values_list("pk", flat=True)]
    parts.append(columns(people.none(), key="pk", name="given_name"))
    whole = joined(parts)
    assert dict(zip(whole["key"].tolist(), words(whole["name"]), strict=True)) == dict(
        people.values_list("pk", "given_name")
    )
    at_once = columns(people, key="pk", name="given_name")
    assert sorted(words(at_once["name"])) == sorted(words(whole["name"]))


@pytest.mark.parametrize("wanted", [{"grade": "grade_level"}, {"key": "pk", "home": Letter("account__name")}])
def test_a_null_that_has_no_place_in_its_column_is_refused_and_loses_no_row(
    school: Cast, wanted: dict[str, Any]
) -> None:
    make.make_class(school.lakeside, "Choir", grade_level=None)
    model = type(school.maths) if "grade" in wanted else Student
    with pytest.raises(ValueError, match="a null"):
        columns(model.objects.all(), **wanted)
