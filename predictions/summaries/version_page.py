"""One version as its page shows it: how it stands, how good it is, what people decided, and what may be decided next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.kit.errors import Conflict, DomainError
from portal.kit.scoping import grants_of
from predictions import registry
from predictions.access import SEES_MODELS
from predictions.models import Alias, MeasureKind, Measurement, ModelVersion, TrainingCause, VersionState
from predictions.summaries.words import BADGES, NOTHING, how_good, percent, points, said
from students.roles import LEADERS


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was decided: by nobody where the clock did it."""

    at: datetime
    by: Any
    what: str
    why: str
    is_good: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that may be decided: `refusal` says why not, where it may not."""

    key: str
    title: str
    hint: str
    url: str
    refusal: str
    is_danger: bool = False


@dataclass(frozen=True, slots=True)
class Shadow:
    """This version beside the champion on the same results, as far as they are there."""

    sentence: str
    at: datetime
    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class VersionPage:
    version: ModelVersion
    state: VersionState
    badge: str
    standing: str
    sentence: str
    figures: tuple[tuple[str, str, str], ...]
    events: tuple[Event, ...]
    decisions: tuple[Decision, ...]
    shadow: Shadow | None
    sees_run: bool
    is_trial: bool


def version_page(version: ModelVersion, *, user: Any) -> VersionPage:
    """`version` with its standing. As many queries for a long history as for a short one."""
    told: Mapping[str, Any] = version.run.report or {}
    grants = grants_of(user)
    return VersionPage(
        version=version,
        state=version.state,
        badge=BADGES.get(version.state, ""),
        standing=_standing(version),
        sentence=_how_good(told),
        figures=_figures(told),
        events=_events(version),
        decisions=_decisions(version, user) if version.school_id in grants.of(LEADERS) else (),
        shadow=_shadow(version, user),
        sees_run=version.school_id in grants.of(SEES_MODELS),
        is_trial=version.run.cause == TrainingCause.EFFECT,
    )


def _standing(version: ModelVersion) -> str:
    if version.run.cause == TrainingCause.EFFECT:
        return _("A trial that shows what a protected fact would do. It can never serve.")
    return {
        VersionState.CHAMPION: _("It serves now: what people see of exams ahead, it said."),
        VersionState.CHALLENGER: _("It predicts in shadow beside the one that serves; nobody sees that yet."),
        VersionState.APPROVED: _("It was approved and waits for a leader to let it serve."),
        VersionState.CANDIDATE: _("It passed its checks and waits for a decision."),
        VersionState.ARCHIVED: _("It served before and can serve again."),
        VersionState.REJECTED: _("It was rejected; below it says why.")
        if version.passed_gate
        else _("It failed its checks, so it can never serve."),
    }[version.state]


def _how_good(told: Mapping[str, Any]) -> str:
    if not told:
        return how_good(None, None, None)
    figures = (told["errors"]["mae"], told["baseline_errors"]["mae"], told["coverage"]["hit_80"])
    return how_good(*(each["value"] for each in figures))


def _figures(told: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    if not told:
        return ()
    errors, guess, covered = told["errors"], told["baseline_errors"], told["coverage"]
    beside = _("simplest guess %(guess)s")
    return (
        (_("Off by, on average"), points(errors["mae"]["value"]), beside % {"guess": points(guess["mae"]["value"])}),
        (_("Typical error"), points(errors["rmse"]["value"]), beside % {"guess": points(guess["rmse"]["value"])}),
        (_("8 of 10 held"), percent(covered["hit_80"]["value"]), _("of the results")),
        (_("95 of 100 held"), percent(covered["hit_95"]["value"]), _("of the results")),
    )


def _events(version: ModelVersion) -> tuple[Event, ...]:
    """The newest first. Moves by which another version took its place are told too."""
    approvals = version.approvals.select_related("by")
    moves = version.moves.select_related("by", "subject", "school")
    left = version.school.alias_moves.filter(before=version).select_related("by", "version")
    found = [
        *(
            Event(each.at, each.by, _("approved") if each.is_yes else _("rejected"), each.reason, each.is_yes)
            for each in approvals
        ),
        *(Event(each.at, each.by, _became(each.name), each.why, True) for each in moves),
        *(Event(each.at, each.by, _gave_way(each), each.why, False) for each in left if each.version_id != version.pk),
    ]
    return tuple(sorted(found, key=lambda each: each.at, reverse=True))


def _became(name: str) -> str:
    return _("serves from here on") if name == Alias.CHAMPION else _("challenges from here on")


def _gave_way(move: Any) -> str:
    if move.name == Alias.CHALLENGER:
        return _("no longer challenges")
    return _("gave way to version %(number)s") % {"number": move.version.number if move.version else NOTHING}


def _decisions(version: ModelVersion, user: Any) -> tuple[Decision, ...]:
    """What a leader may decide, each with the sentence of the room where it would refuse."""
    promote = partial(registry.check_promotable, version, by=user)
    offered: tuple[tuple[str, str, str, Callable[[], None], bool], ...] = (
        ("promote", _("Let it serve"), _("Everybody is predicted anew by it."), promote, False),
        ("approve", _("Approve"), _("Your yes, so that somebody else may let it serve."),
         partial(_check_approvable, version), False),
        ("challenge", _("Let it challenge"), _("It predicts in shadow; later results show which is better."),
         partial(registry.check_can_challenge, version), False),
        ("reject", _("Reject"), _("It will not serve unless somebody approves it again."),
         partial(registry.check_rejectable, version), True),
    )  # fmt: skip
    return tuple(
        Decision(key, title, hint, reverse(f"model_{key}", args=[version.pk]), _refusal(check), is_danger)
        for key, title, hint, check, is_danger in offered
    )


def _check_approvable(version: ModelVersion) -> None:
    registry.check_approvable(version)
    if version.state == VersionState.CHAMPION:
        raise Conflict(_("%s serves already.") % version, code="serves")


def _refusal(check: Callable[[], None]) -> str:
    try:
        check()
    except DomainError as refusal:
        return refusal.sentence
    return ""


def _shadow(version: ModelVersion, user: Any) -> Shadow | None:
    rows = Measurement.objects.visible_to(user).filter(version=version, kind=MeasureKind.SHADOW)
    found = rows.order_by("-pk").first()
    if found is None or not found.facts.get("sentence"):
        return None
    return Shadow(said(found.facts["sentence"]), found.at, _compared(found.facts))


def _compared(facts: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The mean errors of both where they were told; a comparison of too few results has none."""
    found = []
    for name, label in (("champion", _("The one that serves")), ("challenger", _("This version"))):
        value = ((facts.get(name) or {}).get("mae") or {}).get("value")
        if value is not None:
            found.append((label, points(value)))
    return tuple(found)
