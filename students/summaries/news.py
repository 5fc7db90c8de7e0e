"""What changed lately: in a teacher's classes, and in a whole school."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.accounts.models import User
from portal.audit.models import AuditEvent, Change
from portal.kit.scoping import grants_of
from students.models import Enrolment, Exam, Result, SchoolClass
from students.roles import LEADERS

LATELY_DAYS = 7
SHOWN = 6
MOST_READ = 200
# What a school's leader wants to hear of; signing in and looking are kept elsewhere.
TOLD = {
    "enrolled": gettext_lazy("enrolled a student"),
    "enrolled many": gettext_lazy("enrolled students"),
    "withdrawn": gettext_lazy("ended an enrolment"),
    "ended many enrolments": gettext_lazy("ended enrolments"),
    "moved": gettext_lazy("moved a student to another class"),
    "marks entered": gettext_lazy("entered marks"),
    "exam scheduled": gettext_lazy("scheduled an exam"),
    "exam changed": gettext_lazy("changed an exam"),
    "exam called off": gettext_lazy("called off an exam"),
    "results released": gettext_lazy("released results to families"),
    "results taken back": gettext_lazy("took released results back"),
    "marks locked": gettext_lazy("locked marks"),
    "marks unlocked": gettext_lazy("unlocked marks"),
    "roll taken": gettext_lazy("took a roll"),
    "roll corrected": gettext_lazy("corrected a roll"),
    "role granted": gettext_lazy("gave a role"),
    "role ended": gettext_lazy("ended a role"),
    "teacher assigned": gettext_lazy("gave a class a teacher"),
    "invited": gettext_lazy("invited somebody"),
    "invitation accepted": gettext_lazy("accepted an invitation"),
    "exported": gettext_lazy("exported a list"),
}


@dataclass(frozen=True, slots=True)
class News:
    """One line: what happened, where to look, and when. `url` may be empty."""

    day: date
    text: str
    detail: str
    url: str


def class_news(classes: Sequence[SchoolClass], exams: Sequence[Exam], *, user: Any, on: date) -> list[News]:
    """Three queries: who joined or left, marks that others entered, and exams that others changed."""
    since = on - timedelta(days=LATELY_DAYS)
    lines = [*_movements(classes, since, on), *_marks(exams, user, since), *_exams(classes, user, since)]
    return sorted(lines, key=lambda line: line.day, reverse=True)[:SHOWN]


def _movements(classes: Sequence[SchoolClass], since: date, on: date) -> Iterable[News]:
    names = {each.pk: each.name for each in classes}
    lately = Q(starts__gt=since, starts__lte=on) | Q(ends__gte=since, ends__lt=on)
    # A whole class that begins is no news about its students.
    begun = Q(school_class__term__starts__gt=since)
    rows = Enrolment.objects.filter(lately, school_class__in=list(names)).exclude(begun).order_by("-starts")
    counts = Counter(
        (each.school_class_id, *_movement(each, on)) for each in rows.only("school_class", "starts", "ends")[:MOST_READ]
    )
    for (school_class, day, has_left), number in counts.items():
        left = ngettext("%(n)d student left", "%(n)d students left", number)
        joined = ngettext("%(n)d student joined", "%(n)d students joined", number)
        yield News(
            day=day,
            text=(left if has_left else joined) % {"n": number},
            detail=names[school_class],
            url=reverse("class", args=[school_class]),
        )


def _movement(enrolment: Enrolment, on: date) -> tuple[date, bool]:
    """The day, and whether it is about leaving. Who left is no longer open to the teacher, so nobody is named."""
    has_left = enrolment.ends is not None and enrolment.ends < on
    return (enrolment.ends if has_left and enrolment.ends else enrolment.starts), has_left


def _marks(exams: Sequence[Exam], user: Any, since: date) -> Iterable[News]:
    titles = {each.pk: each.title for each in exams}
    rows = Result.objects.visible_to(user).filter(exam__in=list(titles), recorded_at__date__gt=since)
    others = (
        rows.filter(recorded_by__isnull=False).exclude(recorded_by=user).order_by().values("exam", "recorded_by__name")
    )
    for each in others.annotate(marks=Count("pk"), last=Max("recorded_at")):
        text = ngettext("%(who)s entered %(n)d mark", "%(who)s entered %(n)d marks", each["marks"])
        yield News(
            day=each["last"].date(),
            text=text % {"who": each["recorded_by__name"], "n": each["marks"]},
            detail=titles[each["exam"]],
            url=reverse("exam", args=[each["exam"]]),
        )


def _exams(classes: Sequence[SchoolClass], user: Any, since: date) -> Iterable[News]:
    """By the history of each exam that lies ahead or was lately; what one changed oneself is no news."""
    schools = {each.school_id for each in classes}
    near = Exam.objects.filter(classes__in=[each.pk for each in classes], day__gt=since).order_by().values("pk")
    rows = Change.objects.filter(
        model=Exam._meta.label, school_id__in=schools, at__date__gt=since, record_id__in=near, actor__isnull=False
    )
    for each in rows.exclude(actor=user).select_related("actor").order_by("-pk")[:SHOWN]:
        facts = {**each.before, **each.after}
        words = _("%(who)s scheduled an exam") if each.kind == Change.Kind.ADDED else _("%(who)s changed an exam")
        yield News(
            day=each.at.date(),
            text=words % {"who": each.actor},
            detail=str(facts.get("title", "")),
            url=reverse("exam", args=[each.record_id]),
        )


@dataclass(frozen=True, slots=True)
class Deed:
    who: str
    what: str
    at: datetime


def school_news(school_id: int, *, user: Any) -> list[Deed]:
    """What people of the school did last, for its leaders, who read the trail in the back office too. One query; names of students are in none of it."""
    if school_id not in grants_of(user).of(LEADERS):
        return []
    named = Subquery(User.objects.filter(pk=OuterRef("actor_id")).values("name")[:1])
    events = AuditEvent.objects.filter(school_id=school_id, verb__in=list(TOLD)).annotate(who=named)
    return [Deed(each.who or "Foremark", str(TOLD[each.verb]), each.at) for each in events.order_by("-at")[:SHOWN]]
