"""Once a day and school a mail about files that came by themselves: what was applied, what waits. No student is in it."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from smtplib import SMTPException
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.models import User
from portal.accounts.preferences import language_of
from portal.audit.models import AuditEvent
from portal.audit.record import record
from portal.kit.scoping import in_force
from students.importing import batches, told
from students.importing.nightly import CAME
from students.models import ImportBatch, ImportState, Membership, School
from students.models.imports import BUSY
from students.roles import KEEPERS, Role

logger = logging.getLogger("students.importing")
FROM_HOUR = 6  # where the school lies: files of the night are in by then
SENT, TOLD = "import digest sent", "told"
SHOWN = 50  # imports in one mail


@dataclass(frozen=True)
class Line:
    """One import, told without the name of its file, which may be a child's."""

    number: int
    profile: str
    sentence: str
    link: str


def send_due(now: datetime) -> int:
    """To every school whose morning it is and that was not written to today. Returns how many schools."""
    schools = School.objects.filter(pk__in=_untold().values("school")).order_by("pk")
    return sum(_send(school, now) for school in schools if _is_due(school, now))


def _untold() -> QuerySet[ImportBatch]:
    came = {f"options__{CAME}__isnull": False, f"options__{TOLD}__isnull": True}
    return ImportBatch.objects.filter(**came).exclude(state__in=BUSY)


def _is_due(school: School, now: datetime) -> bool:
    here = now.astimezone(ZoneInfo(school.timezone))
    midnight = datetime.combine(here.date(), time(), here.tzinfo)
    return here.hour >= FROM_HOUR and not _sent_since(school, midnight)


def _sent_since(school: School, moment: datetime) -> bool:
    return AuditEvent.objects.filter(school_id=school.pk, verb=SENT, at__gte=moment).exists()


@transaction.atomic
def _send(school: School, now: datetime) -> bool:
    """What is told is noted with it; the mails leave once that is stored, so nothing is told twice."""
    School.objects.select_for_update(no_key=True).get(pk=school.pk)
    rows = list(_untold().filter(school=school).select_related("profile__keeper", "school").order_by("pk"))
    if not rows or not _is_due(school, now):
        return False
    for batch in rows:
        ImportBatch.objects.filter(pk=batch.pk).update(options={**batch.options, TOLD: now.isoformat()})
    readers = readers_of(school, rows)
    record(None, SENT, school, school_id=school.pk, imports=len(rows), readers=len(readers))
    transaction.on_commit(lambda: _mail(school, rows, readers), robust=True)
    return True


def readers_of(school: School, rows: Iterable[ImportBatch]) -> list[User]:
    """Who keeps the profiles, as long as they may, and the office; where nobody is either, the leaders."""
    keepers = {batch.profile.keeper for batch in rows if batch.profile and batch.profile.keeper}
    mine = {each.pk: each for each in keepers if batches.may_import(each, school)}
    staff = Membership.objects.filter(in_force("", school.today()), school=school, user__is_active=True)
    by_role: dict[str, dict[int, User]] = {role: {} for role in KEEPERS}
    for each in staff.filter(role__in=KEEPERS).select_related("user"):
        by_role[each.role][each.user_id] = each.user
    found = mine | by_role[Role.OFFICE] or by_role[Role.LEADER]
    return [found[key] for key in sorted(found)]


def _mail(school: School, rows: list[ImportBatch], readers: list[User]) -> None:
    for reader in readers:
        try:
            with translation.override(language_of(reader)):
                _letter(school, rows, reader).send()
        except (SMTPException, OSError) as error:
            logger.warning("import digest not mailed", exc_info=error, extra={"school": school.pk, "user": reader.pk})


def _letter(school: School, rows: list[ImportBatch], reader: User) -> EmailMultiAlternatives:
    applied = [batch for batch in rows if batch.state in (ImportState.APPLIED, ImportState.UNDONE)]
    waiting = [batch for batch in rows if batch not in applied and batch.state != ImportState.DISCARDED]
    facts: dict[str, Any] = {
        "school": school,
        "reader": reader,
        "came": len(rows),
        "applied": [_line(batch) for batch in applied[:SHOWN]],
        "waiting": [_line(batch) for batch in waiting[:SHOWN]],
        "waits": len(waiting),
        "link": settings.SITE_URL + reverse("imports"),
    }
    subject = " ".join(render_to_string("emails/import_digest.subject.txt", facts).split())
    letter = EmailMultiAlternatives(subject, render_to_string("emails/import_digest.txt", facts), to=[reader.email])
    letter.attach_alternative(render_to_string("emails/import_digest.html", facts), "text/html")
    return letter


def _line(batch: ImportBatch) -> Line:
    profile = batch.profile.name if batch.profile else batch.source
    return Line(batch.pk, profile, _in_words(batch), settings.SITE_URL + reverse("import", args=[batch.pk]))


def _in_words(batch: ImportBatch) -> str:
    plan, findings = told.read_plan(batch.plan), told.read_findings(batch.findings)
    if batch.state == ImportState.REFUSED:
        return _("It cannot be read.")
    if batch.state == ImportState.RECEIVED:
        return _("It was not looked over to the end.")
    counts = {name: plan.total(name) for name in ("added", "changed", "ended", "removed")}
    done = _("%(added)s added, %(changed)s changed, %(ended)s ended, %(removed)s removed.") % counts
    if batch.state != ImportState.PLANNED:
        return done
    if not plan.does and not findings.errors:
        return _("Nothing to do: the records say all of this already.")
    errors = ngettext("%(count)s error was found.", "%(count)s errors were found.", findings.errors)
    reasons = [errors % {"count": findings.errors}] if findings.errors else []
    if findings.errors and plan.forewarnings:
        reasons.append(_("As the file stands, so much would go that a person has to say yes."))
    elif plan.guards and not findings.errors:
        reasons.append(_("So much would go that a person has to say yes."))
    return " ".join(reasons) or _("It waits for a person to apply it.")
