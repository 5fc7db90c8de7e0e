"""Audit and access events are kept for as long as the settings say, and their removal leaves a line."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.audit import retention, timers
from portal.audit.models import AccessEvent, AuditEvent, Unchangeable
from portal.audit.record import record

NOW = timezone.now()


def aged(days: int) -> None:
    at = NOW - timedelta(days=days)
    AuditEvent.objects.create(at=at, verb="enrolled")
    AccessEvent.objects.create(at=at, user_id=1, student_id=2, what="record", door=AccessEvent.Door.PAGE)


@pytest.mark.django_db
def test_old_events_go_young_ones_stay_and_a_line_tells() -> None:
    for days in (900, 800, 729, 1):
        aged(days)
    timers.purge()
    assert AccessEvent.objects.count() == 2
    assert AuditEvent.objects.filter(verb="enrolled").count() == 2
    told = AuditEvent.objects.filter(verb="audit purged")
    assert sum(line.facts["events"] + line.facts["looks"] for line in told) == 4


@pytest.mark.django_db
def test_with_nothing_old_nothing_is_told() -> None:
    aged(10)
    assert retention.purge(NOW - timedelta(days=30)) == 0
    assert not AuditEvent.objects.filter(verb="audit purged").exists()


@pytest.mark.django_db
def test_nothing_else_removes_events() -> None:
    record(None, "enrolled")
    with pytest.raises(Unchangeable):
        AuditEvent.objects.all().delete()
    with pytest.raises(Unchangeable):
        AuditEvent.objects.update(verb="nothing")
    with pytest.raises(Unchangeable):
        AuditEvent.objects.get().delete()
