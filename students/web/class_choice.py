"""What a list of classes is asked for: which time, term, subject and grade, with how many classes there are of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from portal.kit.asking import address_with
from students.filters import ClassFilter
from students.summaries.class_list import Facet, class_facets

PAST = "past"
# So many a person takes in at a glance, without a filter.
FEW = 8


@dataclass(frozen=True, slots=True)
class Pill:
    label: str
    count: int
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Select:
    """One field of the filter: what may be chosen and what is."""

    name: str
    label: str
    every: str
    options: tuple[tuple[int, str], ...]
    chosen: int | None


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """`rows` are the classes that fit, not yet read; `count` is how many. `is_wide` where there is something to choose."""

    rows: Any
    count: int
    words: str
    when: str
    pills: tuple[Pill, ...]
    selects: tuple[Select, ...]
    is_narrowed: bool
    is_wide: bool


def choose_classes(request: HttpRequest, classes: Any, *, on: date) -> ClassChoice:
    """One query. Whoever names a term means that term, whether it is past or not."""
    filtered = ClassFilter(request.GET, queryset=classes, request=request)
    filtered.form.is_valid()  # what cannot be read is left out of the cleaned data
    chosen = filtered.form.cleaned_data
    words = chosen.get("q") or ""
    facets = class_facets(classes, words)
    term, subject, grade = (_number(chosen.get(name)) for name in ("term", "subject", "grade"))
    when = PAST if request.GET.get("when") == PAST and term is None else ""
    fitting = [each for each in facets if subject in (None, each.subject) and grade in (None, each.grade)]
    past = sum(each.classes for each in fitting if each.ends < on)
    now = sum(each.classes for each in fitting if each.ends >= on)
    rows = filtered.qs
    if term is None:
        rows = rows.filter(term__ends__lt=on) if when else rows.filter(term__ends__gte=on)
    asked = request.GET
    is_narrowed = bool(words or term or subject or when or grade is not None)
    return ClassChoice(
        rows=rows,
        count=sum(each.classes for each in fitting if each.term == term) if term else (past if when else now),
        words=words,
        when=when,
        pills=(
            Pill(_("Now and ahead"), now, _address(asked, ""), not when and term is None),
            Pill(_("Past"), past, _address(asked, PAST), bool(when)),
        ),
        selects=_selects(facets, term, subject, grade),
        is_narrowed=is_narrowed,
        is_wide=is_narrowed or past > 0 or now > FEW,
    )


def _selects(facets: Sequence[Facet], term: int | None, subject: int | None, grade: int | None) -> tuple[Select, ...]:
    newest = sorted(facets, key=lambda each: (each.starts, each.term_name), reverse=True)
    by_name = sorted(facets, key=lambda each: each.subject_name)
    grades = sorted({each.grade for each in facets if each.grade is not None})
    return (
        Select("term", _("Term"), _("Any term"), _once((each.term, each.term_name) for each in newest), term),
        Select(
            "subject", _("Subject"), _("All subjects"), _once((each.subject, each.subject_name) for each in by_name),
            subject,
        ),
        Select(
            "grade", _("Grade"), _("All grades"),
            tuple((each, _("Grade %(grade)s") % {"grade": each}) for each in grades), grade,
        ),
    )  # fmt: skip


def _once(options: Iterable[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    return tuple(dict.fromkeys(options))


def _number(value: Any) -> int | None:
    return None if value in (None, "") else int(value)


def first_page(request: HttpRequest) -> str:
    """The same list from its beginning, for who asked for a page it does not have."""
    return address_with(request.GET, page="")


def _address(asked: QueryDict, when: str) -> str:
    return address_with(asked, term="", page="", when=when)
