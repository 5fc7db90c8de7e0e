"""The list of a school's versions: number, state, what it learned from and for, and how good it is."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet

from predictions.models import ModelVersion, TrainingCause, VersionState
from predictions.summaries.words import BADGES, points
from students.models import School

FIGURES = {"mae": "run__report__errors__mae__value", "guess": "run__report__baseline_errors__mae__value"}
HEAVY = ("run__report", "run__drift", "run__libraries", "probe")


@dataclass(frozen=True, slots=True)
class VersionRow:
    """`is_trial`: made to see what a protected fact does; it can never serve."""

    version: ModelVersion
    state: VersionState
    badge: str
    since: date | None
    is_trial: bool
    error: str
    guess: str


def versions_of(school: School, *, user: Any) -> QuerySet[ModelVersion, ModelVersion]:
    return ModelVersion.objects.visible_to(user).filter(school=school).order_by("-number")


def dressed(rows: QuerySet[ModelVersion, ModelVersion]) -> QuerySet[Any, Any]:
    """With all that a row tells, but without the reports: three figures of each are enough."""
    figures: dict[str, Any] = {name: F(path) for name, path in FIGURES.items()}
    return rows.with_standing().defer(*HEAVY).annotate(**figures)  # type: ignore[attr-defined]  # its own queryset


def version_row(version: Any) -> VersionRow:
    since = (version.run.spec.get("reading") or {}).get("since")
    state = version.state
    return VersionRow(
        version=version,
        state=state,
        badge=BADGES.get(state, ""),
        since=date.fromisoformat(since) if since else None,
        is_trial=version.run.cause == TrainingCause.EFFECT,
        error=points(version.mae),
        guess=points(version.guess),
    )
