"""What a new demo school gets by itself: a champion, a challenger, and what both would have said before the last exams."""

from datetime import UTC, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.jobs.models import ENDED
from predictions.demo.opinions import write_opinions
from predictions.demo.past import learned_on, past_days, plan_next
from predictions.demo.releasing import release_some
from predictions.models import (
    Alias,
    AliasMove,
    IndicatorRule,
    ModelPolicy,
    ModelVersion,
    ScoringCause,
    ScoringKind,
    ScoringRun,
    TrainingCause,
    TrainingRun,
)
from predictions.orders.measuring import order_measuring
from predictions.orders.scoring import order_run
from predictions.orders.training import order_training
from predictions.specs import TrainingWish
from students.models import Indicator, Origin, School

FIXED = "previous_gpa"  # nobody can still change what last year's average was
SIMPLER = ("attendance", "participation")  # what the challenger does without


@transaction.atomic
def order_first_model(school: School) -> TrainingRun:
    """As it would have been trained some months ago, so that there are results it had not seen. One person may decide:
    the demo has nobody else.
    """
    facts = {"needs_second_person": False, "origin": Origin.DEMO}
    ModelPolicy.objects.get_or_create(school=school, defaults=facts)
    for indicator in Indicator.objects.filter(school=school, code=FIXED):
        IndicatorRule.objects.get_or_create(school=school, indicator=indicator, defaults={"is_fixed": True})
    plan_next(school, timezone.now())
    wish = TrainingWish(school, learned_on(school.today()))
    return order_training(wish, by=None, cause=TrainingCause.DEMO, promotes=True)


@transaction.atomic
def go_on(run: TrainingRun, version: ModelVersion) -> None:
    """After each training of the demo: what comes next. A model that is not fit to serve is followed by one that
    learned from everything up to today; after that there is none, and the page says why.
    """
    school, today = run.school, run.school.today()
    if AliasMove.objects.filter(version=version, name=Alias.CHAMPION).exists():
        _as_of_then(version)
        _replay(version, school, ScoringKind.REPLAY)
    elif run.promotes and run.as_of < today:
        order_training(TrainingWish(school, today), by=None, cause=TrainingCause.DEMO, promotes=True)
    elif AliasMove.objects.filter(version=version, name=Alias.CHALLENGER).exists():
        _as_of_then(version)
        _replay(version, school, ScoringKind.SHADOW)


def _as_of_then(version: ModelVersion) -> None:
    """The demo plays that it was decided on the evening of the training's day."""
    then = datetime.combine(version.run.as_of, time(18), tzinfo=UTC)
    version.moves.filter(at__gt=then).update(at=then, why=_("made for the demo, as if on that day"))


def _replay(version: ModelVersion, school: School, kind: ScoringKind) -> None:
    for day in past_days(school, school.today()):
        if day.as_of > version.run.as_of:
            order_run(
                version, school, day.exams, by=None, as_of=day.as_of, cause=ScoringCause.DEMO, kind=kind,
                shown=kind == ScoringKind.REPLAY,
            )  # fmt: skip


def replayed(run: ScoringRun) -> None:
    """After the last of these runs: a challenger, for predictions come before comparisons; and once that has told the same
    days too, what both said is held against what came.
    """
    school = School.objects.select_for_update().get(pk=run.school_id)  # of two that end at once the later one sees both
    waiting = ScoringRun.objects.filter(school=school, cause=ScoringCause.DEMO).exclude(job__state__in=ENDED)
    if waiting.exclude(pk=run.pk).exists():
        return
    release_some(school, now=timezone.now())
    write_opinions(school, now=timezone.now())
    later = TrainingRun.objects.filter(school=school, cause=TrainingCause.DEMO, pk__gt=run.version.run_id)
    if run.kind == ScoringKind.REPLAY and not later.exists():
        wish = TrainingWish(school, run.version.run.as_of, leave_out=SIMPLER)
        order_training(wish, by=None, cause=TrainingCause.DEMO)
    order_measuring(school, by=None)
