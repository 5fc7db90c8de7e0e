"""Moving an alias and ordering what follows from it, in one transaction."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.kit.errors import DomainError
from portal.kit.scoping import grants_of
from predictions import registry
from predictions.models import Alias, AliasMove, ModelVersion, ScoringCause, ScoringKind, TrainingCause, TrainingRun
from predictions.orders.scoring import order_scoring_of_all
from students.models import School, Subject
from students.roles import LEADERS


@transaction.atomic
def promote(version: ModelVersion, *, by: Any, why: str) -> AliasMove:
    """The version serves from now on, and everybody is scored by it. Until the last is, the old predictions are shown."""
    move = registry.promote(version, by=by, why=why)
    order_scoring_of_all(version.school, by=by, cause=ScoringCause.MODEL)
    return move


@transaction.atomic
def roll_back(school: School, *, by: Any, why: str, subject: Subject | None = None) -> AliasMove:
    move = registry.roll_back(school, by=by, why=why, subject=subject)
    order_scoring_of_all(school, by=by, cause=ScoringCause.MODEL)
    return move


@transaction.atomic
def challenge(version: ModelVersion, *, by: Any, why: str) -> AliasMove:
    """The version scores in shadow from now on, beginning with all exams ahead."""
    move = registry.challenge(version, by=by, why=why)
    order_scoring_of_all(version.school, by=by, cause=ScoringCause.MODEL, kind=ScoringKind.SHADOW)
    return move


@transaction.atomic
def place(run: TrainingRun, version: ModelVersion) -> str:
    """Where a version that was just trained stands: champion where the run says so and may, else challenger beside the
    champion, else a candidate. Returns a sentence for the job.
    """
    by = run.job.requested_by
    if run.cause == TrainingCause.EFFECT:
        return _("it shows what protected facts would do, and never serves.")
    if not version.passed_gate:
        return _("it did not pass its gate; its report says why.")
    if run.promotes and _may_still(run):
        try:
            with transaction.atomic():
                promote(version, by=by, why=_("trained to serve"))
        except DomainError as refusal:
            return _("it passed its gate and waits: %s") % refusal.sentence
        return _("it passed its gate and serves from now on.")
    if registry.aliased(Alias.CHAMPION, run.school, run.subject) is None:
        return _("it passed its gate and waits to be promoted; nothing serves yet.")
    challenge(version, by=by, why=_("newest training that passed its gate"))
    return _("it passed its gate and scores in shadow beside the champion.")


def _may_still(run: TrainingRun) -> bool:
    """Whoever ordered it on a page may lead the school no longer; a command is for who runs the machine."""
    return run.cause != TrainingCause.PERSON or run.school_id in grants_of(run.job.requested_by).of(LEADERS)
