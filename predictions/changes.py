"""Why a score changed: from one prediction of a student's exam to another, in points that add up to the difference.

By one version, its reasons before and after are compared. Where the version changed too, the old one is asked about the
new records: what it says otherwise is new evidence, and what the new version says beyond that is the new model.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np
from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from mlcore.features import attendance, context, other_subjects, scores, standing
from mlcore.features.base import UNKNOWN, Matrix, MatrixSchema
from mlcore.predict import predict_matrix
from portal.accounts.models import User
from predictions import artifacts
from predictions.groups import groups_of
from predictions.models import ModelVersion, Prediction
from predictions.packing import rows_of
from predictions.wording import in_own_words
from students.models import Exam, Student

Floats = NDArray[np.float64]
Pair = tuple[Prediction | None, Prediction]


class ChangeKind(TextChoices):
    MARKS = "marks", _("new marks")
    ATTENDANCE = "attendance", _("attendance")
    INDICATORS = "indicators", _("indicators")
    TIME = "time", _("time and the exam")
    MODEL = "model", _("the new model")
    RECORDS = "records", _("new records")
    BOTH = "both", _("new model and new records")


MARKS = (scores.HERE, scores.ALL, other_subjects.OTHERS, standing.AMONG, standing.HARD)
KINDS = {
    **dict.fromkeys(MARKS, ChangeKind.MARKS),
    attendance.GROUP: ChangeKind.ATTENDANCE,
    **dict.fromkeys((context.EXAM, context.GRADE, context.PEOPLE), ChangeKind.TIME),
}  # what a school notes beside marks and attendance has groups of its own: they count as indicators


@dataclass(frozen=True, slots=True)
class Part:
    label: str
    kind: ChangeKind
    points: float


@dataclass(frozen=True, slots=True)
class Change:
    """`parts`, the largest first, add up to `points`; both are empty where there was or is no score."""

    before: Prediction | None
    after: Prediction
    points: float | None = None
    parts: tuple[Part, ...] = ()

    def by_kind(self) -> dict[ChangeKind, float]:
        """Points of each kind, the largest first."""
        kinds = {part.kind for part in self.parts}
        sums = {kind: fsum(part.points for part in self.parts if part.kind == kind) for kind in kinds}
        return dict(sorted(sums.items(), key=lambda each: (-abs(each[1]), each[0])))


def change(before: Prediction | None, after: Prediction) -> Change:
    return changes([(before, after)])[0]


def changes(pairs: Sequence[Pair]) -> list[Change]:
    """The same for many, in their order: each version is opened once and asked once."""
    told: list[Change] = [Change(before, after) for before, after in pairs]
    by_versions: dict[tuple[ModelVersion, ModelVersion], list[int]] = {}
    for place, (before, after) in enumerate(pairs):
        if before is not None and before.score is not None and after.score is not None:
            by_versions.setdefault((before.run.version, after.run.version), []).append(place)
    for (old, new), places in by_versions.items():
        both = [pairs[place] for place in places]
        for place, each in zip(places, _with_parts(old, new, both), strict=True):
            told[place] = each
    return told


def _with_parts(old: ModelVersion, new: ModelVersion, pairs: Sequence[Pair]) -> list[Change]:
    first, last = [before for before, _after in pairs if before], [after for _before, after in pairs]
    points = np.array([after.score for after in last], dtype=np.float64) - np.array([each.score for each in first])
    try:
        kinds, parts = _same(old, first, last) if old == new else _other(old, new, first, last)
    except artifacts.BadArtifact:
        kind = ChangeKind.RECORDS if old == new else ChangeKind.BOTH
        kinds, parts = [(str(kind.label), kind)], points[:, None]
    rows = zip(first, last, points.tolist(), parts, strict=True)
    return [Change(before, after, whole, _adding_up(kinds, row, whole)) for before, after, whole, row in rows]


Kinds = list[tuple[str, ChangeKind]]


def _same(version: ModelVersion, first: list[Prediction], last: list[Prediction]) -> tuple[Kinds, Floats]:
    return _kinds(group.label for group in groups_of(version)), _reasons(last) - _reasons(first)


def _other(
    old: ModelVersion, new: ModelVersion, first: list[Prediction], last: list[Prediction]
) -> tuple[Kinds, Floats]:
    before, after = artifacts.opened(old), artifacts.opened(new)
    values = carried(before.schema, _inputs(first), after.schema, _inputs(last))
    said = predict_matrix(before, Matrix(before.schema, values))
    assert said.reasons is not None
    model = np.array([each.score for each in last]) - said.scores
    return _kinds(before.schema.groups, with_model=True), np.column_stack([said.reasons - _reasons(first), model])


def carried(old: MatrixSchema, before: Floats, new: MatrixSchema, after: Floats) -> Floats:
    """The new rows in the columns of the old version, by name and word. What the new version does not read stays as it
    was: that it is not asked any more is no news about the student, and so falls to the new model.
    """
    values = before.copy()
    for place, feature in enumerate(old.features):
        if feature.name not in new.places:
            continue
        there = new.places[feature.name]
        column = after[:, there]
        if new.features[there].kind != feature.kind:
            continue
        values[:, place] = _recoded(column, new.words[there], old.codes[place]) if new.words[there] else column
    return values


def _recoded(codes: Floats, words: tuple[str, ...], wanted: Mapping[str, float]) -> Floats:
    lookup = np.array([*(wanted.get(word, UNKNOWN) for word in words), UNKNOWN, np.nan])
    places = np.where(np.isnan(codes), len(words) + 1, np.where(codes == UNKNOWN, len(words), codes))
    return lookup[places.astype(np.int64)]


def _kinds(groups: Iterable[str], *, with_model: bool = False) -> Kinds:
    told = [(in_own_words(group), KINDS.get(group, ChangeKind.INDICATORS)) for group in groups]
    return [*told, (gettext("The new model"), ChangeKind.MODEL)] if with_model else told


def _adding_up(kinds: Kinds, points: Floats, whole: float) -> tuple[Part, ...]:
    """Stored reasons are rounded in their seventh digit; the largest part takes what is missing."""
    exact = points.copy()
    exact[np.abs(exact).argmax()] += whole - fsum(exact)
    told = [Part(label, kind, float(each)) for (label, kind), each in zip(kinds, exact, strict=True) if each]
    return tuple(sorted(told, key=lambda part: -abs(part.points)))


def _reasons(rows: list[Prediction]) -> Floats:
    return rows_of([row.reasons for row in rows])


def _inputs(rows: list[Prediction]) -> Floats:
    return rows_of([row.inputs for row in rows])


def history(student: Student, exam: Exam, *, user: User) -> list[Prediction]:
    """What was shown of this exam from the first prediction to the last, as far as the person may see it; one query."""
    rows = Prediction.objects.visible_to(user).filter(exam=exam, student=student, run__is_shown=True)
    return list(rows.select_related("run__version").order_by("run__as_of", "run_id"))
