"""What a school decides about its models: times and floors, what is known when, and which protected facts they may use.

A protected fact takes two people: one leader asks, a training measures what it would do, another leader approves.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlcore.schema import TABLES
from portal.audit import history
from portal.audit.record import record
from portal.kit.errors import Conflict, DomainError, NotAllowed, NotReady
from portal.kit.scoping import grants_of
from predictions.models import IndicatorRule, ModelPolicy, ProtectedUse, TrainingRun
from predictions.specs import schools_of
from students.models import Indicator, School
from students.roles import DEMOGRAPHICS, LEADERS

FACTS = (*(column.name for column in TABLES["demographics"].columns if column.name != "student"), "age")


@transaction.atomic
def decide(policy: ModelPolicy, *, by: Any) -> bool:
    """Save what a leader decided. Returns whether anything changed. Raises Conflict where somebody else was faster."""
    _check_leads(by, policy.school)
    School.objects.select_for_update().get(pk=policy.school_id)
    if policy._state.adding:
        if ModelPolicy.objects.filter(school=policy.school).exists():
            raise Conflict(_("Somebody else changed this in the meantime. Load it again and compare."), code="stale")
        policy.version = 1
    changed = history.save(policy, by=by)
    if changed:
        record(by, "model policy decided", policy)
    return changed


@transaction.atomic
def decide_indicators(school: School, wanted: dict[int, dict[str, Any]], *, by: Any) -> int:
    """For each indicator by key what holds of it. A rule that says nothing is taken away. Returns how many changed."""
    _check_leads(by, school)
    rules = {rule.indicator_id: rule for rule in IndicatorRule.objects.filter(school=school)}
    known = set(Indicator.objects.filter(school=school, pk__in=wanted).values_list("pk", flat=True))
    changed = sum(_decided(rules.get(pk), pk, facts, school, by) for pk, facts in wanted.items() if pk in known)
    if changed:
        record(by, "indicator rules decided", school_id=school.pk, count=changed)
    return changed


def _decided(rule: IndicatorRule | None, pk: int, facts: dict[str, Any], school: School, by: Any) -> bool:
    says_nothing = facts["known_after"] is None and not facts["is_fixed"] and not facts["is_left_out"]
    if says_nothing:
        if rule is None:
            return False
        history.remove(rule, by=by)
        return True
    rule = rule or IndicatorRule(school=school, indicator_id=pk)
    for name, value in facts.items():
        setattr(rule, name, value)
    return history.save(rule, by=by)


def facts_to_ask_for(school: School) -> list[str]:
    """Protected facts by name: those every school keeps, and the school's own protected indicators by code."""
    own = Indicator.objects.filter(school__in=schools_of(school), is_protected=True).order_by("code")
    return [*FACTS, *dict.fromkeys(own.values_list("code", flat=True))]


@transaction.atomic
def ask_to_use(school: School, fact: str, *, by: Any, reason: str) -> ProtectedUse:
    """A leader's wish, which changes nothing yet. Raises NotAllowed, DomainError for an unknown fact, Conflict."""
    check_may_ask(by, school)
    if fact not in facts_to_ask_for(school):
        raise DomainError(_("There is no such protected fact."), code="no_fact")
    if not reason.strip():
        raise DomainError(_("Say why, so that whoever approves can weigh it."), code="no_reason")
    School.objects.select_for_update().get(pk=school.pk)
    if ProtectedUse.objects.filter(school=school, fact=fact, ended_at=None).exists():
        raise Conflict(_("Somebody has asked for this already."), code="asked")
    use = ProtectedUse(school=school, fact=fact, reason=reason[:400], asked_by=by, asked_at=timezone.now())
    history.save(use, by=by)
    record(by, "protected fact asked for", use, fact=fact)
    return use


def measured_by(use: ProtectedUse, run: TrainingRun, *, by: Any) -> None:
    """From which training the effect will come; what an earlier one found no longer counts."""
    use.measured_by, use.effect = run, {}
    history.save(use, by=by)


@transaction.atomic
def approve_use(use: ProtectedUse, *, by: Any) -> None:
    """A second leader's yes. Raises NotReady while the effect is not measured, Conflict for the same person."""
    use = ProtectedUse.objects.select_for_update().select_related("school").get(pk=use.pk)
    check_may_approve(use, by=by)
    use.approved_by, use.approved_at = by, timezone.now()
    history.save(use, by=by)
    record(by, "protected fact approved", use, fact=use.fact)


@transaction.atomic
def end_use(use: ProtectedUse, *, by: Any) -> None:
    """Any leader ends it; the next training does without."""
    use = ProtectedUse.objects.select_for_update().select_related("school").get(pk=use.pk)
    _check_leads(by, use.school)
    if use.ended_at:
        raise Conflict(_("This has ended already."), code="ended")
    use.ended_by, use.ended_at = by, timezone.now()
    history.save(use, by=by)
    record(by, "protected fact ended", use, fact=use.fact)


def check_may_ask(by: Any, school: School) -> None:
    _check_leads(by, school)
    if school.pk not in grants_of(by).of({DEMOGRAPHICS}):
        raise NotAllowed(_("Only leaders with the right to protected facts may ask to use one."))


def check_may_approve(use: ProtectedUse, *, by: Any) -> None:
    _check_leads(by, use.school)
    if use.ended_at or use.approved_at:
        raise Conflict(_("This is decided already."), code="decided")
    if use.asked_by_id == by.pk:
        raise Conflict(_("You asked for it, so another leader has to approve it."), code="second_person")
    if not use.effect:
        raise NotReady(_("What it would do is not measured yet."), code="no_effect")


def _check_leads(by: Any, school: School) -> None:
    if school.pk not in grants_of(by).of(LEADERS):
        raise NotAllowed(_("Only leaders decide about the models of their school."))
