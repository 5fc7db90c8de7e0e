"""Days at school: the rate of all marks and of the last 30 days, the share of late ones, and the longest absence.

Every mark counts, also where several classes mark one day: which class is the home class is nowhere said, and the one
with the most marks could only be told by looking ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mlcore.arrays import Flags, Floats, Ints
from mlcore.features.base import Feature, RawColumn
from mlcore.features.making import columns, days, number, percent
from mlcore.features.view import View
from mlcore.layout.keys import DAY_BITS, SHIFT, at, codes_of, days_of, share
from mlcore.layout.timeline import Pairs, Stretches, Timeline, count_in
from mlcore.schema import ATTENDANCE_STATUSES

LATE, AWAY = ATTENDANCE_STATUSES.index("late"), ATTENDANCE_STATUSES.index("absent")  # excused ones come after
RECENT = 30
GROUP = "Attendance"

FEATURES: tuple[Feature, ...] = (
    percent("attendance_rate", "attendance", GROUP, changeable=True),
    percent("attendance_recent", f"attendance in the last {RECENT} days", GROUP, changeable=True),
    percent("late_share", "share of days late", GROUP, changeable=True),
    days("longest_absence", "longest absence", GROUP),
    number("attendance_marks", "number of days with a roll", GROUP),
)


@dataclass(frozen=True)
class Marks:
    """The marks of the students in the order in which they became known; `away_before`, `late_before`: of all rows before."""

    timeline: Timeline
    day: Ints
    away: Flags
    away_before: Ints
    late_before: Ints

    @classmethod
    def of(cls, view: View) -> Marks:
        marks = view.tables.attendance
        day = days_of(marks["day"])
        known = np.maximum(day, days_of(marks["known_on"]))
        rows = Timeline.of(codes_of(marks["student"], view.students), known, day + SHIFT)
        status = codes_of(marks["status"], pd.Index(ATTENDANCE_STATUSES))[rows.rows]
        away = status >= AWAY
        return cls(rows, day[rows.rows], away, _running(away), _running(status == LATE))

    @cached_property
    def longest(self) -> Ints:
        """For each row of an absence the longest one of that student up to there, in days on which a roll was taken."""
        rows = np.flatnonzero(self.away)
        who, day = self.timeline.key[rows] >> DAY_BITS, self.day[rows]
        other = np.diff(who, prepend=-1) != 0
        begins = other | (np.diff(rows, prepend=-1) != 1)
        days_away = np.cumsum(begins | (np.diff(day, prepend=0) != 0))
        begun = np.maximum.accumulate(np.where(begins, np.arange(len(rows)), 0))
        length = days_away - days_away[begun] + 1
        return np.maximum.accumulate((who << DAY_BITS) | length) & ((1 << DAY_BITS) - 1)


def attendance(view: View) -> list[RawColumn]:
    if not view.wants(*(feature.name for feature in FEATURES)):
        return []
    marks = Marks.of(view)
    seen = marks.timeline.known(view.student, view.cut)
    away = marks.away_before[seen.stop] - marks.away_before[seen.start]
    late = marks.late_before[seen.stop] - marks.late_before[seen.start]
    longest = at(marks.longest, np.where(away > 0, marks.away_before[seen.stop] - 1, -1), 0)
    told = {
        "attendance_rate": 100.0 * share(seen.length - away, seen.length),
        "attendance_recent": _recent(view, marks, seen),
        "late_share": 100.0 * share(late, seen.length),
        "longest_absence": np.where(seen.length > 0, longest, np.nan),
        "attendance_marks": seen.length.astype(np.float64),
    }
    return columns(FEATURES, told)


def _recent(view: View, marks: Marks, seen: Stretches) -> Floats:
    """A mark of an earlier day that was entered only now is no recent one."""
    since = view.cut - RECENT + 1
    start = np.minimum(marks.timeline.from_day(view.student, since), seen.stop)

    def told(piece: slice, pairs: Pairs) -> dict[str, Floats]:
        recent = marks.day[pairs.row] >= since[piece][pairs.sample]
        away = recent & marks.away[pairs.row]
        marked = count_in(pairs.sample[recent], pairs.size)
        return {"rate": 100.0 * (1.0 - share(count_in(pairs.sample[away], pairs.size), marked))}

    return Stretches(start, seen.stop).told(told)["rate"]


def _running(flags: Flags) -> Ints:
    """How many there are before each row."""
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(flags)))
