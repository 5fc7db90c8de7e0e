"""What happened to the students: results, attendance, observations, and life in clubs, each with the day it became known."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from django.db.models import Q

from mlcore.schema import empty_table
from mlcore.tables import SLACK
from portal.kit.reading import Columns, Letter
from predictions.frames.asked import Chosen, Reading
from predictions.frames.cells import NO_DAY, Array, days, first_known, framed, kept, places_of, texts, words
from predictions.frames.cells import chosen as as_words
from predictions.frames.plans import Classes
from students.models import (
    AttendanceMark,
    AttendanceStatus,
    Indicator,
    IndicatorKind,
    Observation,
    Participation,
    Result,
    ResultStatus,
)

RESULTS = {status.value[0]: status.value for status in ResultStatus}
ATTENDANCE = {
    AttendanceStatus.PRESENT.value: "present",
    AttendanceStatus.LATE.value: "late",
    AttendanceStatus.ABSENT.value: "absent",
    AttendanceStatus.EXCUSED.value: "excused",
}
ACTIVITIES = {"s": "sport", "c": "club", "o": "club"}  # of what is neither, mlcore would only count the clubs


def read_results(chosen: Chosen, reading: Reading, exams: pd.DataFrame) -> pd.DataFrame:
    """Results of the exams that are read. A score above its exam's maximum is nobody's percentage and is left out."""
    asked = Result.objects.all()
    if reading.since:
        asked = asked.filter(exam__day__gte=reading.since)
    if reading.until:
        asked = asked.filter(Q(known_on__lte=reading.until) | Q(known_on=None))
    keys, highest, days_sat = (exams[name].to_numpy() for name in ("exam", "maximum", "day"))

    def sound(rows: Columns) -> Columns:
        place = places_of(rows["exam"], keys)
        use = ~(rows["score"] > np.append(highest * SLACK, np.nan)[place]) & (place >= 0)
        late = np.append(days_sat, NO_DAY)[place] + np.timedelta64(reading.result_delay, "D")
        rows["known_on"] = days(np.where(np.isnat(rows["known_on"]), late, rows["known_on"]))
        return kept(rows, use)

    names = {name: name for name in ("student", "exam", "score", "known_on")}
    rows = chosen.read(asked, {"status": Letter("status"), **names}, sound)
    return framed(rows | {"status": words(rows["status"], RESULTS)})


def read_attendance(chosen: Chosen, reading: Reading, classes: Classes) -> pd.DataFrame:
    if "attendance" in reading.leave_out:
        return empty_table("attendance")
    asked = AttendanceMark.objects.all()
    if reading.until:
        asked = asked.filter(known_on__lte=reading.until, day__lte=reading.until)
    takes_roll = np.append(classes.takes_roll, False)

    def counted(rows: Columns) -> Columns:
        rows = kept(rows, takes_roll[classes.places(rows["school_class"])])
        return rows | {"day": days(rows["day"]), "known_on": days(rows["known_on"])}

    names = {name: name for name in ("student", "school_class", "day", "known_on")}
    rows = chosen.read(asked, {"status": Letter("status"), **names}, counted)
    return framed(rows | {"status": words(rows["status"], ATTENDANCE)})


@dataclass(frozen=True, slots=True)
class Indicators:
    """The indicators that are read, sorted by key. In the tables they go by their code: a new name breaks no model."""

    keys: Array
    codes: list[str]
    kinds: list[str]
    protected: frozenset[str]

    @classmethod
    def of(cls, schools: tuple[int, ...], reading: Reading) -> "Indicators":
        """A protected one only if it is named; in a district, it is protected everywhere if it is so anywhere."""
        facts = ("pk", "code", "kind", "is_protected")
        rows = list(Indicator.objects.filter(school__in=schools).order_by("pk").values_list(*facts))
        guarded = frozenset(code for _, code, _, is_protected in rows if is_protected)
        unread = {*reading.indicators_out, *(guarded - set(reading.protected))}
        rows = [row for row in rows if row[1] not in unread]
        keys = np.array([key for key, *_ in rows], dtype=np.int64)
        return cls(keys, [code for _, code, *_ in rows], [str(kind) for _, _, kind, _ in rows], guarded)


def read_observations(chosen: Chosen, reading: Reading) -> pd.DataFrame:
    if "observations" in reading.leave_out:
        return empty_table("observations")
    indicators = Indicators.of(chosen.schools, reading)
    asked = Observation.objects.filter(indicator__in=indicators.keys.tolist())
    if reading.until:
        moved = [
            key
            for key, code in zip(indicators.keys.tolist(), indicators.codes, strict=True)
            if code in reading.known_after
        ]
        known = Q(known_on__lte=reading.until) | Q(indicator__in=moved)
        asked = asked.filter(known, day__lte=reading.until)
    names = {name: name for name in ("student", "indicator", "category", "day", "known_on")}
    rows = chosen.read(asked, {"value": "number", **names})
    return _observed(rows, indicators, reading)


def _observed(rows: Columns, indicators: Indicators, reading: Reading) -> pd.DataFrame:
    kinds = np.array([list(IndicatorKind.values).index(kind) for kind in indicators.kinds], dtype=np.int8)
    kind = kinds[places_of(rows["indicator"], indicators.keys)] if len(kinds) else np.empty(0, dtype=np.int8)
    sound = _sound(rows, kind)
    rows, kind = kept(rows, sound), kind[sound]
    place = places_of(rows["indicator"], indicators.keys)
    codes = sorted(set(indicators.codes))
    code = np.array([codes.index(one) for one in indicators.codes], dtype=np.int64)[place] if len(codes) else place
    guarded = np.array([one in indicators.protected for one in codes], dtype=np.bool_)
    return framed(
        {
            "student": rows["student"],
            "indicator": as_words(codes, code),
            "kind": as_words(IndicatorKind.values, kind),
            "value": rows["value"],
            "category": texts(rows["category"]),
            "day": days(rows["day"]),
            "known_on": _known(rows, codes, code, reading),
            "protected": guarded[code] if len(codes) else np.empty(0, dtype=np.bool_),
        }
    )


def _sound(rows: Columns, kind: Array) -> Array:
    """Values that are still of their indicator's kind, which may have been changed after they were noted."""
    category, yes_no = (IndicatorKind.values.index(word) for word in (IndicatorKind.CATEGORY, IndicatorKind.YES_NO))
    is_word = np.isnan(rows["value"])
    return (is_word == (kind == category)) & ((kind != yes_no) | np.isin(rows["value"], (0.0, 1.0)))


def _known(rows: Columns, codes: list[str], code: Array, reading: Reading) -> Array:
    after = np.array([reading.known_after.get(one, -1) for one in codes], dtype=np.int64)
    if not len(codes) or after.max() < 0:
        return days(rows["known_on"])
    wait = after[code]
    later = rows["day"] + np.where(wait < 0, 0, wait).astype("timedelta64[D]")
    return days(np.where(wait < 0, rows["known_on"], later))


def read_participation(chosen: Chosen, reading: Reading) -> pd.DataFrame:
    if "participation" in reading.leave_out:
        return empty_table("participation")
    names = {name: name for name in ("student", "activity", "level", "starts", "ends", "created_at")}
    letters = {name: Letter(name) for name in ("kind", "origin")}
    rows = chosen.read(Participation.objects.all(), {**letters, **names})
    starts = days(rows["starts"])
    return framed(
        {
            "student": rows["student"],
            "activity": texts(rows["activity"]),
            "kind": words(rows["kind"], ACTIVITIES),
            "level": texts(rows["level"]),
            "starts": starts,
            "ends": days(rows["ends"]),
            "known_on": first_known(rows, starts, chosen.zone),
        }
    )
