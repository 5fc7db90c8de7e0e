"""Columns of marks: known by their names, with subject, title, most points and day as well as they can be guessed."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache

from django.utils.translation import gettext as _

from portal.kit.figures import plain
from students.importing.mapping import DayOrder, ExamColumn
from students.importing.mapping import Mapping as Rules
from students.importing.spreadsheet.days import day_reader
from students.importing.spreadsheet.samples import Sample
from students.importing.spreadsheet.subjects import BY_WORD, subject_in, subject_of_file
from students.importing.spreadsheet.synonyms import words_of
from students.models import ExamKind

MARKS = frozenset(
    ["score", "scores", "mark", "marks", "point", "points", "exam", "exams", "test", "tests", "quiz", "quizzes", "final", "midterm", "mock", "resit", "assessment", "period", "percent", "percentage", "result", "results", "paper", "homework", "coursework", "punkte", "note", "klausur", "arbeit", "prufung", "schularbeit", "klassenarbeit", "ergebnis", "nota", "examen", "controle", "devoir", "calificacion"]
)  # fmt: skip
# Of these the name says something about marks, but the column holds none of one exam.
NO_MARKS = frozenset(
    [
        "previous",
        "average",
        "avg",
        "mean",
        "gpa",
        "hours",
        "time",
        "number",
        "count",
        "attempts",
        "failures",
        "preparation",
        "prep",
        "expected",
    ]
)
SERIES = re.compile(r"(?:(g|t|e|ex|ka|kl|pr) ?)?(\d{1,2})")
KINDS = {
    "quiz": ExamKind.QUIZ, "final": ExamKind.FINAL, "homework": ExamKind.COURSEWORK, "coursework": ExamKind.COURSEWORK,
    "project": ExamKind.COURSEWORK, "oral": ExamKind.ORAL, "mundlich": ExamKind.ORAL,
}  # fmt: skip
SAYS_MAXIMUM = re.compile(r"(?:\b(?:max\w*\.?|out of|von|sur|aus)|/)\s*:?\s*(\d{1,4}(?:[.,]\d{1,2})?)\b", re.IGNORECASE)
SAYS_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4}")
USUAL = tuple(
    map(Decimal, (5, 6, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200, 300, 400, 500, 800, 1000, 10_000))
)
BETWEEN = timedelta(days=30)
LONGEST_AGO = 365 * BETWEEN  # of a day that is guessed: pages take none before 1990, and no mapping one before 1900
LONGEST_TITLE = 120
LEAST_MAXIMUM = 5  # a smaller number behind a stroke is rather half a year or a group


@dataclass(frozen=True)
class Column:
    """`stem` and `number` of "G3" are "g" and 3; the number is -1 where there is none."""

    sample: Sample
    subject: str
    stem: str
    number: int
    day: date | None
    said_maximum: Decimal | None

    @cached_property
    def series(self) -> tuple[str, str]:
        return self.subject.casefold(), self.stem


@dataclass(frozen=True)
class Series:
    """`turns` by the place of its columns, which come one after the other; `maximum` is guessed from the largest mark."""

    turns: dict[int, int]
    maximum: Decimal


def is_of_marks(sample: Sample, series: Set[str]) -> bool:
    """`series`: what numbered columns of this file begin with (`series_in`)."""
    words = _words(sample.head)
    if not words or not sample.is_mostly_number or set(words) & NO_MARKS:
        return False
    if not _are_slips(sample, [each for each in sample.numbers if each < 0]) or max(sample.numbers) > USUAL[-1]:
        return False
    is_a_subject = all(word in BY_WORD or word.isdecimal() for word in words) and not words[0].isdecimal()
    is_named = is_a_subject or bool(set(words) & MARKS) or _begins(sample.head) in series
    return is_named or (_said_maximum(sample) or 0) >= LEAST_MAXIMUM


def _are_slips(sample: Sample, odd: Sequence[Decimal]) -> bool:
    """One or very few, which are to be found as errors; they must not decide what the whole column is."""
    return len(odd) <= max(1, len(sample.numbers) // 10) and len(odd) < len(sample.numbers)


@lru_cache(maxsize=4096)
def _words(head: str) -> tuple[str, ...]:
    """Without the day and the maximum that stand in it; "score1" is two words."""
    bare = SAYS_MAXIMUM.sub(" ", SAYS_DAY.sub(" ", head))
    return tuple(re.sub(r"(?<=[a-z])(?=\d)", " ", words_of(bare)).split())


def series_in(heads: Sequence[str]) -> Set[str]:
    """G1 alone may be anything; G1, G2 and G3 are marks: "g"."""
    counts = Counter(map(_begins, heads))
    return {begins for begins, count in counts.items() if begins and count > 1}


def _begins(head: str) -> str:
    found = SERIES.fullmatch(" ".join(_words(head)))
    return found[1] or "" if found else ""


def guess_exams(
    samples: Sequence[Sample], name: str, today: date, order: DayOrder
) -> dict[str, tuple[ExamColumn, str]]:  # fmt: skip
    """For each head the exam and a sentence why."""
    columns = [_column(sample, name, order) for sample in samples]
    every = _series(columns)
    target = _target(columns, every)
    made: dict[str, tuple[ExamColumn, str]] = {}
    titles: set[tuple[str, str]] = set()
    for column in columns:
        series = every[column.series]
        maximum = column.said_maximum or series.maximum
        day, why = _day(column, series, today)
        title = _title(column.sample.head)
        title = title if (column.subject, title.casefold()) not in titles else column.sample.head[:LONGEST_TITLE]
        titles.add((column.subject, title.casefold()))
        kind = next((KINDS[word] for word in _words(column.sample.head) if word in KINDS), ExamKind.TEST)
        exam = ExamColumn(column.subject, title, day, maximum, column is target, str(kind))
        made[column.sample.head] = exam, _why(column, exam, why)
    return made


def _series(columns: Sequence[Column]) -> dict[tuple[str, str], Series]:
    """A series is marked alike."""
    members: dict[tuple[str, str], list[Column]] = {}
    for column in columns:
        members.setdefault(column.series, []).append(column)
    made = {}
    for key, each in members.items():
        largest = max(max(column.sample.numbers) for column in each)
        turns = {column.sample.place: turn for turn, column in enumerate(sorted(each, key=_turn))}
        made[key] = Series(turns, next(usual for usual in USUAL if usual >= largest))
    return made


def _column(sample: Sample, name: str, order: DayOrder) -> Column:
    words = _words(sample.head)
    number = next((int(word) for word in reversed(words) if word.isdecimal() and len(word) < 5), -1)
    stem = " ".join(word for word in words if not word.isdecimal())
    found = SAYS_DAY.search(sample.head)
    day = _said_day(found[0], order) if found else None
    own = [word for word in words if word not in MARKS and word not in KINDS and not SERIES.fullmatch(word)]
    subject = subject_in(own) or subject_of_file(name)
    return Column(sample, subject, stem, number, day, _said_maximum(sample))


def _said_day(text: str, order: DayOrder) -> date | None:
    """Points between the numbers put the day first, whatever the cells do; 03/04 is left to them."""
    found: date | None = day_reader(DayOrder.DAY_FIRST if "." in text else order)(text).value
    return found or day_reader(DayOrder.YEAR_FIRST)(text).value


def _said_maximum(sample: Sample) -> Decimal | None:
    found = SAYS_MAXIMUM.search(SAYS_DAY.sub(" ", sample.head))
    said = Decimal(found[1].replace(",", ".")) if found else Decimal(100) if "%" in sample.head else None
    return said if said and _are_slips(sample, [each for each in sample.numbers if each > said]) else None


def _turn(column: Column) -> tuple[int, int]:
    return column.number, column.sample.place


def _target(columns: Sequence[Column], every: Mapping[tuple[str, str], Series]) -> Column | None:
    """The last of a numbered series; what came before it tells what is to come."""
    numbered = [each for each in columns if each.number >= 0 and len(every[each.series].turns) > 1]
    return max(numbered, key=lambda each: (each.sample.place, each.number)) if numbered else None


def _day(column: Column, series: Series, today: date) -> tuple[date, str]:
    if column.day:
        return min(column.day, today), _("The day stands in its name.")
    later = len(series.turns) - 1 - series.turns[column.sample.place]
    if later:
        return today - min(later * BETWEEN, LONGEST_AGO), _(
            "The day is a guess: 30 days before the next of its kind. Put it right."
        )
    return today, _("The day is a guess: today. Put it right.")


def _title(head: str) -> str:
    bare = re.sub(r"\(\s*\)|\[\s*\]", " ", SAYS_DAY.sub(" ", SAYS_MAXIMUM.sub(" ", head)))
    title = " ".join(bare.replace("_", " ").split()).strip(" -–:,;")
    return (title[:1].upper() + title[1:] or head)[:LONGEST_TITLE]


def _why(column: Column, exam: ExamColumn, why_day: str) -> str:
    why = _("Marks, by its name: %(subject)s.") % {"subject": exam.subject}
    if column.said_maximum:
        why_maximum = _("The most points, %(most)s, stand in its name.")
    else:
        why_maximum = _("The most points are a guess from the largest mark: %(most)s.")
    target = _("As the last of its kind it is the one to be predicted.") if exam.target else ""
    return " ".join(filter(None, (why, why_maximum % {"most": plain(exam.maximum)}, why_day, target)))


def codes_beside(sample: Sample) -> list[str]:
    """Words among the marks that no rule explains."""
    usual = Rules()
    known = {word.casefold() for word in (*usual.absent, *usual.exempt, *usual.not_submitted)}
    return [word for word in sample.words if word.casefold() not in known]
