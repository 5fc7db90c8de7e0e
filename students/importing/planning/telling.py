"""What is told of a plan: per table, per class, the first examples, and what asks for a yes."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import groupby
from typing import Any

from students.importing.incoming import Table
from students.importing.plan import Step
from students.importing.planning.changes_file import Line, count_lines, lines_of, write_lines
from students.importing.planning.desk import Desk
from students.importing.planning.guards import forewarnings_of, guards_of
from students.importing.planning.rolls import classes_of
from students.importing.planning.words import field_label, table_label
from students.importing.told import ChangeTold, FieldTold, PlanTold, TableTold

EXAMPLES = 20  # of each table and action


def tell(desk: Desk) -> tuple[PlanTold, Callable[[Any], None]]:
    classes = classes_of(desk)
    tables = tuple(_table(step) for step in desk.steps.values() if _matters(step))
    told = PlanTold(
        files=tuple(desk.incoming.read.items()),
        tables=tables,
        classes=classes,
        guards=guards_of(desk, classes),
        forewarnings=forewarnings_of(desk, classes),
        examples=tuple(_examples(desk)),
        changes=count_lines(desk),
    )
    return told, partial(write_lines, desk)


def _matters(step: Step) -> bool:
    return bool(step.read or step.kept or len(step.ended) or len(step.removed))


def _table(step: Step) -> TableTold:
    return TableTold(
        table=step.table.value,
        label=table_label(step.table),
        read=step.read,
        added=len(step.added),
        changed=len(step.changed),
        ended=len(step.ended),
        removed=len(step.removed),
        unchanged=step.unchanged,
        kept=step.kept,
    )


def _examples(desk: Desk) -> Iterator[ChangeTold]:
    for table in desk.steps:
        yield from _of_table(table, lines_of(desk, table, EXAMPLES))


def _of_table(table: Table, lines: Iterable[Line]) -> Iterator[ChangeTold]:
    """Lines of one record together, and of each action the first records only."""
    told: dict[str, int] = {}
    for (action, _key), same in groupby(lines, key=lambda line: (line.action, line.key)):
        told[action] = told.get(action, 0) + 1
        if told[action] > EXAMPLES:
            continue
        fields = list(same)
        values = tuple(FieldTold(field_label(each.attr), each.before, each.after) for each in fields if each.attr)
        first = fields[0]
        yield ChangeTold(action, table.value, first.who, first.file, first.line, values)
