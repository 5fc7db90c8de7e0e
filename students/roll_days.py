"""Which days have a roll, which days are unusual for one, and whose names stand on it. Nothing is written here."""

from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.kit.errors import DomainError, NotReady
from portal.kit.scoping import in_force
from students.models import Enrolment, SchoolClass, Student, Term

# The audit verbs by which a roll is found again, and the status of who has no mark.
TAKEN, CORRECTED = "roll taken", "roll corrected"
NO_MARK = ""
SATURDAY = 5


def check_day(school_class: SchoolClass, day: date, *, on: date) -> None:
    """Raises where no roll can be: ahead of its day, or outside the class's term. No query."""
    named = date_format(day, "l j F Y")
    if day > on:
        raise NotReady(_("%s has not come yet; its roll is taken on the day.") % named, code="ahead")
    check_in_term(school_class, day)


def check_in_term(school_class: SchoolClass, day: date) -> None:
    """Raises for a day on which the class does not run. No query."""
    if not school_class.term.starts <= day <= school_class.term.ends:
        facts = {"day": date_format(day, "l j F Y"), "term": school_class.term}
        raise DomainError(_("%(day)s lies outside %(term)s, in which this class runs.") % facts, code="outside_term")


def why_unusual(school_class: SchoolClass, day: date) -> str:
    """A sentence for a day on which a roll is possible and not expected, else empty. One query, on a weekday."""
    if day.weekday() >= SATURDAY:
        return _("This is a %s.") % date_format(day, "l")
    parts = list(Term.objects.filter(parent=school_class.term_id, kind=Term.Kind.TERM).values_list("starts", "ends"))
    if parts and not any(starts <= day <= ends for starts, ends in parts):
        return _("This day lies between two terms.")
    return ""


def school_days_before(day: date, count: int, *, since: date) -> list[date]:
    """The last so many weekdays before a day, oldest first, none of them before `since`."""
    span = (day - timedelta(days=back) for back in range(1, count * 7 // 5 + 3))
    return sorted([each for each in span if each.weekday() < SATURDAY and each >= since][:count])


def on_the_roll(school_class: SchoolClass, day: date, *, user: Any) -> Any:
    """The students in the class on that day whose records are open to this person."""
    enrolled = Enrolment.objects.filter(in_force("", day), school_class=school_class)
    return Student.objects.visible_to(user).filter(pk__in=enrolled.order_by().values("student"))
