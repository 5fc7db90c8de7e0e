"""The protected facts that a school lets its models use, or was asked to: how each stands, and what it would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.jobs.models import ENDED
from portal.kit.errors import DomainError
from predictions import deciding
from predictions.models import ProtectedUse
from predictions.summaries.report_parts import fact_name
from predictions.summaries.words import points, said, spanned
from students.models import School

MOST_PAST = 20


@dataclass(frozen=True, slots=True)
class Effect:
    """What a training without and with it found."""

    without: str
    with_it: str
    sentence: str
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """`refusal`: why this person cannot approve it now; empty where they can."""

    use: ProtectedUse
    name: str
    effect: Effect | None
    is_measuring: bool
    has_failed: bool
    refusal: str

    @property
    def is_in_force(self) -> bool:
        return bool(self.use.approved_at)


@dataclass(frozen=True, slots=True)
class Protected:
    wishes: tuple[Wish, ...]
    past: tuple[Wish, ...]
    off: tuple[str, ...]
    may_ask: bool


def protected(school: School, *, user: Any) -> Protected:
    people = ("asked_by", "approved_by", "ended_by", "measured_by__job", "school")
    rows = ProtectedUse.objects.visible_to(user).filter(school=school).select_related(*people)
    rows = rows.defer("measured_by__report", "measured_by__drift")
    open_ones = [_wish(use, user) for use in rows.filter(ended_at=None)]
    past = [_wish(use, user) for use in rows.exclude(ended_at=None)[:MOST_PAST]]
    asked = {wish.use.fact for wish in open_ones}
    off = [fact for fact in deciding.facts_to_ask_for(school) if fact not in asked]
    return Protected(tuple(open_ones), tuple(past), tuple(off), _may_ask(user, school))


def _may_ask(user: Any, school: School) -> bool:
    try:
        deciding.check_may_ask(user, school)
    except DomainError:
        return False
    return True


def _wish(use: ProtectedUse, user: Any) -> Wish:
    run = use.measured_by
    has_ended = run is None or run.job.state in ENDED
    return Wish(
        use=use,
        name=fact_name(use.fact),
        effect=_effect(use.fact, use.effect) if use.effect else None,
        is_measuring=not has_ended,
        has_failed=has_ended and not use.effect,
        refusal=_refusal(use, user),
    )


def _refusal(use: ProtectedUse, user: Any) -> str:
    try:
        deciding.check_may_approve(use, by=user)
    except DomainError as refusal:
        return refusal.sentence
    return ""


def _effect(fact: str, told: Mapping[str, Any]) -> Effect:
    fairness = told.get("fairness") or {}
    return Effect(
        without=spanned(fairness.get("rmse_without_protected")),
        with_it=spanned(fairness.get("rmse_with_protected")),
        sentence=said(fairness.get("sentence", "")),
        gaps=tuple(_gap(*gap) for gap in _about(fact, fairness.get("gaps") or [])),
    )


def _about(fact: str, gaps: list[Any]) -> list[Any]:
    """Of the groups of this fact the gap in the error alone: shares and points cannot be put in one order."""
    return [gap for gap in gaps if gap[0] == fact and gap[1] == "mae"]


def _gap(column: str, figure: str, size: float) -> str:
    told = {"fact": fact_name(column), "points": points(size)}
    return _("%(fact)s: the error differs by up to %(points)s points between groups") % told
