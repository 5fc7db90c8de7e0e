"""The wish for the letters of a school: which exams, which grade, one PDF or a zip; written down, then printed by a worker."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.audit.models import AccessEvent
from portal.audit.record import record
from portal.jobs.models import Job
from portal.jobs.running import enqueue
from portal.kit.errors import NotAllowed, NotReady
from portal.kit.scoping import grants_of
from predictions import tasks
from predictions.reports.school_letters import LettersWish, may_order, sittings_of
from students.looking import StudentsByStaff
from students.models import Student
from students.roles import LEADERS


@transaction.atomic
def order_letters(wish: LettersWish, *, by: object) -> Job:
    """What is printed is asked for again when it is printed, with the rights of who ordered.

    Raises NotAllowed, or NotReady where no class the person sees sits one of these exams.
    """
    school = wish.school
    if not may_order(by, school.pk):
        raise NotAllowed(_("Leaders order the letters of a school, and counsellors those of their students."))
    sittings = sittings_of(wish, by=by, on=school.today())
    if not sittings:
        raise NotReady(_("None of your classes sits one of these exams."), code="no_letters")
    arguments = {
        "school_id": school.pk,
        "exams": list(wish.exams),
        "form": str(wish.form),
        "grade_level": wish.grade_level,
    }
    record(by, "letters ordered", school, school_id=school.pk, exams=len(wish.exams), classes=len(sittings))
    title = _("Letters of %s") % school.name
    return enqueue(
        tasks.print_letters, kind="letters", title=title, by=by, school_id=school.pk, arguments=arguments,
        back_to=reverse("letters"),
    )  # fmt: skip


def may_still_have(job: Any, *, by: Any) -> bool:
    """Whether what was printed may still be handed to them: who leads the school has all of it; of others every student
    whose letter is in it must be theirs to see today. Whose they are stands in the traces that printing left.
    """
    if job.school_id in grants_of(by).of(LEADERS):
        return True
    traces = AccessEvent.objects.filter(user_id=by.pk, at__gte=job.requested_at, request_id=str(job.pk))
    printed = set(traces.order_by().values_list("student_id", flat=True))
    seen = StudentsByStaff(Student).visible_to(by).filter(pk__in=printed)
    return bool(printed) and may_order(by, job.school_id) and seen.count() == len(printed)
