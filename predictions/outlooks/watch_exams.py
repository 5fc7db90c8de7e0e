"""The target exams ahead that a watchlist looks at: narrow rows, for a large school has tens of thousands; scales by subject."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from portal.kit.scoping import grants_of
from predictions.outlooks.contract import Scale
from predictions.outlooks.scales import scales_for
from students.models import Exam, School, Subject
from students.roles import KEEPERS

SLACK = 2.0  # points by which a range may miss a boundary whose chance is still neither small nor large


@dataclass(frozen=True, slots=True)
class One:
    exam: int
    subject: int
    day: date


@dataclass(frozen=True)
class Ahead:
    """`is_whole`: every exam of the school in the days from `since` to `until`, so that no list of keys need be asked for."""

    school: School
    since: date
    exams: tuple[One, ...]
    subjects: Mapping[int, Subject]
    scales: Mapping[int, Scale]
    is_whole: bool
    until: date | None = None

    def narrowed(self, weeks: int, subject: int | None) -> "Ahead":
        until = self.since + timedelta(weeks=weeks)
        kept = tuple(each for each in self.exams if each.day <= until and subject in (None, each.subject))
        return replace(self, exams=kept, until=until)

    @property
    def grades(self) -> list[str]:
        """Every grade that some exam has a boundary for, the highest first."""
        least = {each.name: each.least for scale in self.scales.values() for each in scale.grades if each.least}
        return sorted(least, key=lambda name: -least[name])

    def marks(self, grade: str) -> dict[int, float]:
        """By subject the percentage that is asked about; subjects whose scale has no such grade are left out."""
        kept = {each.subject for each in self.exams}
        if not grade:
            return {subject: self.scales[subject].pass_mark for subject in kept}
        named = {subject: {each.name: each.least for each in self.scales[subject].grades} for subject in kept}
        return {subject: least for subject, names in named.items() if (least := names.get(grade)) is not None}

    def least(self, marks: Mapping[int, float]) -> dict[int, float]:
        """The same by exam."""
        return {each.exam: marks[each.subject] for each in self.exams if each.subject in marks}

    def near(self, marks: Mapping[int, float]) -> Q:
        """Predictions whose range reaches the boundary: of others the chance is nearly 0 or nearly 1."""
        by_mark: defaultdict[float, list[int]] = defaultdict(list)
        for subject, mark in marks.items():
            by_mark[mark].append(subject)
        near = Q(pk__in=())
        for mark, subjects in by_mark.items():
            near |= Q(exam__subject__in=subjects, low_80__lte=mark + SLACK, high_80__gte=mark - SLACK)
        return near & self._asked()

    def _asked(self) -> Q:
        if not self.is_whole:
            return Q(exam__in=[each.exam for each in self.exams])
        days = Q(exam__day__gt=self.since, exam__day__lte=self.until) if self.until else Q(exam__day__gt=self.since)
        return Q(exam__school=self.school, exam__is_target=True) & days


def boundary_named(grade: str) -> str:
    return _("grade %s") % grade if grade else _("the pass mark")


def exams_ahead(school: School, *, user: Any, on: date) -> Ahead:
    """Target exams that the person sees: a teacher those of the own classes. Three queries, and those for scales."""
    rows = Exam.objects.visible_to(user).filter(school=school, is_target=True, day__gt=on).order_by("day", "pk")
    exams = tuple(One(*row) for row in rows.values_list("pk", "subject_id", "day"))
    first = {each.subject: each.exam for each in reversed(exams)}
    framed = Exam.objects.filter(pk__in=first.values()).select_related("subject__grade_scale", "school")
    told = list(framed)
    scales = scales_for(told)
    return Ahead(
        school=school,
        since=on,
        exams=exams,
        subjects={each.subject_id: each.subject for each in told},
        scales={each.subject_id: scales[each.pk] for each in told},
        is_whole=school.pk in grants_of(user).of(KEEPERS),
    )
