"""Whom first: the students near a boundary for whom most can still be changed, and how far such a list is to be trusted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from portal.kit.memory import remembered
from portal.kit.scoping import grants_of
from predictions.models import CurrentPrediction, Prediction
from predictions.outlooks.chances import in_words, percent_told
from predictions.outlooks.contract import OutlookRow, Reason, Scale
from predictions.outlooks.exam_right import ToldToStaff
from predictions.outlooks.rows import dressed
from predictions.outlooks.watch_exams import Ahead, boundary_named, exams_ahead
from predictions.outlooks.watch_precision import Precision, precision_of
from predictions.outlooks.watch_ranking import Shortlist, candidates, shortened, worth
from predictions.summaries.words import points as points_told
from students.access import LOOKED_AFTER, TAUGHT
from students.models import Enrolment, Intervention, School, Student
from students.roles import KEEPERS, Role

USUAL_NUMBER, MOST_NUMBER = 6, 50
WEEKS = (4, 8, 12, 26, 52)
USUAL_WEEKS = 12
# So many more than wished are looked at closely; the rest are further off by any measure.
CLOSER = 12
MOST_COULD = 2
LARGE, KEPT_SECONDS = 2000, 300  # exams ahead; and how long a large school is not looked through anew
MOST_LOOKED = 500  # exams, for the question whether anything is predicted
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


def watchlist(school: School, asked: Asked, *, user: Any, on: date, ahead: Ahead | None = None) -> Watchlist:
    """As many queries for many students as for few. `ahead`: the exams, where they were read already."""
    every = ahead or exams_ahead(school, user=user, on=on)
    exams, boundary = every.narrowed(asked.weeks, asked.subject), boundary_named(asked.grade)
    marks = exams.marks(asked.grade)
    found = _first(exams, marks, asked, user=user, on=on)
    listed = _listed(found, asked, boundary, user=user, on=on)
    pass_mark = None if asked.grade else max(marks.values(), default=50.0)
    return Watchlist(
        asked=asked,
        boundary=boundary,
        listed=listed,
        near=found.near,
        exams=len(exams.exams),
        later=len(every.exams) - len(exams.exams),
        precision=precision_of(school, [each.chance for each in listed], boundary, pass_mark),
        is_predicted=bool(listed) or _is_predicted(exams),
    )


def _first(exams: Ahead, marks: Mapping[int, float], asked: Asked, *, user: Any, on: date) -> Shortlist:
    """In a large school all who keep it share the answer for some minutes, because looking at everybody takes seconds."""

    def ask() -> Shortlist:
        told = _asked_for(exams.near(marks), asked, user=user, on=on)
        return shortened(candidates(told, exams.least(marks)), MOST_NUMBER + CLOSER)

    if not exams.is_whole or len(exams.exams) < LARGE or asked.only_mine:
        return ask()
    mark = blake2b(repr((exams.school.pk, on, replace(asked, number=0))).encode(), digest_size=16).hexdigest()
    return remembered(f"watchlist:{mark}", KEPT_SECONDS, ask)


def _is_predicted(exams: Ahead) -> bool:
    """Anything at all of the first of them, which is asked only where nobody is listed."""
    first = [each.exam for each in exams.exams[:MOST_LOOKED]]
    return CurrentPrediction.objects.filter(exam__in=first).exists()


def _asked_for(near: Q, asked: Asked, *, user: Any, on: date) -> Any:
    told = ToldToStaff(Prediction).visible_to(user).filter(near, shown__isnull=False)
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


def _listed(found: Shortlist, asked: Asked, boundary: str, *, user: Any, on: date) -> tuple[Listed, ...]:
    """The shortlist by what the records know of everybody; its order by what stands beside the class's average."""
    chances = dict(list(found.chances.items())[: asked.number + CLOSER])
    shown = Prediction.objects.filter(pk__in=chances, shown__isnull=False)
    told = shown.select_related("student")  # runs are large, and most share one
    rows = dressed(list(told), user=user, on=on)
    kept = [row for row in rows if row.prediction and not (asked.without_helped and row.help)]
    listed = [_one(row, chances[row.prediction.pk], boundary) for row in kept if row.prediction]
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
