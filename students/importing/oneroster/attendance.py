"""The roll, which the standard does not know: attendance.csv as one open system and Foremark write it."""

from students.importing.incoming import Table
from students.importing.oneroster.classes import Classes
from students.importing.oneroster.columns import Gathered
from students.importing.oneroster.desk import Desk
from students.importing.oneroster.people import People
from students.importing.oneroster.sheet import Block, Sheet
from students.models.attendance import AttendanceStatus

P, L, A, E = (each.value for each in (
    AttendanceStatus.PRESENT, AttendanceStatus.LATE, AttendanceStatus.ABSENT, AttendanceStatus.EXCUSED,
))  # fmt: skip
WORDS = {
    "p": P, "present": P, "l": L, "late": L, "tardy": L, "a": A, "absent": A, "unexcused": A, "absent unexcused": A,
    "e": E, "excused": E, "absent excused": E,
}  # fmt: skip
HEADS = {"student": "userSourcedId", "school_class": "classSourcedId", "day": "date", "status": "status"}


def read_attendance(desk: Desk, classes: Classes, people: People) -> None:
    if not desk.has("attendance"):
        return
    codes = {**WORDS, **{code.strip().lower(): status for code, status in desk.mapping.attendance.items()}}
    seen: set[tuple[str, object, str]] = set()
    rows = Gathered(Table.ATTENDANCE, "student", "school_class", "day", "status")
    desk.incoming.heads[Table.ATTENDANCE] = HEADS
    for block in Sheet(desk, "attendance").blocks():
        _check(block, codes, seen)
        for at in block.good():
            student, group = block["userSourcedId"][at], block["classSourcedId"][at]
            if group in classes.left_out or not people.may_learn(student):
                block.note(at, "of_left_out", "userSourcedId", student)
            else:
                rows.row(block.lines[at], student, group, block["date"][at], codes[_folded(block["status"][at])])
        rows.hand_over(desk.incoming, "attendance.csv")


def _folded(code: str) -> str:
    return " ".join(code.lower().replace("-", " ").replace("_", " ").split())


def _check(block: Block, codes: dict[str, str], seen: set[tuple[str, object, str]]) -> None:
    for at, status in enumerate(block["status"]):
        if status and _folded(status) not in codes:
            block.refuse(at, "status", "attendance_status", status)
        if at in block.bad:
            continue
        mark = (block["userSourcedId"][at], block["date"][at], block["classSourcedId"][at])
        if mark in seen:
            block.refuse(at, "date", "attendance_twice", str(mark[1]))
        seen.add(mark)
