"""Where a student stood among all who sat the same exams and among the class, and how hard those exams were."""

from __future__ import annotations

import numpy as np

from mlcore.arrays import Flags, Floats, Ints
from mlcore.features.base import RawColumn
from mlcore.features.history import KINDS
from mlcore.features.making import columns, first_known, percent, points, shrunk
from mlcore.features.past import Past, told_of_past
from mlcore.features.view import View
from mlcore.layout.keys import at, share
from mlcore.layout.levels import together
from mlcore.layout.timeline import latest, sum_in

AMONG, HARD = "Standing among others", "How hard the exams were"

FEATURES = (
    percent("class_mean", "average of the class in this subject", AMONG),
    percent("expected", "usual result, moved by how far the student usually is from it", AMONG),
    points("standing", "usual distance from everybody who sat the same exams", AMONG),
    points("standing_last", "distance from everybody in the last exam", AMONG),
    points("subject_standing", "usual distance from everybody in exams of this subject", AMONG),
    points("subject_standing_last", "distance from everybody in the last exam of this subject", AMONG),
    points("group_level", "usual distance of those who sit the same exams from everybody at school", AMONG),
    points("class_standing", "usual distance from the class in the same exams", AMONG),
    points("subject_class_standing", "usual distance from the class in exams of this subject", AMONG),
    percent("usual_level", "average of everybody in this subject", HARD),
    percent("usual_level_kind", "average of everybody in exams of this kind in this subject", HARD),
    percent("difficulty", "average of everybody in the exams the student sat", HARD),
    percent("subject_difficulty", "average of everybody in the exams of this subject the student sat", HARD),
)


def standing(view: View) -> list[RawColumn]:
    return columns(FEATURES, _usual_levels(view, told_of_past(view, _told)))


def _usual_levels(view: View, told: dict[str, Floats]) -> dict[str, Floats]:
    """Adds what was usual in the subject, and what is to be expected of somebody who stands where the student stands."""
    usual, subject, cut = view.usual, view.subject, view.cut
    here = usual.subject.mean(subject, cut)
    same_kind = together(subject, view.kind, KINDS)
    of_kind, exams = usual.subject_kind.mean(same_kind, cut), usual.exams.number(same_kind, cut)
    everywhere, none = usual.all.mean(np.zeros_like(cut), cut), np.zeros(len(cut))
    level = first_known(shrunk(of_kind * exams, exams, here), here, everywhere)
    return told | {
        "usual_level": here,
        "usual_level_kind": of_kind,
        "class_mean": usual.class_subject.mean(together(view.school_class, subject, usual.subjects), cut),
        "expected": np.clip(level + first_known(told["subject_standing"] + told["group_level"], none), 0.0, 100.0),
    }


def _told(past: Past) -> dict[str, Floats]:
    usual = past.view.usual
    everybody = usual.exam.mean(past.exam, past.cut)
    klass = past.view.history.school_class[past.pairs.row]
    of_class = usual.class_exam.mean(together(past.exam, klass, usual.classes), past.cut)
    kind_of_exam = together(past.subject, past.view.book.kind[past.exam], KINDS)
    above_usual = everybody - usual.subject_kind.mean(kind_of_exam, past.cut)
    here = past.same_subject
    among, in_class = past.percent - everybody, past.percent - of_class
    return _distances(past, among, here) | {
        "class_standing": _pulled(past, in_class, ~np.isnan(in_class)),
        "subject_class_standing": _pulled(past, in_class, here & ~np.isnan(in_class)),
        "group_level": _pulled(past, above_usual, ~np.isnan(above_usual)),
        "difficulty": _mean(past, everybody, ~np.isnan(everybody)),
        "subject_difficulty": _mean(past, everybody, here & ~np.isnan(everybody)),
    }


def _distances(past: Past, among: Floats, here: Flags) -> dict[str, Floats]:
    known = ~np.isnan(among)
    general = _pulled(past, among, known)
    total, count = _sums(past, among, here & known)
    return {
        "standing": general,
        "standing_last": _last(past, among, known),
        "subject_standing": np.where(count > 0, shrunk(total, count, general), general),
        "subject_standing_last": _last(past, among, here & known),
    }


def _sums(past: Past, values: Floats, rows: Flags) -> tuple[Floats, Floats]:
    sample = past.sample[rows]
    return sum_in(sample, values[rows], past.size), np.bincount(sample, minlength=past.size).astype(np.float64)


def _mean(past: Past, values: Floats, rows: Flags) -> Floats:
    return share(*_sums(past, values, rows))


def _pulled(past: Past, values: Floats, rows: Flags) -> Floats:
    """The mean, as if a few exams more had been sat right at the level of the others; missing if there was none."""
    total, count = _sums(past, values, rows)
    return np.where(count > 0, shrunk(total, count, 0.0), np.nan)


def _last(past: Past, values: Floats, rows: Flags) -> Floats:
    """The value beside the exam sat last."""
    last = latest(past.sample[rows], past.rank[rows], past.size)
    mine = np.flatnonzero(rows & (past.rank == last[past.sample]))
    place: Ints = np.full(past.size, -1, dtype=np.int64)
    place[past.sample[mine]] = mine
    return np.asarray(at(values, place, np.nan), dtype=np.float64)
