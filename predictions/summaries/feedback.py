"""What staff said of predictions: how many were of use, and what was wrong with the others. For leaders of the school."""

from dataclasses import dataclass
from typing import Any

from portal.kit.scoping import grants_of
from predictions.models import Feedback, FeedbackKind
from students.models import School, Student
from students.roles import LEADERS

MOST = 2000  # newest first; older ones say little about the model of today
MOST_REASONS = 30


@dataclass(frozen=True, slots=True)
class Said:
    """Of each person and prediction the last word: how many of each kind, and the newest reasons."""

    counts: tuple[tuple[FeedbackKind, int], ...]
    reasons: tuple[Feedback, ...]

    @property
    def students(self) -> list[Student]:
        return list({each.prediction.student_id: each.prediction.student for each in self.reasons}.values())

    @property
    def total(self) -> int:
        return sum(count for _kind, count in self.counts)


def feedback_of(school: School, *, user: Any) -> Said | None:
    """One query. None for who does not lead here, and where nobody has said anything."""
    if school.pk not in grants_of(user).of(LEADERS):
        return None
    rows = Feedback.objects.visible_to(user).filter(prediction__student__school=school)
    framed = rows.select_related("by", "prediction__exam__subject", "prediction__student").defer(
        "prediction__chances", "prediction__reasons", "prediction__inputs"
    )
    last: dict[tuple[int, int], Feedback] = {}
    for row in framed.order_by("-pk")[:MOST]:
        last.setdefault((row.prediction_id, row.by_id), row)
    if not last:
        return None
    counts = tuple((kind, sum(row.kind == kind for row in last.values())) for kind in FeedbackKind)
    wrong = [row for row in last.values() if row.kind == FeedbackKind.WRONG]
    return Said(counts, tuple(wrong[:MOST_REASONS]))
