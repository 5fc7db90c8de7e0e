"""The wish to hold predictions against results, and what follows when a version fell short."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from portal.jobs.models import Job
from portal.jobs.running import enqueue
from portal.kit.errors import DomainError
from predictions import tasks
from predictions.models import Alert, CurrentPrediction, ModelPolicy, TrainingCause, TrainingRun
from predictions.orders.training import order_training
from predictions.specs import TrainingWish
from students.models import Exam, Result, School

SLACK = timedelta(minutes=1)  # marks are written a moment before their signal is heard
BETWEEN = timedelta(days=7)


@transaction.atomic
def order_measuring(school: School, *, by: object, exams: list[int] | None = None, kind: str = "measuring") -> Job:
    """Of the named exams alone, or of all of the last months with drift, comparison and alerts."""
    arguments: dict[str, object] = {"school_id": school.pk} | ({} if exams is None else {"exams": exams})
    title = _("%s: hold predictions against results") % school
    return enqueue(tasks.measure_school, kind=kind, title=title, by=by, arguments=arguments, school_id=school.pk)


def order_measuring_of_new(school: School, *, since: datetime) -> Job | None:
    """Of past exams that had predictions and whose results were entered or corrected since. None: there are none."""
    entered = Result.objects.filter(exam=OuterRef("pk"), updated_at__gte=since - SLACK)
    shown = CurrentPrediction.objects.filter(exam=OuterRef("pk"))
    exams = Exam.objects.filter(school=school, day__lte=school.today()).filter(Exists(entered), Exists(shown))
    keys = list(exams.order_by("pk").values_list("pk", flat=True))
    return order_measuring(school, by=None, exams=keys) if keys else None


def order_after_alerts(alerts: list[Alert], *, now: datetime) -> list[TrainingRun]:
    """A training for the school whose version fell short, where it wants that; once a week at most."""
    runs = []
    for version in {alert.version for alert in alerts}:
        school = version.school
        lately = TrainingRun.objects.filter(school=school, subject=version.subject, cause=TrainingCause.ALERT)
        if not ModelPolicy.of(school).retrain_on_alert or lately.filter(ordered_at__gt=now - BETWEEN).exists():
            continue
        try:
            wish = TrainingWish(school, school.today(), subject=version.subject)
            runs.append(order_training(wish, by=None, cause=TrainingCause.ALERT))
        except DomainError:  # the same training waits already
            continue
    return runs
