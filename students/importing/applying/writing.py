"""What one writing of a plan carries from table to table: the keys given so far, how far it is, and whom it touched."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit.many import Line
from students.importing.incoming import Array, Table
from students.importing.plan import MODELS, Plan, Progress
from students.importing.touched import Touched

CHUNK = 20_000


@dataclass(frozen=True)
class Written:
    """`kinds`: of what evidence there is news; `counts`: for each table what was added, changed, ended and removed."""

    students: frozenset[int]
    kinds: frozenset[str]
    counts: dict[str, dict[str, int]]


class Writing:
    def __init__(self, plan: Plan, line: Line, progress: Progress) -> None:
        self.plan, self.line, self.progress = plan, line, progress
        self.keys: dict[Table, Array] = {}  # of the rows that were added, in their order
        self.touched = Touched()
        self.counts: dict[str, Counter[str]] = {}
        self.done = 0
        self.total = sum(
            len(part) for step in plan.steps.values() for part in (step.added, step.changed, step.ended, step.removed)
        )

    def stretches(self, rows: int, sentence: str) -> Iterator[slice]:
        """A part of the rows at a time; says how far it is before each of them, which is where it can be stopped."""
        for start in range(0, rows, CHUNK):
            stop = min(start + CHUNK, rows)
            self.progress(self.done, self.total, sentence)
            yield slice(start, stop)
            self.done += stop - start

    def count(self, table: Table, action: str, rows: int) -> None:
        if rows:
            self.counts.setdefault(str(table), Counter())[action] += rows

    def written(self) -> Written:
        self.progress(self.total, self.total, _("the import is written"))
        counts = {table: dict(counted) for table, counted in self.counts.items()}
        return Written(self.touched.all, self.touched.kinds, counts)


def model_of(table: Table) -> Any:
    return User if table == Table.PEOPLE else MODELS[table]
