"""Earlier results, in this subject and in all: last, mean, pulled mean, recent mean, slope, spread, count, days since."""

from __future__ import annotations

import numpy as np

from mlcore.arrays import Flags, Floats, Ints
from mlcore.features.base import Feature, RawColumn
from mlcore.features.making import columns, days, first_known, number, percent, shrunk
from mlcore.features.past import Past, told_of_past
from mlcore.features.view import View
from mlcore.layout.keys import at, share
from mlcore.layout.timeline import count_in, latest, sum_in

HALF_LIFE = 120.0  # days after which an earlier result counts half
CALM = 4.0  # as if this much time (in 100 days, squared) had shown no change; keeps slopes of few results small

HERE, ALL = "Earlier results, this subject first", "Earlier results in all subjects"


def _features(scope: str, group: str, where: str) -> tuple[Feature, ...]:
    return (
        percent(f"{scope}_last", f"last result in {where}", group),
        percent(f"{scope}_mean", f"average of earlier results in {where}", group),
        percent(f"{scope}_recent", f"average of earlier results in {where}, recent ones counting more", group),
        Feature(f"{scope}_slope", f"trend of earlier results in {where}", group, unit="points per 100 days"),
        number(f"{scope}_spread", f"how much earlier results in {where} differ", group, unit="points"),
        number(f"{scope}_count", f"number of earlier results in {where}", group),
        days(f"{scope}_since", f"days since the last result in {where}", group),
    )


FEATURES = (
    percent("last_comparable", "last comparable result", HERE),
    percent("shrunken_mean", "cautious average of earlier results in this subject", HERE),
    percent("subject_same_kind", "last result of the same kind in this subject", HERE),
    percent("subject_before_last", "result before the last in this subject", HERE),
    *_features("subject", HERE, "this subject"),
    percent("all_shrunken", "cautious average of all earlier results", ALL),
    *_features("all", ALL, "all subjects"),
)


def earlier_results(view: View) -> list[RawColumn]:
    told = told_of_past(view, _told)
    usual = view.usual.all.mean(np.zeros_like(view.cut), view.cut)
    told["all_shrunken"] = shrunk(told["all_total"], told["all_count"], usual)
    told["shrunken_mean"] = shrunk(told["subject_total"], told["subject_count"], told["all_shrunken"])
    told["last_comparable"] = first_known(told["subject_same_kind"], told["subject_last"], told["all_last"])
    return columns(FEATURES, told)


def _told(past: Past) -> dict[str, Floats]:
    everything = np.ones(len(past.sample), dtype=np.bool_)
    here = past.same_subject
    same_kind = here & (past.view.book.kind[past.exam] == past.of_sample(past.view.kind))
    last_here = _last(past, here)
    before = here & (past.rank != last_here[past.sample])
    return (
        {f"all_{name}": values for name, values in _scope(past, everything).items()}
        | {f"subject_{name}": values for name, values in _scope(past, here).items()}
        | {
            "subject_same_kind": _percent(past, _last(past, same_kind)),
            "subject_before_last": _percent(past, _last(past, before)),
        }
    )


def _scope(past: Past, rows: Flags) -> dict[str, Floats]:
    sample, percents, age = past.sample[rows], past.percent[rows], past.age[rows]
    count = count_in(sample, past.size).astype(np.float64)
    total = sum_in(sample, percents, past.size)
    weight = np.exp2(-age / HALF_LIFE)
    last, mean = _last(past, rows), share(total, count)
    off = percents - mean[sample]
    return {
        "count": count,
        "total": total,
        "mean": mean,
        "recent": share(sum_in(sample, weight * percents, past.size), sum_in(sample, weight, past.size)),
        "slope": _slope(sample, age, off, count),
        "spread": np.sqrt(share(sum_in(sample, off**2, past.size), np.maximum(count - 1, 0))),
        "last": _percent(past, last),
        "since": _since(past, last),
    }


def _slope(sample: Ints, age: Floats, off: Floats, count: Floats) -> Floats:
    """Points per 100 days, pulled to none; missing unless exams were sat on two days at least."""
    size = len(count)
    later = (share(sum_in(sample, age, size), count)[sample] - age) / 100.0
    time = sum_in(sample, later**2, size)
    return np.where(time > 0, sum_in(sample, later * off, size) / (time + CALM), np.nan)


def _last(past: Past, rows: Flags) -> Ints:
    """The rank of the exam sat last; -1 if there is none."""
    return latest(past.sample[rows], past.rank[rows], past.size)


def _percent(past: Past, rank: Ints) -> Floats:
    history = past.view.history
    return np.asarray(at(history.percent, at(history.by_rank, rank, -1), np.nan), dtype=np.float64)


def _since(past: Past, rank: Ints) -> Floats:
    history, cut = past.view.history, past.view.cut[past.piece]
    row = at(history.by_rank, rank, -1)
    day = past.view.book.day[at(history.exam, row, -1)]
    return np.where(rank < 0, np.nan, (cut - np.where(rank < 0, cut, day)).astype(np.float64))
