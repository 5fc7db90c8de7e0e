"""The end of planning one table: rows become additions, changes, endings or nothing; ids of the file become handles."""

from collections.abc import Mapping

import numpy as np

from students.importing.incoming import COLUMNS, Array
from students.importing.plan import Additions, Alterations, Step
from students.importing.planning.comparing import ID, differing, keep_what_was_typed, split, will_be
from students.importing.planning.desk import Outcome
from students.importing.planning.matching import codes_of, first_of_each
from students.importing.planning.shapes import WITHOUT_PROVENANCE, fields_of
from students.importing.planning.work import Work


def settle(work: Work, *, by_hand: Array | None = None, extra: Mapping[str, Array] | None = None) -> Step:
    """`extra`: columns of new records beside those that a file can say, by attribute, one value for each row."""
    desk, table = work.desk, work.table
    found = differing(work)
    kept = keep_what_was_typed(work, found, by_hand)
    changed, ended, rows = split(work, found)
    step = Step(table, read=int((~work.refers_only).sum()), added=_added(work, extra or {}), kept=kept)
    step.changed, step.ended = changed, ended
    step.unchanged = int(work.matched.sum()) - len(changed) - len(ended) - kept
    desk.files[table, "added"] = work.rows.files[work.fresh]
    desk.files[table, "changed"] = work.rows.files[rows[: len(changed)]]
    desk.files[table, "ended"] = work.rows.files[rows[len(changed) :]]
    desk.steps[table], desk.held[table] = step, work.known
    _count(work, step)
    if "id" in COLUMNS[table]:
        _hand_out(work)
    return step


def _added(work: Work, extra: Mapping[str, Array]) -> Additions:
    fresh = work.fresh
    made = Additions(lines=work.rows.lines[fresh])
    for each in fields_of(work.table):
        made.columns[each.attr] = work.values[each.attr][fresh]
        if each.refers:
            made.refers[each.attr] = each.refers
    if ID in work.rows.columns and work.table not in WITHOUT_PROVENANCE:
        made.columns[ID] = work.rows[ID][fresh]
    for attr, column in extra.items():
        made.columns[attr] = column[fresh]
    return made


def _count(work: Work, step: Step) -> None:
    step.set_aside, step.left_out = int((~work.good).sum()), int((work.good & work.quiet).sum())
    work.desk.lines_set_aside.append(work.lines_of(~work.good))


def handles_of(work: Work) -> Array:
    """The handle of each row's record; of rows that are not planned a number that means nothing."""
    new = -np.cumsum(work.fresh, dtype=np.int64)
    keys = work.known.keys
    return np.where(work.found >= 0, keys[np.maximum(work.found, 0)], new) if len(keys) else new


def _hand_out(work: Work) -> None:
    ids, alive = work.rows["id"], work.alive
    planned = zip(ids[alive].tolist(), handles_of(work)[alive].tolist(), strict=True)
    work.desk.handles.setdefault(work.table, {}).update(planned)
    work.desk.refused.setdefault(work.table, set()).update(ids[~work.good].tolist())
    out = work.good & work.quiet
    if out.any():
        work.desk.left_out.setdefault(work.table, set()).update(ids[out].tolist())


def outcome_of(work: Work, step: Step) -> Outcome:
    """Call after `settle`, and after endings."""
    known, fields = work.known, {}
    for each in fields_of(work.table):
        column = known.fields[each.attr]
        for altered in (step.changed, step.ended):
            column = _altered(known.keys, column, altered, each.attr)
        fields[each.attr] = np.concatenate([column, step.added.columns[each.attr]])
    return Outcome(known.keys, fields)


def _altered(keys: Array, column: Array, altered: Alterations, attr: str) -> Array:
    if attr not in altered.after:
        return column
    made = column.copy()
    made[np.searchsorted(keys, altered.keys)] = altered.after[attr]
    return made


def refuse_taken(work: Work, attrs: tuple[str, ...], column: str, sentence: str) -> None:
    """Names and codes that must be unique stay so: as they would stand afterwards, changed records included."""
    after = will_be(work, attrs)
    while (where := _taken(work, after)).any():  # who is refused leaves the record under its old name
        work.refuse(where, "taken", column, sentence)


def _taken(work: Work, after: Mapping[str, Array]) -> Array:
    rows = np.flatnonzero(work.matched | work.fresh)
    renamed = np.zeros(len(work.known), dtype=bool)
    renamed[work.found[rows][work.found[rows] >= 0]] = True
    mine = [column[rows] for column in after.values()]
    theirs = [work.known.fields[attr][~renamed] for attr in after]
    ours, held = codes_of(mine, theirs)
    both = np.concatenate([held, ours])
    taken = first_of_each(both)[len(held) :] != np.arange(len(held), len(both))
    where = np.zeros(len(work), dtype=bool)
    where[rows[taken]] = True
    return where
