"""Many rows written at once are the same rows that one would have saved one by one, on both databases."""

from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import isolate_apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from portal.kit import bulk
from portal.kit.copying import packed
from portal.kit.names import fold
from students.models import AttendanceMark, Result, Student
from tests import make
from tests.cast import Cast

MOMENT = datetime(2026, 3, 4, 5, 6, 7, 890000, tzinfo=UTC)


def write_results(exam: int, students: list[int], scores: list[float], statuses: list[int]) -> None:
    first = bulk.next_key(Result)
    bulk.write(
        Result,
        {
            "id": np.arange(first, first + len(students)),
            "exam_id": exam,
            "student_id": np.array(students),
            "status": bulk.Coded(np.array(statuses), ["scored", "absent"]),
            "score": np.array(scores, dtype=float),
            "recorded_at": MOMENT,
            "known_on": np.array(["2026-03-04", "NaT"], dtype="datetime64[D]")[np.array(statuses)],
            "origin": "demo",
            "source": "",
            "external_id": "",
            "version": 1,
            "created_at": MOMENT,
            "updated_at": MOMENT,
        },
    )
    bulk.keys_taken(Result)


def test_results_written_in_bulk_read_back_as_they_were_given(school: Cast) -> None:
    exam = make.make_exam(school.maths)
    write_results(exam.pk, [school.sam.pk, school.mia.pk], [33.5, np.nan], [0, 1])
    sam, mia = Result.objects.filter(exam=exam).order_by("student_id")
    assert (sam.score, sam.status, sam.known_on) == (Decimal("33.5"), "scored", date(2026, 3, 4))
    assert (mia.score, mia.status, mia.known_on) == (None, "absent", None)
    assert sam.created_at == MOMENT


def test_a_record_saved_afterwards_gets_a_key_of_its_own(school: Cast) -> None:
    exam = make.make_exam(school.maths)
    write_results(exam.pk, [school.sam.pk], [10], [0])
    assert make.make_result(exam, school.mia).pk not in set(
        Result.objects.filter(student=school.sam).values_list("pk", flat=True)
    )


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(score=some.decimals(min_value=0, max_value=99_999, places=2))
def test_every_score_survives_the_fast_way_in(school: Cast, score: Decimal) -> None:
    with transaction.atomic():
        exam = make.make_exam(school.maths, maximum=99_999)
        write_results(exam.pk, [school.sam.pk], [float(score)], [0])
        assert exam.results.get().score == score


def test_names_of_any_script_survive_and_can_be_searched(school: Cast) -> None:
    first = bulk.next_key(Student)
    names = ["Zoë", "Łukasz", "李", "D’Arcy"]
    common = dict.fromkeys(["preferred_name", "source", "external_id"], "") | dict.fromkeys(
        ["created_at", "updated_at"], MOMENT
    )
    family = ["Öztürk", "Đorđević", "雷", ""]
    folded = [fold(given, name) for given, name in zip(names, family, strict=True)]
    rows = {
        "id": np.arange(first, first + 4),
        "school_id": school.lakeside.pk,
        "given_name": names,
        "family_name": family,
    }
    rows |= {
        "search_name": folded,
        "birth_date": None,
        "grade_level": 9,
        "status": "enrolled",
        "starts": date(2025, 9, 1),
    }
    rows |= {"ends": None, "account_id": None, "origin": "demo", "version": 1} | common
    bulk.write(Student, rows)
    assert [student.given_name for student in Student.objects.filter(pk__gte=first).order_by("pk")] == names
    assert Student.objects.named("dordevic").get().given_name == "Łukasz"


def marks(school: Cast, students: list[int]) -> dict[str, object]:
    first = bulk.next_key(AttendanceMark)
    days = np.full(len(students), "2026-02-03", dtype="datetime64[D]")
    row = {
        "id": np.arange(first, first + len(students)),
        "student_id": np.array(students),
        "school_class_id": school.maths.pk,
    }
    return row | {"day": days, "status": "P", "known_on": days, "taken_by_id": None}


def test_rules_and_indexes_stand_again_after_a_lean_load(school: Cast) -> None:
    with transaction.atomic(), bulk.lean(AttendanceMark):
        bulk.write(AttendanceMark, marks(school, [school.sam.pk, school.mia.pk]))
    bulk.keys_taken(AttendanceMark)
    constraints = connection.introspection.get_constraints(connection.cursor(), AttendanceMark._meta.db_table)
    assert {"attendance_once", "attendance_by_class", "attendance_status_known"} <= set(constraints)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_mark(school.sam, school.maths, day=date(2026, 2, 3))


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite checks foreign keys row by row; nothing is taken down"
)
def test_a_lean_load_of_a_mark_for_nobody_is_refused_as_a_whole(school: Cast) -> None:
    before = AttendanceMark.objects.count()
    with pytest.raises(IntegrityError), transaction.atomic(), bulk.lean(AttendanceMark):
        bulk.write(AttendanceMark, marks(school, [987_654_321]))
    assert AttendanceMark.objects.count() == before


def test_columns_of_different_lengths_are_refused(school: Cast) -> None:
    with pytest.raises(ValueError, match="different lengths"):
        bulk.write(AttendanceMark, {**marks(school, [school.sam.pk]), "id": np.arange(3)})


def test_a_score_too_large_for_the_fast_form_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        packed({"score": Result._meta.get_field("score")}, {"score": np.array([100_000_000.0])}, 1)


def sheet() -> type[models.Model]:
    """A record of its own with what no record of a school needs, in a table that is gone with the connection."""
    with isolate_apps("students"):

        class Sheet(models.Model):
            value = models.FloatField(null=True)
            at = models.DateTimeField(null=True)
            block = models.BinaryField()

            class Meta:
                app_label = "students"
                db_table = "a_sheet"

    fields = ", ".join(f"{field.column} {field.db_type(connection)}" for field in Sheet._meta.local_fields)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS a_sheet")
        cursor.execute(f"CREATE TEMPORARY TABLE a_sheet ({fields})")
    return Sheet


@pytest.mark.parametrize("width", [0, 1, 5])
def test_rows_of_numbers_come_back_byte_for_byte_and_no_number_is_null(db: None, width: int) -> None:
    model = sheet()
    block = np.random.default_rng(1).normal(size=(4, width)).astype(np.float32)
    block[1:2] = np.nan
    moments = np.array(
        ["2026-03-04T05:06:07.890123", "NaT", "1969-12-31T23:59:59", "2026-01-01"], dtype="datetime64[us]"
    )
    values = np.array([0.1, np.nan, -2e9, np.float64("1e-300")])
    written = bulk.write(model, {"id": np.arange(1, 5), "value": values, "at": moments, "block": block})
    rows = list(model._default_manager.order_by("pk").values_list("value", "at", "block"))
    assert written == 4
    assert [value for value, *_ in rows] == [0.1, None, -2e9, 1e-300]
    assert [at and at.isoformat() for _, at, _ in rows] == [
        "2026-03-04T05:06:07.890123+00:00", None, "1969-12-31T23:59:59+00:00", "2026-01-01T00:00:00+00:00",
    ]  # fmt: skip
    np.testing.assert_array_equal(np.array([np.frombuffer(bytes(raw), "<f4") for *_, raw in rows]), block)


def test_one_text_of_bytes_goes_into_every_row(db: None) -> None:
    model = sheet()
    bulk.write(model, {"id": np.arange(1, 3), "value": 1.5, "at": None, "block": b"\x00\xff"})
    assert {(row.value, bytes(row.block)) for row in model._default_manager.all()} == {(1.5, b"\x00\xff")}
