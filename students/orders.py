"""Wishes for slow work: written down here, done by a worker."""

from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.jobs.models import Job
from portal.jobs.running import enqueue
from students import tasks
from students.models import School
from students.next_year import Wish, as_ids


@transaction.atomic
def order_next_year(wish: Wish, fingerprint: str, *, by: User) -> Job:
    return enqueue(
        tasks.move_to_next_year,
        kind="next_year",
        title=_("%(school)s: move to %(year)s") % {"school": wish.school, "year": wish.target},
        by=by,
        arguments={"wish": as_ids(wish), "fingerprint": fingerprint},
        school_id=wish.school.pk,
        back_to=reverse("admin:next_year", args=[wish.school.pk]),
    )


@transaction.atomic
def order_take_back(school: School, batch: UUID, *, by: User) -> Job:
    return enqueue(
        tasks.take_back_next_year,
        kind="next_year_undo",
        title=_("%s: take back the move to the next year") % school,
        by=by,
        arguments={"school_id": school.pk, "batch": str(batch)},
        school_id=school.pk,
        back_to=reverse("admin:next_year", args=[school.pk]),
    )
