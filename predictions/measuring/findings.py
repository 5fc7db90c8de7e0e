"""What a look at a version found, before it is stored."""

from dataclasses import dataclass, field
from typing import Any

from predictions.models import MeasureKind, ModelVersion
from students.models import Exam


@dataclass(frozen=True)
class Finding:
    """Of one exam, or without one of all of the last months. `facts` are plain values and hold no group under 10."""

    kind: MeasureKind
    version: ModelVersion
    rows: int
    facts: dict[str, Any] = field(default_factory=dict)
    exam: Exam | None = None
