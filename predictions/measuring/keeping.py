"""Findings as they are stored: a row for each look that says something new, and one for each day at most."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from predictions.measuring.findings import Finding
from predictions.models import Measurement
from students.models import School


@transaction.atomic
def keep(school: School, findings: list[Finding], *, at: datetime) -> list[Measurement]:
    """A second look on the same day writes over the first; one that found the same leaves what is there. Returns the
    newest of each, new or not.
    """
    School.objects.select_for_update().get(pk=school.pk)  # a nightly look and one after new marks take turns
    return [_kept(school, each, at) for each in findings]


def _kept(school: School, found: Finding, at: datetime) -> Measurement:
    mine = Measurement.objects.filter(school=school, version=found.version, kind=found.kind, exam=found.exam)
    last = mine.select_related("version__school", "school").first()
    if last is not None and (last.rows, last.facts) == (found.rows, found.facts):
        return last
    zone = ZoneInfo(school.timezone)
    if last is not None and last.at.astimezone(zone).date() == at.astimezone(zone).date():
        last.rows, last.facts, last.at = found.rows, found.facts, at
        last.save(update_fields=["rows", "facts", "at"])
        return last
    return Measurement.objects.create(
        school=school,
        version=found.version,
        kind=found.kind,
        exam=found.exam,
        rows=found.rows,
        facts=found.facts,
        at=at,
    )
