"""From touched students to one scoring of them, and to a look at exams whose results came; both once for many marks."""

import logging
from datetime import datetime

from django.db import transaction

from portal.kit.errors import NotReady
from predictions import touching
from predictions.models import ScoringCause, ScoringRun
from predictions.orders.measuring import order_measuring_of_new
from predictions.orders.scoring import order_scoring
from students.models import School

logger = logging.getLogger("predictions.timers")


def order_waiting(now: datetime) -> list[ScoringRun]:
    """Each school's in a transaction of its own, so that what goes wrong with one keeps no other waiting."""
    runs = []
    for each in touching.waiting(now):
        try:
            runs += _order(each)
        except Exception as error:  # whatever it is, other schools are not to wait for it
            logger.error("touched students not scored", exc_info=error, extra={"school": each.school_id})
    return runs


@transaction.atomic
def _order(waiting: touching.Waiting) -> list[ScoringRun]:
    """Without a model, or with no exam ahead, the rows have done their duty and are gone."""
    taken = touching.take(waiting.school_id)
    school = School.objects.filter(pk=waiting.school_id).first()
    if not taken.students or school is None:
        return []
    if taken.has_marks:
        order_measuring_of_new(school, since=waiting.since)
    try:
        return order_scoring(
            school, by=None, as_of=school.today(), students=taken.students, cause=ScoringCause.EVIDENCE
        )
    except NotReady:
        return []
