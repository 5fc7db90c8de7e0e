"""What somebody who plans an exam wants to know: its share of each class's average, and what else falls on that day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from portal.kit.figures import plain
from students.models import Exam, SchoolClass, Sitting


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """`total` is the weight of all exams of the class, this one included."""

    school_class: SchoolClass
    weight: Decimal
    total: Decimal
    same_day: tuple[str, ...]

    @property
    def share(self) -> float:
        return float(100 * self.weight / self.total) if self.total else 0.0

    @property
    def weight_said(self) -> str:
        return plain(self.weight)

    @property
    def total_said(self) -> str:
        return plain(self.total)

    @property
    def is_first(self) -> bool:
        return self.total == self.weight


def plan_for(
    classes: Sequence[SchoolClass], *, weight: Decimal, day: date | None, exam: Exam | None = None
) -> list[ClassPlan]:
    """Two queries. Only for classes whose exams the person may see."""
    keys = [each.pk for each in classes]
    others = Sitting.objects.filter(school_class__in=keys).exclude(exam=exam.pk if exam else None).order_by()
    sums = dict(others.values_list("school_class").annotate(total=Sum("exam__weight")))
    same_day: defaultdict[int, list[str]] = defaultdict(list)
    if day is not None:
        found = others.filter(exam__day=day).order_by("exam__title", "pk")
        for school_class, title in found.values_list("school_class", "exam__title"):
            same_day[school_class].append(title)
    return [
        ClassPlan(each, weight, weight + (sums.get(each.pk) or Decimal(0)), tuple(same_day[each.pk]))
        for each in classes
    ]
