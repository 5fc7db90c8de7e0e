"""What the school measures of a student beside exams: the latest value of each indicator, and how it moved."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from students.models import Indicator, Observation, Student

MOST = 600


@dataclass(frozen=True, slots=True)
class Measure:
    """`values` are numbers in order of day; `change` is what the latest added to the one before."""

    indicator: Indicator
    day: date
    number: float | None
    category: str
    values: tuple[tuple[date, float], ...]

    @property
    def is_number(self) -> bool:
        return self.indicator.kind == Indicator.Kind.NUMBER

    @property
    def is_yes(self) -> bool:
        return bool(self.number)

    @property
    def change(self) -> float | None:
        return None if len(self.values) < 2 else round(self.values[-1][1] - self.values[-2][1], 3)

    @property
    def previous_day(self) -> date | None:
        return self.values[-2][0] if len(self.values) > 1 else None

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        least, most = self.indicator.least, self.indicator.most
        return (None if least is None else float(least), None if most is None else float(most))


def measures_of(student: Student, *, user: Any, on: date) -> tuple[Measure, ...]:
    """One query. Protected indicators come only to who may see them: the rule of observations says so."""
    rows = Observation.objects.visible_to(user).filter(student=student, day__lte=on).select_related("indicator")
    newest = sorted(rows.order_by("-day")[:MOST], key=lambda each: (each.indicator.name, each.indicator_id, each.day))
    return tuple(_measure(list(group)) for _, group in groupby(newest, key=lambda each: each.indicator_id))


def _measure(rows: list[Observation]) -> Measure:
    last = rows[-1]
    is_number = last.indicator.kind == Indicator.Kind.NUMBER
    return Measure(
        indicator=last.indicator,
        day=last.day,
        number=None if last.number is None else float(last.number),
        category=last.category,
        values=tuple((each.day, float(each.number)) for each in rows if each.number is not None) if is_number else (),
    )
