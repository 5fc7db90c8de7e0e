"""Sports and clubs in which a student takes part on the day of asking, and at what level."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlcore.arrays import Ints
from mlcore.features.base import Feature, FeatureKind, RawColumn
from mlcore.features.making import number
from mlcore.features.view import View
from mlcore.layout.keys import NO_DAY, at, codes_of, days_of, distinct, text_at
from mlcore.layout.timeline import Pairs, Timeline, count_in, latest, ranks
from mlcore.schema import ACTIVITY_KINDS

GROUP = "Activities"
COUNTS = {kind: number(f"{kind}s", f"number of {kind}s", GROUP, changeable=True, high=20.0) for kind in ACTIVITY_KINDS}
LEVEL = Feature("activity_level", "level of the newest activity", GROUP, FeatureKind.CATEGORY, changeable=True)


def participation(view: View) -> list[RawColumn]:
    """Who takes part in nothing has 0, also where nothing is kept: then all have, and the columns are left out."""
    if not view.wants(LEVEL.name, *(feature.name for feature in COUNTS.values())):
        return []
    table = view.tables.participation
    line = Timeline.of(codes_of(table["student"], view.students), days_of(table["known_on"]))
    table = table.iloc[line.rows]
    words = distinct(table["level"])
    told = _told(view, line, table, codes_of(table["level"], words))
    columns = [RawColumn(feature, told[feature.name].astype(np.float64)) for feature in COUNTS.values()]
    return [*columns, RawColumn(LEVEL, text_at(words, told[LEVEL.name]))]


def _told(view: View, line: Timeline, table: pd.DataFrame, level: Ints) -> dict[str, Ints]:
    starts, ends = days_of(table["starts"]), days_of(table["ends"])
    kind = codes_of(table["kind"], pd.Index(ACTIVITY_KINDS))
    newest_last = np.lexsort((level, starts))
    rank = ranks(newest_last)

    def told(piece: slice, pairs: Pairs) -> dict[str, Ints]:
        cut = view.cut[piece][pairs.sample]
        active = (starts[pairs.row] <= cut) & ((ends[pairs.row] == NO_DAY) | (ends[pairs.row] >= cut))
        sample, row = pairs.sample[active], pairs.row[active]
        has_level = level[row] >= 0
        newest = latest(sample[has_level], rank[row[has_level]], pairs.size)
        counts = {
            COUNTS[name].name: count_in(sample[kind[row] == code], pairs.size)
            for code, name in enumerate(ACTIVITY_KINDS)
        }
        return counts | {LEVEL.name: at(level[newest_last], newest, -1)}

    return line.known(view.student, view.cut).told(told)
