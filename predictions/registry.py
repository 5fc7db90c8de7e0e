"""The register of versions: a number for each, what people decided about it, and the names that point to one.

`approve`, `promote` and the rest are the only way an alias moves. Whoever moves one also orders scoring
(predictions/orders/promoting.py), so the pages and commands call that.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.kit.errors import Conflict, NotAllowed, NotReady
from predictions import alerting, artifacts
from predictions.models import (
    Alias,
    AliasMove,
    Approval,
    ModelAlias,
    ModelPolicy,
    ModelVersion,
    TrainingRun,
    VersionState,
)
from students.models import School, Subject


@transaction.atomic
def register(run: TrainingRun, *, sha256: str, size: int, passed_gate: bool, probe: dict[str, Any]) -> ModelVersion:
    """The next number of the school. A run has one version however often it is asked."""
    School.objects.select_for_update().get(pk=run.school_id)
    if there := ModelVersion.objects.filter(run=run).first():
        return there
    top = ModelVersion.objects.filter(school=run.school_id).aggregate(top=Max("number"))["top"] or 0
    version = ModelVersion.objects.create(
        school=run.school, subject=run.subject, number=top + 1, run=run,
        sha256=sha256, size=size, passed_gate=passed_gate, probe=probe,
    )  # fmt: skip
    record(run.job.requested_by, "model trained", version, number=version.number, gate=passed_gate)
    return version


def aliased(name: str, school: School, subject: Subject | None = None) -> ModelVersion | None:
    """What the name points to: of the subject, else of the school, else of the district above."""
    rows = ModelAlias.objects.filter(name=name).select_related("version__run", "version__school")
    if subject and (mine := rows.filter(school=school, subject=subject).first()):
        return mine.version
    above: School | None = school
    while above is not None:
        if found := rows.filter(school=above, subject=None).first():
            return found.version
        above = above.parent
    return None


def champion(school: School, subject: Subject | None = None) -> ModelVersion | None:
    return aliased(Alias.CHAMPION, school, subject)


def challenger(school: School, subject: Subject | None = None) -> ModelVersion | None:
    return aliased(Alias.CHALLENGER, school, subject)


def in_force(school: School, subject: Subject | None, day: date) -> ModelVersion | None:
    """The champion as it stood at the end of a day in the school's own zone."""
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(school.timezone))
    moves = AliasMove.objects.filter(name=Alias.CHAMPION, at__lt=end).select_related("version__run", "version__school")
    if subject and (mine := moves.filter(school=school, subject=subject).first()):
        return mine.version
    above: School | None = school
    while above is not None:
        if found := moves.filter(school=above, subject=None).first():
            return found.version
        above = above.parent
    return None


def serving(school: School, subject: Subject | None = None) -> ModelVersion | None:
    """The champion; where its stored model cannot be opened, the last one before it that can. None: there is none."""
    version = champion(school, subject)
    if version is None:
        return None
    moves = AliasMove.objects.filter(school=version.school, subject=version.subject, name=Alias.CHAMPION)
    earlier = [move.version for move in moves.select_related("version__run", "version__school") if move.version]
    for each in dict.fromkeys([version, *earlier]):
        try:
            artifacts.opened(each)
        except artifacts.BadArtifact as error:
            artifacts.logger.error("artifact refused", extra={"version": each.pk, "code": error.code})
            alerting.artifact_refused(each, error)
        else:
            return each
    raise artifacts.BadArtifact(_("No model can be used: none of those that served here can be opened."))


@transaction.atomic
def approve(version: ModelVersion, *, by: Any, reason: str = "") -> Approval:
    """A person's yes. Raises Conflict where the gate was not passed: no yes makes up for that."""
    check_approvable(version)
    return _decide(version, True, by, reason)


def check_approvable(version: ModelVersion) -> None:
    if not version.passed_gate:
        raise Conflict(_("%s did not pass its gate, so nobody can approve it.") % version, code="gate")


@transaction.atomic
def reject(version: ModelVersion, *, by: Any, reason: str) -> Approval:
    """A person's no. The champion is replaced first; whoever rejects says why."""
    if not reason.strip():
        raise Conflict(_("Say why, so that others can learn from it."), code="no_reason")
    version = _locked(version)
    check_rejectable(version)
    for alias in ModelAlias.objects.filter(version=version, name=Alias.CHALLENGER):
        _move(alias.school, alias.subject, Alias.CHALLENGER, None, by, _("rejected: %s") % reason)
    return _decide(version, False, by, reason)


def check_rejectable(version: ModelVersion) -> None:
    if version.state == VersionState.CHAMPION:
        raise Conflict(_("%s serves now. Roll back or promote another one first.") % version, code="serves")


def _decide(version: ModelVersion, is_yes: bool, by: Any, reason: str) -> Approval:
    approval = Approval.objects.create(version=version, is_yes=is_yes, by=by, reason=reason[:400])
    record(by, "model approved" if is_yes else "model rejected", version, number=version.number)
    return approval


@transaction.atomic
def promote(version: ModelVersion, *, by: Any, why: str) -> AliasMove:
    """From now on this version serves. Raises Conflict (gate, rejected, serves already), NotReady (nobody else has
    approved it), BadArtifact. The champion before it stays known, so that one press goes back.
    """
    version = _locked(version)
    check_promotable(version, by=by)
    artifacts.checked(version)
    if challenging := ModelAlias.objects.filter(version=version, name=Alias.CHALLENGER).first():
        _move(challenging.school, challenging.subject, Alias.CHALLENGER, None, by, _("became champion"))
    return _move(version.school, version.subject, Alias.CHAMPION, version, by, why)


def check_promotable(version: ModelVersion, *, by: Any) -> None:
    state = version.state
    if not version.passed_gate:
        raise Conflict(_("%s did not pass its gate; its report says which checks failed.") % version, code="gate")
    if state == VersionState.REJECTED:
        raise Conflict(_("%s was rejected. Approve it first.") % version, code="rejected")
    if state == VersionState.CHAMPION:
        raise Conflict(_("%s serves already.") % version, code="serves")
    if ModelPolicy.of(version.school).needs_second_person and not _has_other_yes(version, by):
        raise NotReady(_("A second person has to approve %s before it serves.") % version, code="second_person")


def _has_other_yes(version: ModelVersion, by: Any) -> bool:
    """Of each person the last word counts: a yes that was taken back is none."""
    last = dict(version.approvals.order_by("pk").values_list("by", "is_yes"))
    return any(is_yes for person, is_yes in last.items() if by is None or person != by.pk)


@transaction.atomic
def challenge(version: ModelVersion, *, by: Any, why: str) -> AliasMove:
    """Let it score in shadow beside the champion. Raises Conflict where the gate was not passed or it serves."""
    version = _locked(version)
    check_can_challenge(version)
    return _move(version.school, version.subject, Alias.CHALLENGER, version, by, why)


def check_can_challenge(version: ModelVersion) -> None:
    state = version.state
    if state in (VersionState.REJECTED, VersionState.CHAMPION, VersionState.CHALLENGER):
        told = {"version": version, "state": state.label}
        raise Conflict(_("%(version)s cannot challenge: it is %(state)s.") % told, code=str(state))


@transaction.atomic
def roll_back(school: School, *, by: Any, why: str, subject: Subject | None = None) -> AliasMove:
    """Back to the champion before this one. It served before, so it needs no second yes. Raises Conflict, BadArtifact."""
    _lock(school)
    before = previous(school, subject)
    if before is None:
        raise Conflict(_("There is no earlier champion to go back to."), code="no_previous")
    artifacts.checked(before)
    return _move(school, subject, Alias.CHAMPION, before, by, why)


def check_serves(school: School, subject: Subject | None, seen: int) -> None:
    """Raises Conflict where another version serves by now than the one somebody saw when they decided."""
    if not ModelAlias.objects.filter(school=school, subject=subject, name=Alias.CHAMPION, version=seen).exists():
        raise Conflict(_("Another version serves by now. Look again before you go back."), code="stale")


def previous(school: School, subject: Subject | None = None) -> ModelVersion | None:
    """The champion that served before the present one; going back twice goes back two steps, not forth again."""
    stack: list[ModelVersion] = []
    moves = AliasMove.objects.filter(school=school, subject=subject, name=Alias.CHAMPION).order_by("pk")
    standing_of = ("version__approvals", "version__aliases", "version__moves")
    rows = moves.select_related("version__run", "version__school").prefetch_related(*standing_of)
    for move in rows.defer("version__run__report", "version__run__drift"):
        if move.version is None:
            continue
        if move.version in stack:
            del stack[stack.index(move.version) :]
        stack.append(move.version)
    standing = [each for each in stack[:-1] if each.state != VersionState.REJECTED]
    return standing[-1] if standing else None


def _lock(school: School) -> None:
    if not School.objects.select_for_update().filter(pk=school.pk).exists():
        raise NotAllowed(_("That school is not there."))


def _locked(version: ModelVersion) -> ModelVersion:
    """As it stands once nobody else decides meanwhile, whatever was read of it before."""
    _lock(version.school)
    return ModelVersion.objects.select_related("school", "subject").get(pk=version.pk)


def _move(
    school: School, subject: Subject | None, name: str, version: ModelVersion | None, by: Any, why: str
) -> AliasMove:
    there = ModelAlias.objects.filter(school=school, subject=subject, name=name).first()
    if version is None:
        ModelAlias.objects.filter(school=school, subject=subject, name=name).delete()
    elif there:
        ModelAlias.objects.filter(pk=there.pk).update(version=version)
    else:
        ModelAlias.objects.create(school=school, subject=subject, name=name, version=version)
    move = AliasMove.objects.create(
        school=school, subject=subject, name=name, version=version, by=by, why=why[:400],
        before=there.version if there else None,
    )  # fmt: skip
    number = version.number if version else None
    record(by, f"{name} moved", version, school_id=school.pk, number=number, move=move.pk)
    return move
