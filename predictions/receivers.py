"""What this app hears from the school's records: whose evidence or classes changed. It notes that and returns at once."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from predictions import touching
from predictions.models import TouchedKind
from students.signals import evidence_changed, roster_changed


@receiver(evidence_changed, dispatch_uid="predictions evidence")
def note_evidence(sender: Any, *, school_id: int, student_ids: Iterable[int], kind: str, **more: Any) -> None:
    touching.note(school_id, student_ids, kind, at=timezone.now())


@receiver(roster_changed, dispatch_uid="predictions roster")
def note_roster(sender: Any, *, school_id: int, student_ids: Iterable[int], **more: Any) -> None:
    touching.note(school_id, student_ids, TouchedKind.ROSTER, at=timezone.now())
