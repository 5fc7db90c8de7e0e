"""The wish for the letters of a school: which exams, which grade, one PDF or a zip; written down, then printed by a worker."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.jobs.models import Job
from portal.jobs.running import enqueue
from portal.kit.errors import NotAllowed, NotReady
from predictions import tasks
from predictions.reports.school_letters import LettersWish, may_order, sittings_of


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
