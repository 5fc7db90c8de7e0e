"""How a file is read, kept as TOML in git and as JSON in a profile: nothing is lost, and every fault is told with its key."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from students.importing.mapping import (
    LINE_NUMBER,
    ROW_FACTS,
    STUDENT_FACTS,
    DayOrder,
    Doubles,
    ExamColumn,
    ExamRule,
    Layout,
    Mapping,
)  # fmt: skip
from students.importing.spreadsheet.mapping_faults import faults_of
from students.importing.spreadsheet.mapping_file import (
    INDICATOR_KINDS,
    MappingFaults,
    as_json,
    from_json,
    from_toml,
    to_toml,
)
from students.models import ExamKind

KEPT_IN_GIT = """
delimiter = ";"
[student]
external_id = "#row"
gender = "sex"
[exams.G1]
subject = "Portuguese"
title = "Period 1"
on = 2006-01-31
maximum = 20
[exams.G3]
subject = "Portuguese"
title = "Final"
on = 2006-06-15
maximum = 20
target = true
[indicators]
studytime = "number"
Mjob = "category"
romantic = "yes/no"
"""
letters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
words = st.text(letters, min_size=1, max_size=12)
days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
columns = st.lists(words.filter(lambda word: word != LINE_NUMBER), unique=True, min_size=30, max_size=30)
exams = st.builds(
    ExamColumn, subject=words, title=words, on=days, target=st.booleans(), kind=st.sampled_from(ExamKind.values),
    maximum=st.decimals("0.01", "99999.99", places=2), weight=st.decimals(0, 999, places=3),
)  # fmt: skip
rules = st.builds(
    ExamRule, category=words, title=words, course=words, kind=st.sampled_from(ExamKind.values), target=st.booleans(),
    leave_out=st.booleans(),
)  # fmt: skip
several = st.lists(words, max_size=3).map(tuple)


@st.composite
def mappings(draw: st.DrawFn) -> Mapping:
    free = iter(draw(columns))
    layout = draw(st.sampled_from(Layout))

    def some(facts: tuple[str, ...]) -> dict[str, str]:
        return {fact: next(free) for fact in facts if draw(st.booleans())}

    mapping = Mapping(
        layout=layout, source=draw(st.text(letters, max_size=40)), delimiter=draw(st.sampled_from(["", ",", ";", "\t", "|"])),
        encoding=draw(st.sampled_from(["", "utf-8", "cp1252", "latin-1"])), head=draw(st.integers(0, 99)),
        sheet=draw(st.text(letters, max_size=9)), decimal=draw(st.sampled_from(["", ".", ","])), days=draw(st.sampled_from(DayOrder)),
        missing=draw(several), absent=draw(several), exempt=draw(several), not_submitted=draw(several),
        attendance=draw(st.dictionaries(words, st.sampled_from("PLAE"), max_size=3)), doubles=draw(st.sampled_from(Doubles)),
        student=some(STUDENT_FACTS[:9]), row=some(ROW_FACTS[layout]), on=draw(st.none() | days),
        exams={next(free): draw(exams) for _each in range(draw(st.integers(0, 2)))},
        indicators={next(free): draw(st.sampled_from(INDICATOR_KINDS)) for _each in range(draw(st.integers(0, 3)))},
        subject=draw(st.text(letters, max_size=9)), org=draw(st.text(letters, max_size=9)), exam_rules=tuple(draw(st.lists(rules, max_size=2))),
    )  # fmt: skip
    return replace(mapping, student={**mapping.student, "external_id": LINE_NUMBER}) if draw(st.booleans()) else mapping


def told(text: str) -> tuple[str, ...]:
    with pytest.raises(MappingFaults) as refused:
        from_toml(text)
    assert refused.value.code == "mapping"
    return refused.value.sentences


@given(mappings())
def test_what_is_written_is_read_again(mapping: Mapping) -> None:
    assert from_toml(to_toml(mapping)) == mapping
    assert from_json(as_json(mapping)) == mapping


def test_a_data_engineer_keeps_it_in_git() -> None:
    mapping = from_toml(KEPT_IN_GIT)
    assert mapping.student == {"external_id": "#row", "gender": "sex"}
    assert mapping.exams["G1"] == ExamColumn("Portuguese", "Period 1", date(2006, 1, 31), Decimal(20))
    assert mapping.exams["G3"].target
    assert mapping.indicators == {"studytime": "number", "Mjob": "category", "romantic": "yes/no"}
    assert to_toml(mapping).split() == KEPT_IN_GIT.split()


def test_every_fault_is_told_at_once_with_its_key_and_what_was_expected() -> None:
    sentences = told("""
        delimeter = ";"
        head = "two"
        layout = "pupils"
        [student]
        extrenal_id = "No"
        gender = 5
        [exams.G1]
        subject = "Maths"
        title = "One"
        on = "2006-02-30"
        maximum = 0
        [exams.G2]
        title = "Two"
        on = 2006-03-01
        traget = true
        [indicators]
        hours = "numeric"
        [[exam_rules]]
        kind = "exam"
    """)
    assert sentences == (
        "delimeter: there is no such key. Is “delimiter” meant?",
        "head: expected the number of a line, found “two”.",
        "layout: expected one of “students”, “results”, “attendance”, “observations”, “enrolments”, found “pupils”.",
        "student.extrenal_id: there is no such key. Is “external_id” meant?",
        "student.gender: expected a text of 1 to 131072 letters, found 5.",
        "exams.G1.on: expected a day like 2006-01-31, found “2006-02-30”.",
        "exams.G1.maximum: expected a number above 0 and below 100000, with at most 2 decimals, found 0.",
        "exams.G2.traget: there is no such key. Is “target” meant?",
        "exams.G2: “subject” is missing.",
        "indicators.hours: expected one of “number”, “category”, “yes/no”, found “numeric”.",
        "exam_rules.1.kind: expected one of “quiz”, “test”, “coursework”, “oral”, “final”, found “exam”.",
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[student]\nname = "Pupil"\n[indicators]\nPupil = "category"', "is used by student.name already"),
        ('[exams.G1]\ntitle = "a"\n[exams.G1]\n', "no TOML"),
        ("delimiter = ;", "no TOML"),
        ("a = " + "[" * 5000, "no TOML"),
        ("exams = 5", "expected a table"),
        ("missing = [1]", "expected a list of texts"),
        ('[exams.G1]\nsubject = "a"\ntitle = "a"\non = 2006-01-31T08:00:00\n', "a day like"),
        ('[exams.G1]\nsubject = "a"\ntitle = "a"\non = 2006-01-31\nmaximum = nan\n', "a number above 0"),
        ('encoding = "rot13"', "an encoding such as"),
    ],
)
def test_what_cannot_be_meant_is_said(text: str, says: str) -> None:
    (sentence,) = told(text)
    assert says in sentence


def test_a_mapping_is_held_against_the_heads_of_a_file() -> None:
    mapping = from_toml(KEPT_IN_GIT)
    heads = ["sex", "G1", "g3", "studytime", "Mjob", "romantc"]
    assert faults_of(mapping, heads) == [
        "exams.G3: the file has no column “G3”. Is “g3” meant?",
        "indicators.romantic: the file has no column “romantic”. Is “romantc” meant?",
    ]
    assert faults_of(mapping, [*heads, "G3", "romantic"]) == []


def test_a_file_must_say_whom_and_what_it_is_about() -> None:
    nobody = Mapping(layout=Layout.RESULTS, student={"birth_date": "born"}, row={"exam": "paper"})
    assert faults_of(nobody, ["born", "paper"]) == [
        "Nothing says which student a row is about: name the column of an id, or of the name.",
        "row.score: nothing says what mark a row holds.",
        "row.day: nothing says on which day an exam was. Name a column, or one day for all of them (on).",
        "row.subject: nothing says in which subject an exam was. Name a column, or one subject for all of them.",
    ]
    by_row = Mapping(layout=Layout.ATTENDANCE, student={"external_id": LINE_NUMBER}, row={"day": "d", "exam": "e"})
    assert [sentence.partition(":")[0] for sentence in faults_of(by_row, ["d", "e"])] == [
        "student.external_id", "row.status", "row.exam",
    ]  # fmt: skip
