"""What happened to the students of one chunk: enrolments, results, attendance, observations, clubs."""

from typing import Any

import numpy as np

from mlcore.schema import RESULT_STATUSES
from mlcore.synth import NO_DAY, SynthChunk
from mlcore.synth.habits import ACTIVITIES, INDICATORS, LEVELS
from portal.kit import bulk
from predictions.demo.school import DemoSchool, days, stamp
from students.models import AttendanceMark, AttendanceStatus, Enrolment, Observation, Participation, Result

MARKS = [status.value for status in (
    AttendanceStatus.PRESENT, AttendanceStatus.LATE, AttendanceStatus.ABSENT, AttendanceStatus.EXCUSED
)]  # fmt: skip
ENTERED_AT = np.timedelta64(16, "h")


class Keys:
    """Hands out keys in order; the tables are empty of others while the demo is written."""

    def __init__(self) -> None:
        self.next = {
            model: bulk.next_key(model) for model in (Enrolment, Result, AttendanceMark, Observation, Participation)
        }

    def take(self, model: Any, count: int) -> Any:
        first = self.next[model]
        self.next[model] += count
        return np.arange(first, first + count)


def write_rows(demo: DemoSchool, chunk: SynthChunk, first_student: int, keys: Keys) -> int:
    """Write all of a chunk. Returns how many rows."""
    writers = (_enrolments, _results, _attendance, _observations, _participations)
    return sum(write(demo, chunk, first_student, keys) for write in writers)


def _enrolments(demo: DemoSchool, chunk: SynthChunk, first: int, keys: Keys) -> int:
    rows = chunk.enrolments
    columns = {
        "student_id": first + rows["student"].astype(np.int64),
        "school_class_id": demo.first_class + rows["school_class"].astype(np.int64),
        "starts": days(rows["starts"]),
        "ends": days(rows["ends"], NO_DAY),
    }
    return bulk.write(Enrolment, {"id": keys.take(Enrolment, len(rows["student"])), **columns, **stamp(demo.moment)})


def _results(demo: DemoSchool, chunk: SynthChunk, first: int, keys: Keys) -> int:
    rows = chunk.results
    known = days(rows["known_on"])
    columns = {
        "exam_id": demo.first_exam + rows["exam"].astype(np.int64),
        "student_id": first + rows["student"].astype(np.int64),
        "status": bulk.Coded(rows["status"], RESULT_STATUSES),
        "score": rows["score"].astype(np.float64),
        "recorded_by_id": None,
        "recorded_at": known.astype("datetime64[us]") + ENTERED_AT,
        "known_on": known,
    }
    return bulk.write(Result, {"id": keys.take(Result, len(known)), **columns, **stamp(demo.moment)})


def _attendance(demo: DemoSchool, chunk: SynthChunk, first: int, keys: Keys) -> int:
    rows = chunk.attendance
    columns = {
        "student_id": first + rows["student"].astype(np.int64),
        "school_class_id": demo.first_class + rows["school_class"].astype(np.int64),
        "day": days(rows["day"]),
        "status": bulk.Coded(rows["status"], MARKS),
        "known_on": days(rows["day"] + rows["known_after"]),
        "taken_by_id": None,
    }
    return bulk.write(AttendanceMark, {"id": keys.take(AttendanceMark, len(rows["day"])), **columns})


def _observations(demo: DemoSchool, chunk: SynthChunk, first: int, keys: Keys) -> int:
    written = 0
    for number, indicator in enumerate(INDICATORS):
        rows = {name: values[chunk.observations["indicator"] == number] for name, values in chunk.observations.items()}
        is_category = bool(indicator.choices)
        columns = {
            "student_id": first + rows["student"].astype(np.int64),
            "indicator_id": demo.indicators[number],
            "day": days(rows["day"]),
            "number": None if is_category else rows["value"].astype(np.float64),
            "category": bulk.Coded(rows["category"], indicator.choices) if is_category else "",
            "known_on": days(rows["known_on"]),
            "recorded_by_id": None,
        }
        ids = keys.take(Observation, len(rows["day"]))
        written += bulk.write(Observation, {"id": ids, **columns, **stamp(demo.moment)})
    return written


def _participations(demo: DemoSchool, chunk: SynthChunk, first: int, keys: Keys) -> int:
    rows = chunk.participation
    columns = {
        "student_id": first + rows["student"].astype(np.int64),
        "kind": bulk.Coded(rows["activity"], [kind for _, kind in ACTIVITIES]),
        "activity": bulk.Coded(rows["activity"], [name for name, _ in ACTIVITIES]),
        "level": bulk.Coded(rows["level"], LEVELS),
        "starts": days(rows["starts"]),
        "ends": days(rows["ends"], NO_DAY),
    }
    return bulk.write(
        Participation, {"id": keys.take(Participation, len(rows["starts"])), **columns, **stamp(demo.moment)}
    )
