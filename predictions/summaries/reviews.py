"""Requests for a review as staff meet them: which wait for whom, how many days are left, and what the family asked about."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.kit.scoping import grants_of, in_force
from predictions.models import Prediction, ReviewRequest
from students.models import SchoolClass
from students.roles import LEADERS, STAFF, Role

SOON_DAYS = 7
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Review:
    """`days_left` is negative once the last day is over; None when it was answered."""

    asked: ReviewRequest
    days_left: int | None

    @property
    def is_open(self) -> bool:
        return self.days_left is not None

    @property
    def is_pressing(self) -> bool:
        return self.days_left is not None and self.days_left <= SOON_DAYS

    @property
    def clock(self) -> str:
        if self.days_left is None:
            return _("answered")
        if self.days_left < 0:
            late = -self.days_left
            return ngettext("%(n)s day overdue", "%(n)s days overdue", late) % {"n": late}
        if self.days_left == 0:
            return _("last day today")
        return ngettext("%(n)s day left", "%(n)s days left", self.days_left) % {"n": self.days_left}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the first page tells: the most pressing of those that wait for this person, and how many there are."""

    reviews: tuple[Review, ...]
    open: int
    overdue: int

    @property
    def more(self) -> int:
        return self.open - len(self.reviews)


def review_of(asked: ReviewRequest) -> Review:
    """Reads `student.school`."""
    if asked.answered_at is not None:
        return Review(asked, None)
    return Review(asked, (asked.due_on - asked.student.school.today()).days)


def is_staff(user: Any) -> bool:
    return bool(grants_of(user).of(STAFF))


def asked_of_staff(user: Any) -> Any:
    """Those whose student the person sees at work; the own requests of a parent who works here are not among them."""
    return ReviewRequest.objects.visible_to(user).exclude(by=user)


def in_order(rows: Any) -> Any:
    """Open ones first, the most pressing on top; then what was answered, the newest first."""
    return rows.order_by(F("answered_at").desc(nulls_first=True), "due_on", "pk")


def with_people(rows: Any) -> Any:
    return rows.select_related("student__school", "exam__subject", "by", "answered_by")


def waiting_for(user: Any) -> Waiting:
    """Of a leader's schools, and of the classes a teacher teaches. Two queries, or none for who is neither."""
    grants = grants_of(user)
    leading, teaching = grants.of(LEADERS), grants.of((Role.TEACHER,)) - grants.of(LEADERS)
    if not leading and not teaching:
        return Waiting((), 0, 0)
    mine = Q(student__school__in=leading)
    for day, schools in grants.by_day(teaching).items():
        mine |= Q(pk__in=_of_classes(user, day, schools))
    rows = asked_of_staff(user).open().filter(mine)
    late = Q(pk__in=())
    for day, schools in grants.by_day(leading | teaching).items():
        late |= Q(student__school__in=schools, due_on__lt=day)
    counted = rows.order_by().aggregate(open=Count("pk"), overdue=Count("pk", filter=late))
    shown = with_people(rows).order_by("due_on", "pk")[:SHOWN] if counted["open"] else ()
    return Waiting(tuple(review_of(each) for each in shown), **counted)


def _of_classes(user: Any, day: date, schools: list[int]) -> Any:
    """Requests about an exam that the student sits in a class of this teacher."""
    path = "exam__classes"
    return ReviewRequest.objects.open().filter(
        in_force(f"{path}__teachings", day) & in_force(f"{path}__enrolments", day),
        student__school__in=schools,
        **{f"{path}__teachings__teacher": user, f"{path}__enrolments__student": F("student")},
    ).order_by().values("pk")  # fmt: skip


def shown_for(asked: ReviewRequest, *, user: Any) -> Prediction | None:
    """What is shown now of the exam that was asked about."""
    rows = Prediction.objects.visible_to(user).current().filter(exam=asked.exam_id, student=asked.student_id)
    return rows.select_related("student__school", "exam__school", "exam__subject", "run__version").first()


def sits_in(asked: ReviewRequest, *, user: Any) -> SchoolClass | None:
    """The class in which the student sits the exam, as far as the person sees it."""
    today = asked.student.school.today()
    rows = SchoolClass.objects.visible_to(user).filter(
        in_force("enrolments", today), enrolments__student=asked.student_id, sittings__exam=asked.exam_id
    )
    return rows.order_by("pk").first()
