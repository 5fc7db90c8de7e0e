"""Whom first: the students near a boundary for whom most can still be changed, and how far such a list is to be trusted."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from portal.kit.scoping import ScopedQuerySet, grants_of
from predictions import access
from predictions.models import CurrentPrediction, Prediction
from predictions.outlooks.chances import in_words, percent_told
from predictions.outlooks.contract import OutlookRow, Reason, Scale
from predictions.outlooks.rows import dressed
from predictions.outlooks.scales import scales_for
from predictions.outlooks.watch_precision import Precision, precision_of
from predictions.outlooks.watch_ranking import Candidates, candidates, shortlist, worth
from predictions.summaries.words import points as points_told
from students.access import LOOKED_AFTER, TAUGHT
from students.models import Enrolment, Exam, Intervention, School, Student
from students.roles import KEEPERS, Role

USUAL_NUMBER, MOST_NUMBER = 6, 50
WEEKS = (4, 8, 12, 26, 52)
USUAL_WEEKS = 12
# So many more than wished are looked at closely; the rest are further off by any measure.
CLOSER = 12
SLACK = 5.0  # points by which a range may miss a boundary whose chance is still neither small nor large
MOST_COULD = 2
LEAST_SHOWN = 0.1  # points; less would be read as nothing


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants to see. `grade`: its name instead of the pass mark. Keys are of visible records or unknown."""

    number: int = USUAL_NUMBER
    weeks: int = USUAL_WEEKS
    grade: str = ""
    subject: int | None = None
    grade_level: int | None = None
    school_class: int | None = None
    only_mine: bool = False
    without_helped: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """`chance` of reaching the boundary; `points` that would come if `could` were as usual in the class."""

    place: int
    row: OutlookRow
    chance: float
    points: float
    could: tuple[Reason, ...]
    boundary: str

    @property
    def chance_words(self) -> str:
        return in_words(self.chance)

    @property
    def chance_told(self) -> str:
        return percent_told(self.chance)

    @property
    def points_told(self) -> str:
        return points_told(self.points)

    @property
    def why(self) -> str:
        told = {"boundary": self.boundary, "chance": self.chance_words}
        near = _("The chance of reaching %(boundary)s is %(chance)s.") % told
        if not self.could:
            return f"{near} {_('Of what somebody could change, nothing lies below the class’s average.')}"
        told = {"could": _(" and ").join(reason.label for reason in self.could), "points": self.points_told}
        below = _("Below the class’s average and open to change: %(could)s; that goes with %(points)s points.") % told
        return f"{near} {below}"


@dataclass(frozen=True, slots=True)
class Watchlist:
    """`near` students lie near the boundary; `exams` lie in the window, `later` beyond it. `is_predicted`: of those in
    the window something is, which is asked only where nobody is listed.
    """

    asked: Asked
    boundary: str
    listed: tuple[Listed, ...]
    near: int
    exams: int
    later: int
    precision: Precision
    is_predicted: bool = True

    @property
    def scale(self) -> Scale | None:
        """The one that all rows share, so that it can stand above them."""
        scales = {each.row.scale for each in self.listed}
        return next(iter(scales)) if len(scales) == 1 else None

    @property
    def students(self) -> list[Student]:
        return [each.row.student for each in self.listed]


class _ToldToStaff(ScopedQuerySet[Prediction]):
    """Predictions as staff see them: a teacher's own child is not on the list of their students."""

    rule = access.BY_STAFF


def watchlist(school: School, asked: Asked, *, user: Any, on: date) -> Watchlist:
    """As many queries for many students as for few."""
    ahead = list(exams_ahead(school, user=user, on=on))
    ends = on + timedelta(weeks=asked.weeks)
    exams = [exam for exam in ahead if exam.day <= ends and asked.subject in (None, exam.subject_id)]
    least, boundary = boundaries(exams, asked.grade)
    found = candidates(_asked_for(exams, least, asked, user=user, on=on), least)
    listed = _listed(found, asked, boundary, user=user, on=on)
    return Watchlist(
        asked=asked,
        boundary=boundary,
        listed=listed,
        near=len(set(found.student[found.is_near].tolist())),
        exams=len(exams),
        later=len(ahead) - len(exams),
        precision=precision_of(school, [each.chance for each in listed], boundary, _pass_mark(least, asked)),
        is_predicted=bool(listed) or CurrentPrediction.objects.filter(exam__in=[exam.pk for exam in exams]).exists(),
    )


def _pass_mark(least: Mapping[int, float], asked: Asked) -> float | None:
    return None if asked.grade else max(least.values(), default=50.0)


def exams_ahead(school: School, *, user: Any, on: date) -> Any:
    """Target exams that the person sees: a teacher those of the own classes."""
    rows = Exam.objects.visible_to(user).filter(school=school, is_target=True, day__gt=on)
    return rows.select_related("subject", "school").order_by("day", "pk")


def boundaries(exams: list[Exam], grade: str) -> tuple[dict[int, float], str]:
    """Of each exam the percentage that is asked about, and its name; exams whose scale has no such grade are left out."""
    scales = scales_for(exams)
    if not grade:
        return {pk: scale.pass_mark for pk, scale in scales.items()}, _("the pass mark")
    named = {pk: {each.name: each.least for each in scale.grades} for pk, scale in scales.items()}
    least = {pk: names[grade] for pk, names in named.items() if names.get(grade) is not None}
    return {pk: value for pk, value in least.items() if value is not None}, _("grade %s") % grade


def grades_of(exams: list[Exam]) -> list[str]:
    """Every grade that some exam ahead has a boundary for, the highest first."""
    least = {each.name: each.least for scale in scales_for(exams).values() for each in scale.grades if each.least}
    return sorted(least, key=lambda name: -least[name])


def _asked_for(exams: list[Exam], least: Mapping[int, float], asked: Asked, *, user: Any, on: date) -> Any:
    told = _ToldToStaff(Prediction).visible_to(user).filter(_near(exams, least), shown__isnull=False)
    if asked.grade_level is not None:
        told = told.filter(student__grade_level=asked.grade_level)
    if asked.school_class is not None:
        learners = Enrolment.objects.active(on).filter(school_class=asked.school_class)
        told = told.filter(
            student__in=learners.order_by().values("student"), exam__sittings__school_class=asked.school_class
        )
    if asked.only_mine:
        told = told.filter(student__in=_own(user))
    if asked.without_helped:
        told = told.filter(~Exists(Intervention.objects.still_open().filter(student=OuterRef("student"))))
    return told


def _near(exams: list[Exam], least: Mapping[int, float]) -> Q:
    """Only scores whose range reaches the boundary are read: of others the chance is nearly 0 or nearly 1."""
    by_boundary: defaultdict[float, list[int]] = defaultdict(list)
    for exam in exams:
        if exam.pk in least:
            by_boundary[least[exam.pk]].append(exam.pk)
    near = Q(pk__in=())
    for mark, keys in by_boundary.items():
        near |= Q(exam__in=keys, low_80__lte=mark + SLACK, high_80__gte=mark - SLACK)
    return near


def _own(user: Any) -> Any:
    """Students the person teaches or looks after, for who sees all of a school anyway."""
    grants = grants_of(user)
    keys = [
        each
        for path in (TAUGHT, LOOKED_AFTER)
        for each in path.keys(user, grants.by_day(grants.of(path.roles)), Student)
    ]
    return keys[0].union(*keys[1:]) if keys else Student.objects.none().values("pk")


def may_narrow_to_own(user: Any, school: School) -> bool:
    grants = grants_of(user)
    own = grants.of({Role.TEACHER, Role.COUNSELLOR})
    return school.pk in own and school.pk in grants.of(KEEPERS)


def _listed(found: Candidates, asked: Asked, boundary: str, *, user: Any, on: date) -> tuple[Listed, ...]:
    """The shortlist by what the records know of everybody; its order by what stands beside the class's average."""
    places = shortlist(found, asked.number + CLOSER)
    keys = found.prediction[places].tolist()
    chances = dict(zip(keys, found.chance[places].tolist(), strict=True))
    told = Prediction.objects.filter(pk__in=keys).select_related(
        "student", "run__version", "exam__subject", "exam__school"
    )
    rows = [each for each in dressed(list(told), user=user, on=on) if each.prediction is not None]
    listed = [_one(row, chances[row.prediction.pk], boundary) for row in rows if row.prediction]
    listed.sort(key=lambda each: (-float(worth(each.chance, each.points)), each.row.student.name, each.row.student.pk))
    return tuple(_placed(each, place) for place, each in enumerate(listed[: asked.number], 1))


def _one(row: OutlookRow, chance: float, boundary: str) -> Listed:
    can = sorted(
        (each for each in row.reasons if each.is_changeable and each.points <= -LEAST_SHOWN),
        key=lambda each: each.points,
    )
    could = tuple(can[:MOST_COULD])
    return Listed(0, row, chance, -sum(each.points for each in could), could, boundary)


def _placed(each: Listed, place: int) -> Listed:
    return Listed(place, each.row, each.chance, each.points, each.could, each.boundary)
