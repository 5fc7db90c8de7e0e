"""What a few typed letters may mean: students, classes and exams within one's rights, the likeliest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from portal.kit.folding import TRIGRAM, has_in_name
from portal.kit.names import fold
from students.models import Exam, SchoolClass, Student, Subject, Term
from students.summaries.caseload import with_home_class

LEAST_LETTERS = 2
MOST_WORDS = 6
SHOWN = 8
# Read without an order and sorted here: to sort all that match, the database would have to read them all.
CANDIDATES = 60
NEAR = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Found:
    """The first few of each kind. `is_too_short` where nothing was looked for at all."""

    text: str
    students: tuple[Any, ...] = ()
    classes: tuple[SchoolClass, ...] = ()
    exams: tuple[Exam, ...] = ()
    has_more_students: bool = False
    is_too_short: bool = False

    @property
    def is_nothing(self) -> bool:
        return not (self.students or self.classes or self.exams)


def find(text: str, *, user: Any, on: date, but_not: frozenset[int] = frozenset()) -> Found:
    """Ten queries at most, whatever is found. `but_not` leaves out schools that are not in view."""
    words = fold(text).split()[:MOST_WORDS]
    if sum(len(word) for word in words) < LEAST_LETTERS:
        return Found(text, is_too_short=True)

    def within_rights(model: Any) -> Any:
        return model.objects.visible_to(user).exclude(school__in=but_not)

    students = _students(words, within_rights(Student))
    subjects = _subjects(words, within_rights(Subject))
    return Found(
        text=text,
        students=tuple(_with_home_class(students[:SHOWN], on)),
        classes=tuple(_classes(_named(SchoolClass, words, subjects, within_rights(SchoolClass)), on)),
        exams=tuple(_exams(_named(Exam, words, subjects, within_rights(Exam)), within_rights(SchoolClass), on)),
        has_more_students=len(students) > SHOWN,
    )


def _few(likely: QuerySet[Any], others: QuerySet[Any] | None) -> list[Any]:
    """Some of the likely rows, and only where these do not fill the list some of the others."""
    found = list(likely.order_by()[:CANDIDATES])
    if others is not None and len(found) < SHOWN:
        found += others.exclude(pk__in=[each.pk for each in found]).order_by()[:CANDIDATES]
    return found


# --- students -----------------------------------------------------------------------------------------------
def _students(words: Sequence[str], rows: QuerySet[Student]) -> list[Student]:
    """Whose names have words beginning so; where these are few, also those with the text inside a word."""
    narrow = rows.only("family_name", "given_name", "preferred_name", "search_name", "status")
    begins = narrow.filter(reduce(and_, (has_in_name(Student, f" {word}") for word in words)))
    has_long = any(len(word) >= TRIGRAM for word in words)
    inside = narrow.filter(reduce(and_, (_inside(Student, word) for word in words))) if has_long else None
    return sorted(_few(begins, inside), key=lambda each: _rank(each, words))


def _rank(student: Student, words: Sequence[str]) -> tuple[Any, ...]:
    """On the roll before gone, whole words before beginnings before insides, then by name."""
    parts = set(student.search_name.split())
    misses = sum(word not in parts for word in words) + sum(f" {word}" not in student.search_name for word in words)
    return student.status == Student.Status.LEFT, misses, student.family_name, student.given_name, student.pk


def _with_home_class(students: list[Student], on: date) -> list[Any]:
    """The same students as a list shows them, in the same order."""
    keys = [each.pk for each in students]
    dressed = {each.pk: each for each in with_home_class(Student.objects.filter(pk__in=keys), on)} if keys else {}
    return [dressed[key] for key in keys if key in dressed]


# --- classes and exams --------------------------------------------------------------------------------------
def _subjects(words: Sequence[str], rows: QuerySet[Subject]) -> dict[str, list[int]]:
    """For each word the subjects named so, for a class may be called 9B and nothing else."""
    names = [(pk, fold(name)) for pk, name in rows.order_by().values_list("pk", "name")]
    return {word: [pk for pk, name in names if f" {word}" in name] for word in words}


def _named(model: Any, words: Sequence[str], subjects: dict[str, list[int]], rows: Any) -> Any:
    """Every word in the name or in that of the subject."""
    return rows.filter(reduce(and_, (_inside(model, word) | Q(subject__in=subjects[word]) for word in words)))


def _inside(model: Any, word: str) -> Q:
    """Anywhere in the name; one too short for trigrams at the beginning of a word."""
    return has_in_name(model, word if len(word) >= TRIGRAM else f" {word}")


def _classes(rows: QuerySet[SchoolClass], on: date) -> list[SchoolClass]:
    """Those of the running term before those of others."""
    framed = rows.select_related("subject", "term")
    found = _few(framed.filter(term__ends__gte=on), framed)
    return sorted(found, key=lambda each: (_away(each.term, on), each.grade_level or 0, each.name))[:SHOWN]


def _away(term: Term, on: date) -> int:
    """How many days a term is away; none for one that runs."""
    return max(0, (term.starts - on).days, (on - term.ends).days)


def _exams(rows: QuerySet[Exam], open_classes: QuerySet[SchoolClass], on: date) -> list[Exam]:
    """Those nearest to the day, ahead or behind; each with the classes whose pages are open to this person too."""
    framed = rows.select_related("subject").prefetch_related(Prefetch("classes", open_classes))
    near = framed.filter(day__range=(on - NEAR, on + NEAR))
    return sorted(_few(near, framed), key=lambda each: (abs((each.day - on).days), each.title, each.pk))[:SHOWN]
