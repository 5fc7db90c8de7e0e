"""When a version falls under what it promised: one open alert for each fault, a mail to the leaders, and its end.

Alerts know no registry and no model; who measured or could not open one tells them.
"""

import logging
from dataclasses import dataclass, field
from datetime import date, datetime
from smtplib import SMTPException
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.preferences import language_of
from portal.audit.record import record
from portal.kit.errors import Conflict, DomainError
from portal.kit.scoping import in_force
from predictions.models import Alert, AlertKind, ModelVersion
from students.models import Membership, School
from students.roles import Role

logger = logging.getLogger("predictions.alerts")
LOOK, TRAIN = (
    gettext_lazy("Look at the figures by class and subject."),
    gettext_lazy("Train a new model; it learns from these results too."),
)
DOUBT = gettext_lazy("Until then, tell those who use the scores to rely on them less.")
STEPS = {
    AlertKind.ERROR: (LOOK, TRAIN, DOUBT),
    AlertKind.COVERAGE: (gettext_lazy("Do not take the ranges at their word until they hold again."), TRAIN),
    AlertKind.BASELINE: (LOOK, TRAIN, DOUBT),
    AlertKind.DRIFT: (gettext_lazy("Look at which features moved, and whether the records are right."), TRAIN, DOUBT),
    AlertKind.ARTIFACT: (
        gettext_lazy("The last model before it that can be opened serves meanwhile, if there is one."),
        gettext_lazy("Ask who runs the portal to bring the stored model back, or promote another version."),
    ),
}


@dataclass(frozen=True)
class Fault:
    """One fault of a version in a sentence without anybody's name."""

    kind: AlertKind
    sentence: str
    facts: dict[str, Any] = field(default_factory=dict)


def follow(
    school: School, version: ModelVersion, kinds: tuple[AlertKind, ...], faults: list[Fault], *, now: datetime
) -> list[Alert]:
    """Raise what was found and close what of these kinds was not found any more. Returns those that are new."""
    found = {fault.kind for fault in faults}
    for alert in Alert.objects.open().filter(school=school, version=version, kind__in=set(kinds) - found):
        _end(alert, by=None, why=_("The last look found the fault gone."), now=now)
    raised = [raise_alert(school, version, fault, now=now) for fault in faults]
    return [alert for alert in raised if alert is not None]


@transaction.atomic
def raise_alert(school: School, version: ModelVersion, fault: Fault, *, now: datetime) -> Alert | None:
    """None where the same fault of the version is told already in that school. The mail goes after commit, and its failure undoes nothing."""
    if Alert.objects.open().filter(school=school, version=version, kind=fault.kind).exists():
        return None
    try:
        with transaction.atomic():
            alert = Alert.objects.create(
                school=school, version=version, kind=fault.kind, sentence=fault.sentence[:400], facts=fault.facts,
                raised_at=now,
            )  # fmt: skip
    except IntegrityError:  # another worker was quicker by a moment
        return None
    record(None, "alert raised", alert, kind=str(fault.kind), version=version.number)
    there = now.astimezone(ZoneInfo(school.timezone)).date()
    transaction.on_commit(lambda: _mail(alert, there), robust=True)
    return alert


@transaction.atomic
def close(alert: Alert, *, by: Any, why: str, now: datetime) -> None:
    """A leader's decision that it needs no more looking at. Raises Conflict; should the fault last, it is raised anew."""
    if not why.strip():
        raise DomainError(_("Say why, so that others can follow."), code="no_reason")
    if not _end(alert, by=by, why=why.strip(), now=now):
        raise Conflict(_("This was closed already."), code="closed")


def settle(alert: Alert, *, now: datetime) -> None:
    _end(alert, by=None, why=_("This version serves no longer."), now=now)


def _end(alert: Alert, *, by: Any, why: str, now: datetime) -> bool:
    rows = Alert.objects.open().filter(pk=alert.pk)
    if not rows.update(closed_at=now, closed_by=by, closed_why=why[:400]):
        return False
    record(by, "alert closed", alert, kind=str(alert.kind))
    return True


def artifact_refused(version: ModelVersion, error: DomainError) -> Alert | None:
    """A stored model that cannot be opened; to be told wherever that is found out."""
    fault = Fault(AlertKind.ARTIFACT, error.sentence, {"code": error.code})
    return raise_alert(version.school, version, fault, now=timezone.now())


def artifact_opened(version: ModelVersion) -> None:
    """It can be opened, perhaps again."""
    for alert in Alert.objects.open().filter(version=version, kind=AlertKind.ARTIFACT):
        _end(alert, by=None, why=_("The stored model can be opened again."), now=timezone.now())


def leaders_of(alert: Alert, on: date) -> list[Any]:
    """Those of the school, and of the district whose version it is."""
    posts = Membership.objects.filter(school__in={alert.school_id, alert.version.school_id}, role=Role.LEADER)
    rows = posts.filter(in_force("", on), user__is_active=True).select_related("user").order_by("user_id")
    return list({post.user_id: post.user for post in rows}.values())


def _mail(alert: Alert, on: date) -> None:
    """One mail each, in the reader's language; a mail server that is away is a line in the log."""
    for reader in leaders_of(alert, on):
        try:
            with translation.override(language_of(reader)):
                _letter(alert, reader).send()
        except (SMTPException, OSError) as error:
            logger.warning("alert not mailed", exc_info=error, extra={"alert": alert.pk, "user": reader.pk})


def steps_for(alert: Alert) -> tuple[Any, ...]:
    """What a leader can do about it."""
    return STEPS[AlertKind(alert.kind)]


def _letter(alert: Alert, reader: Any) -> EmailMultiAlternatives:
    told = {
        "alert": alert,
        "school": alert.school,
        "reader": reader,
        "link": settings.SITE_URL + reverse("model_accuracy"),
    }
    subject = " ".join(render_to_string("emails/alert.subject.txt", told).split())
    letter = EmailMultiAlternatives(subject, render_to_string("emails/alert.txt", told), to=[reader.email])
    letter.attach_alternative(render_to_string("emails/alert.html", told), "text/html")
    return letter
