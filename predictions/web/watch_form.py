"""What a watchlist is asked for in an address. What cannot be read counts as not said, so that a link never breaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.accounts.preferences import preferences_of
from portal.kit.scoping import grants_of
from predictions.outlooks.watch_exams import Ahead
from predictions.outlooks.watchlist import (
    MOST_NUMBER,
    USUAL_NUMBER,
    USUAL_WEEKS,
    WEEKS,
    Asked,
    may_narrow_to_own,
)
from predictions.web.in_view import InView
from students.models import Student
from students.roles import KEEPERS
from students.summaries.exams import own_classes

REMEMBERED = "watchlist"
LEAST_KEY, MOST_KEY = 1, 2**31


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen, as key and name; empty where there is nothing to choose."""

    weeks: tuple[tuple[int, str], ...]
    grades: tuple[tuple[str, str], ...]
    subjects: tuple[tuple[int, str], ...]
    levels: tuple[tuple[int, str], ...]
    classes: tuple[tuple[int, str], ...]
    may_narrow: bool


def usual_number(user: Any) -> int:
    return preferences_of(user).figures.get(REMEMBERED, USUAL_NUMBER)


def asked_for(asked: Mapping[str, str], at: InView, choices: Choices) -> Asked:
    weeks = _number(asked.get("weeks"), 1, WEEKS[-1])
    return Asked(
        number=_number(asked.get("number"), 1, MOST_NUMBER) or usual_number(at.user),
        weeks=weeks if weeks in WEEKS else USUAL_WEEKS,
        grade=_one_of(asked.get("grade"), choices.grades) or "",
        subject=_one_of(_number(asked.get("subject"), LEAST_KEY, MOST_KEY), choices.subjects),
        grade_level=_one_of(_number(asked.get("level"), 0, 99), choices.levels),
        school_class=_one_of(_number(asked.get("class"), LEAST_KEY, MOST_KEY), choices.classes),
        only_mine=asked.get("mine") == "1" and choices.may_narrow,
        without_helped=asked.get("helped") == "no",
    )


def choices_for(at: InView, ahead: Ahead) -> Choices:
    """One query, or two."""
    return Choices(
        weeks=tuple((each, _("the next %s weeks") % each) for each in WEEKS),
        grades=tuple((name, _("%s or better") % name) for name in ahead.grades),
        subjects=tuple(sorted(((key, each.name) for key, each in ahead.subjects.items()), key=lambda each: each[1])),
        levels=tuple((level, str(level)) for level in _levels(at)),
        classes=_classes(at),
        may_narrow=may_narrow_to_own(at.user, at.school),
    )


def _levels(at: InView) -> list[int]:
    """Of a whole school; who teaches or counsels a few students needs no such choice."""
    if at.school.pk not in grants_of(at.user).of(KEEPERS):
        return []
    rows = Student.objects.visible_to(at.user).filter(school=at.school, status=Student.Status.ENROLLED)
    return sorted(rows.order_by().values_list("grade_level", flat=True).distinct())


def _classes(at: InView) -> tuple[tuple[int, str], ...]:
    """A teacher's own; in a whole school there are too many to choose from."""
    if at.school.pk in grants_of(at.user).of(KEEPERS):
        return ()
    own = own_classes(at.user, on=at.on).filter(school=at.school).running(at.on).order_by("name", "pk")
    return tuple(own.values_list("pk", "name"))


def _number(text: str | None, least: int, most: int) -> int | None:
    """A whole number between the two, or None."""
    if not text or not (text.isascii() and text.isdigit()) or len(text) > len(str(most)):
        return None
    number = int(text)
    return number if least <= number <= most else None


def _one_of(value: Any, options: tuple[tuple[Any, str], ...]) -> Any:
    return value if any(value == key for key, _name in options) else None
