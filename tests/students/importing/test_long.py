"""Tables with a row for each result, attendance mark, observation or enrolment; their students are on record already."""

from dataclasses import replace
from datetime import date

from students.importing.incoming import Table
from students.importing.mapping import DayOrder, Doubles, Layout, Mapping
from tests.students.importing.broken_sheets import ENROLMENTS, EXAMS, FIRST, MARKS, REGISTER, RESULTS, SEATS
from tests.students.importing.sheets_read import Done, read

OBSERVED = Mapping(
    Layout.OBSERVATIONS, student={"external_id": "Number"}, row={"day": "Day", "indicator": "What", "value": "Value"},
    indicators={"Hours": "number", "Bus": "yes/no", "Club": "category"},
)  # fmt: skip
TEST = "exam:Maths|Test|2025-10-01"


def table(mapping: Mapping, *lines: str) -> Done:
    return read("\n".join(lines), mapping)


def test_rows_of_results_refer_to_students_and_bring_exams() -> None:
    done = table(RESULTS, EXAMS, FIRST, "2,test,maths,2025-10-01,20,abs", '1,Quiz,Maths,2025-11-02,5,"4,5"')
    assert done.rows(Table.STUDENTS, "id", "external_id", "must_exist") == [
        ("student:1", "1", 1),
        ("student:2", "2", 1),
    ]
    assert done.rows(Table.EXAMS, "id", "maximum", "term", "weight") == [
        (TEST, 20.0, "year:2025-2026", None), ("exam:Maths|Quiz|2025-11-02", 5.0, "year:2025-2026", None),
    ]  # fmt: skip
    assert done.rows(Table.RESULTS, "exam", "student", "status", "score") == [
        (TEST, "student:1", "scored", 17.0), (TEST, "student:2", "absent", None),
        ("exam:Maths|Quiz|2025-11-02", "student:1", "scored", 4.5),
    ]  # fmt: skip
    assert done.rows(Table.SITTINGS, "exam") == []


def test_a_class_of_a_result_must_be_there_and_sits_the_exam() -> None:
    mapping = replace(RESULTS, row={**RESULTS.row, "school_class": "Class"})
    done = table(
        mapping, f"{EXAMS},Class", f"{FIRST},7a", "2,Test,Maths,2025-10-01,20,3,7b", "3,Test,Maths,2025-10-01,20,3,"
    )
    assert done.rows(Table.CLASSES, "name", "must_exist") == [("7a", 1), ("7b", 1)]
    assert done.rows(Table.SITTINGS, "exam", "school_class") == [
        (TEST, "class:2025-2026|Maths|7a"), (TEST, "class:2025-2026|Maths|7b"),
    ]  # fmt: skip


def test_subject_and_day_may_be_said_once_for_the_whole_file() -> None:
    mapping = replace(
        RESULTS, row={"exam": "Exam", "score": "Points", "kind": "Kind"}, subject="Maths", on=date(2025, 10, 1)
    )
    done = table(mapping, "Number,Exam,Points,Kind", "1,Test,17,final")
    assert done.rows(Table.EXAMS, "id", "kind", "maximum") == [(TEST, "final", None)]


def test_a_row_without_a_mark_makes_no_result_and_is_noted() -> None:
    done = table(RESULTS, EXAMS, FIRST, "2,Test,Maths,2025-10-01,20,")
    assert done.rows(Table.RESULTS, "student") == ["student:1"]
    assert done.rows(Table.STUDENTS, "id") == ["student:1"]
    assert (done.notes["no_mark"].line, done.incoming.rows_set_aside) == (3, 0)


def test_a_status_of_its_own_decides_and_must_not_contradict_the_points() -> None:
    mapping = replace(RESULTS, row={**RESULTS.row, "status": "Status"})
    lines = ["1,Test,Maths,2025-10-01,20,,absent", "2,Test,Maths,2025-10-01,20,,not submitted", "3,Test,Maths,2025-10-01,20,7,",
             "4,Test,Maths,2025-10-01,20,7,absent", "5,Test,Maths,2025-10-01,20,,scored"]  # fmt: skip
    done = table(mapping, f"{EXAMS},Status", *lines)
    assert done.rows(Table.RESULTS, "status", "score") == [("absent", None), ("not_submitted", None), ("scored", 7.0)]
    assert done.errors == [(5, "status_and_score", "7"), (6, "empty", "")]


def test_of_two_results_of_one_student_in_one_exam_the_rule_decides() -> None:
    lines = (EXAMS, FIRST, "2,Test,Maths,2025-10-01,20,5", "1,TEST,Maths,2025-10-01,20,9")
    refused = table(RESULTS, *lines)
    assert refused.errors == [(4, "double", "1")]
    assert refused.rows(Table.STUDENTS, "id") == refused.rows(Table.RESULTS, "student") == ["student:2"]
    assert refused.incoming.rows_set_aside == 2
    first, last = (table(replace(RESULTS, doubles=rule), *lines) for rule in (Doubles.FIRST, Doubles.LAST))
    assert first.rows(Table.RESULTS, "student", "score") == [("student:1", 17.0), ("student:2", 5.0)]
    assert last.rows(Table.RESULTS, "student", "score") == [("student:2", 5.0), ("student:1", 9.0)]


def test_a_third_row_names_the_first_as_well() -> None:
    done = table(REGISTER, MARKS, *["1,2025-10-01,P"] * 3)
    assert [line for line, _code, _value in done.errors] == [3, 4]
    assert done.incoming.rows_set_aside == 3


def test_attendance_is_read_by_the_codes_of_the_file_and_the_usual_ones() -> None:
    mapping = replace(REGISTER, attendance={"krank": "E", "p": "L"})
    lines = (
        f"{number},2025-10-01,{word}" for number, word in enumerate(("A", "present", "KRANK", "p", "entschuldigt", ""))
    )
    done = table(mapping, MARKS, *lines)
    assert done.rows(Table.ATTENDANCE, "status") == ["A", "P", "E", "L", "E"]
    assert set(done.rows(Table.ATTENDANCE, "school_class")) == {""}
    assert done.notes["nothing_said"].line == 7


def test_a_lesson_of_another_class_is_another_mark() -> None:
    mapping = replace(REGISTER, row={**REGISTER.row, "school_class": "Class"}, subject="Maths")
    done = table(mapping, f"{MARKS},Class", "1,2025-10-01,P,7a", "1,2025-10-01,P,7b", "1,2025-10-01,P,")
    assert done.rows(Table.ATTENDANCE, "school_class") == ["class:2025-2026|Maths|7a", "class:2025-2026|Maths|7b", ""]
    assert set(done.rows(Table.CLASSES, "must_exist")) == {1}


def test_observations_are_read_by_the_kind_of_their_indicator() -> None:
    lines = ("1,2025-10-01,Hours,\"2,5\"", "1,2025-10-01,bus,ja", "1,2025-10-01,Club,3", "1,2025-10-01,Mood,good",
             "1,2025-10-01,GPA,3.1", "1,2025-10-02,Hours,many", "1,2025-10-03,Hours,", "1,2025-10-03,Bike,yes")  # fmt: skip
    done = table(OBSERVED, "Number,Day,What,Value", *lines)
    assert done.rows(Table.OBSERVATIONS, "indicator", "number", "category") == [
        ("indicator:hours", 2.5, ""), ("indicator:bus", 1.0, ""), ("indicator:club", None, "3"),
        ("indicator:Mood", None, "good"), ("indicator:GPA", 3.1, "3.1"),
        ("indicator:Bike", 1.0, "yes"),
    ]  # fmt: skip
    assert dict(done.rows(Table.INDICATORS, "name", "must_exist")) == {
        "Hours": 0,
        "bus": 0,
        "Club": 0,
        "Mood": 1,
        "GPA": 1,
        "Bike": 1,
    }
    assert done.errors == [(7, "not_a_number", "many")]


def test_enrolments_make_classes_in_the_year_of_their_first_day_or_in_a_named_term() -> None:
    done = table(ENROLMENTS, SEATS, "1,7a,Maths,2025-09-01,", "2,7A,Maths,2025-09-08,2026-01-31")
    assert done.rows(Table.CLASSES, "id", "must_exist", "term") == [("class:2025-2026|Maths|7a", 0, "year:2025-2026")]
    assert done.rows(Table.ENROLMENTS, "student", "starts", "ends") == [
        ("student:1", date(2025, 9, 1), None), ("student:2", date(2025, 9, 8), date(2026, 1, 31)),
    ]  # fmt: skip
    named = replace(ENROLMENTS, row={**ENROLMENTS.row, "term": "Term", "grade_level": "Grade"})
    done = table(named, f"{SEATS},Term,Grade", "1,7a,Maths,,,Autumn,7")
    assert done.rows(Table.TERMS, "id", "name", "must_exist") == [("term:Autumn", "Autumn", 1)]
    assert done.rows(Table.CLASSES, "term", "grade_level") == [("term:Autumn", 7)]


def test_students_of_long_rows_may_be_known_by_name_and_birthday() -> None:
    mapping = replace(REGISTER, student={"name": "Name", "birth_date": "Born"}, days=DayOrder.DAY_FIRST)
    done = table(mapping, "Name;Born;Day;Mark", "Winter, Sam;3.4.2012;1.10.2025;P", "Sam Winter;3.4.2012;2.10.2025;A")
    assert done.rows(Table.STUDENTS, "given_name", "family_name", "birth_date", "external_id", "must_exist") == [
        ("Sam", "Winter", date(2012, 4, 3), "", 1)
    ]
    assert len(set(done.rows(Table.ATTENDANCE, "student"))) == 1


def test_progress_is_told_in_rows_and_equal_texts_are_one_object() -> None:
    told: list[tuple[int, int, str]] = []
    lines = [EXAMS, *(f"{number % 7},Test {number},Maths,2025-10-01,20,{number % 20}" for number in range(45_000))]
    done = read("\n".join(lines), RESULTS, progress=lambda *what: told.append(what))
    assert [done for done, _total, _sentence in told] == [20_000, 40_000, 45_000]
    assert told[0][2] == "Reading row 20,000"
    assert len(done.rows(Table.STUDENTS, "id")) == 7
    assert len(done.rows(Table.EXAMS, "id")) == 45_000
    students = done.incoming.rows(Table.RESULTS)["student"]
    assert len({id(each) for each in students.tolist()}) == 7
