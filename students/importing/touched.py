"""Whom an import touched: gathered while it is written or taken back, and told once after commit to whoever keeps figures."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction

from students.importing.incoming import Table
from students.importing.plan import MODELS
from students.models import Enrolment, Exam, Result
from students.signals import evidence_changed, roster_changed

ROSTER = "roster"
KINDS = {
    Table.STUDENTS: ROSTER,
    Table.ENROLMENTS: ROSTER,
    Table.RESULTS: "marks",
    Table.ATTENDANCE: "attendance",
    Table.OBSERVATIONS: "observations",
}
CHUNK = 2000


class Touched:
    """For each kind of news the students it is about."""

    def __init__(self) -> None:
        self.students: defaultdict[str, set[int]] = defaultdict(set)
        self.exams: set[int] = set()  # planned anew or otherwise

    def note(self, table: Table, students: Iterable[int]) -> None:
        if table in KINDS:
            self.students[KINDS[table]].update(students)

    def tell(self, school_id: int, on: date) -> None:
        """After commit, each student once for each kind."""
        self._ask_who_sits(on)
        for kind, students in sorted(self.students.items()):
            facts: dict[str, Any] = {"school_id": school_id, "student_ids": sorted(students)}
            if students and kind == ROSTER:
                transaction.on_commit(partial(roster_changed.send, Enrolment, **facts), robust=True)
            elif students:
                sender = _SENDERS[kind]
                transaction.on_commit(partial(evidence_changed.send, sender, kind=kind, **facts), robust=True)

    def _ask_who_sits(self, on: date) -> None:
        """An exam ahead is other news for those who sit it, one that is over for those who have a mark in it."""
        exams = sorted(self.exams)
        for some in (exams[at : at + CHUNK] for at in range(0, len(exams), CHUNK)):
            sitting = Enrolment.objects.active(on).filter(
                school_class__sittings__exam__in=some,
                school_class__sittings__exam__is_target=True,
                school_class__sittings__exam__day__gt=on,
            )
            self.students["plans"].update(sitting.order_by().values_list("student_id", flat=True))
            marked = Result.objects.filter(exam__in=some).order_by()
            self.students["marks"].update(marked.values_list("student_id", flat=True))

    @property
    def all(self) -> frozenset[int]:
        return frozenset().union(*self.students.values()) if self.students else frozenset()

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(kind for kind, students in self.students.items() if students)


_SENDERS = {kind: MODELS[table] for table, kind in KINDS.items()} | {"plans": Exam}
