"""What staff think of single predictions: useful, not useful, or wrong because of something. Added, never changed."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.kit.errors import DomainError, NotAllowed
from predictions.models import Feedback, FeedbackKind, Prediction
from students.looking import StudentsByStaff
from students.models import Student

LONGEST = 400


@transaction.atomic
def feed_back(prediction: Prediction, kind: str, *, by: Any, because: str = "") -> Feedback:
    """Of one person the last one counts. Raises NotAllowed, DomainError: who calls a prediction wrong says why."""
    because = because.strip()
    if not StudentsByStaff(Student).visible_to(by).filter(pk=prediction.student_id).exists():
        raise NotAllowed(_("This student is not among those whose predictions you may comment on."))
    if kind not in FeedbackKind.values:
        raise DomainError(_("Choose one: useful, not useful, or wrong because of something."), code="bad_kind")
    if kind == FeedbackKind.WRONG and not because:
        raise DomainError(_("Say in a few words what is wrong, so that others can learn from it."), code="no_reason")
    if "\x00" in because:
        raise DomainError(_("There is a character in it that cannot be stored."), code="bad_letter")
    if len(because) > LONGEST:
        raise DomainError(_("Because: expected %s letters at most.") % LONGEST, code="long_reason")
    given = Feedback.objects.create(prediction=prediction, by=by, kind=kind, because=because)
    student = prediction.student
    record(by, "feedback given", given, school_id=student.school_id, student=student.pk, kind=kind)
    return given


def mine(prediction: Prediction, *, by: Any) -> Feedback | None:
    """What the person said last. One query."""
    return Feedback.objects.visible_to(by).filter(prediction=prediction, by=by).order_by("-pk").first()
