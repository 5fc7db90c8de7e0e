"""Who is in which class now, and who would be once the plan was applied; and how many marks it writes for each class."""

import numpy as np
import pandas as pd

from students.importing.incoming import Array, Table
from students.importing.planning.desk import Desk
from students.importing.planning.matching import codes_of
from students.importing.planning.sitters import count_by_class
from students.importing.told import ClassTold


def classes_of(desk: Desk) -> tuple[ClassTold, ...]:
    """The classes to which something happens, new ones included, by name."""
    now = _in_force(desk, desk.held[Table.ENROLMENTS].fields)
    after = _in_force(desk, desk.outcomes[Table.ENROLMENTS].fields)
    mine, theirs = codes_of(_pairs(now), _pairs(after))
    counts = pd.DataFrame({
        "now": now.groupby("school_class").size(),
        "after": after.groupby("school_class").size(),
        "added": after[~np.isin(theirs, mine)].groupby("school_class").size(),
        "ended": now[~np.isin(mine, theirs)].groupby("school_class").size(),
        "marks": _marks(desk),
    })  # fmt: skip
    classes = desk.outcomes[Table.CLASSES]
    new = classes.handles[classes.handles < 0]
    counts = counts.reindex(counts.index.union(pd.Index(new))).fillna(0).astype(np.int64)
    touched = counts[(counts[["added", "ended", "marks"]] > 0).any(axis=1) | (counts.index < 0)]
    handles = touched.index.to_numpy(dtype=np.int64)
    names = classes.look("name", handles)
    told = [
        ClassTold(max(int(handle), 0), str(name), **dict(zip(touched.columns, row, strict=True)))
        for handle, name, row in zip(handles.tolist(), names, touched.to_numpy().tolist(), strict=True)
    ]
    return tuple(sorted(told, key=lambda each: (each.name, each.key)))


def _pairs(rolls: pd.DataFrame) -> list[Array]:
    return [rolls["school_class"].to_numpy(), rolls["student"].to_numpy()]


def _in_force(desk: Desk, fields: dict[str, Array]) -> pd.DataFrame:
    today = desk.today
    there = (fields["starts"] <= today) & (np.isnat(fields["ends"]) | (fields["ends"] >= today))
    made = pd.DataFrame({"school_class": fields["school_class_id"][there], "student": fields["student_id"][there]})
    return made.drop_duplicates()


def _marks(desk: Desk) -> "pd.Series[int]":
    """Results that are added, changed or removed, in each class of their students that sits the exam."""
    step, held = desk.steps[Table.RESULTS], desk.held[Table.RESULTS]
    keys = np.concatenate([step.changed.keys, step.ended.keys, step.removed.keys])
    places = np.searchsorted(held.keys, keys)
    exam, student = (
        np.concatenate([step.added.columns[name], held.fields[name][places]]) for name in ("exam_id", "student_id")
    )
    return count_by_class(desk, exam, student)
