"""Rows beside the records they are about: which fields would become others, and which of these a person typed."""

from dataclasses import dataclass, field

import numpy as np
from django.utils.translation import gettext as _

from students.importing.findings import Severity
from students.importing.incoming import Array, Kind, Table
from students.importing.plan import Alterations
from students.importing.planning.byhand import typed_since
from students.importing.planning.desk import Left
from students.importing.planning.knowing import BY_HAND
from students.importing.planning.shapes import IDENTITY, WITHOUT_PROVENANCE, Field, fields_of
from students.importing.planning.words import shown_field
from students.importing.planning.work import Work

ID = "external_id"
# Fields that only make sense together: where a person typed one of them, all of them stay.
TOGETHER: dict[Table, tuple[str, ...]] = {
    Table.TERMS: ("starts", "ends"),
    Table.STUDENTS: ("starts", "ends", "status"),
    Table.MEMBERSHIPS: ("starts", "ends"),
    Table.GUARDIANSHIPS: ("starts", "ends"),
    Table.ENROLMENTS: ("starts", "ends"),
    Table.TEACHINGS: ("starts", "ends"),
    Table.RESULTS: ("status", "score"),
    Table.OBSERVATIONS: ("number", "category"),
}
ENDING = frozenset({Table.STUDENTS, Table.MEMBERSHIPS, Table.GUARDIANSHIPS, Table.ENROLMENTS, Table.TEACHINGS})


@dataclass
class Differences:
    """Rows of the file whose records would become others: for each field a mark, and both values."""

    rows: Array
    marks: dict[str, Array] = field(default_factory=dict)
    before: dict[str, Array] = field(default_factory=dict)
    after: dict[str, Array] = field(default_factory=dict)

    @property
    def any(self) -> Array:
        made = np.zeros(len(self.rows), dtype=bool)
        for mark in self.marks.values():
            made |= mark
        return made


def differing(work: Work) -> Differences:
    """Of the fields that the file says; a blank cell says nothing."""
    fixed = IDENTITY.get(work.table, ())
    marks = {}
    for each in fields_of(work.table):
        if each.column in fixed:
            continue
        mark = work.matched & work.said[each.attr]
        if mark.any():
            mark &= _unequal(each, work.known_value(each.attr), work.values[each.attr])
        if mark.any():
            marks[each.attr] = mark
    found = _with_new_ids(work, marks)
    rows = np.flatnonzero(found.any)
    return Differences(
        rows,
        {attr: mark[rows] for attr, mark in found.marks.items()},
        {attr: column[rows] for attr, column in found.before.items()},
        {attr: column[rows] for attr, column in found.after.items()},
    )


def _with_new_ids(work: Work, marks: dict[str, Array]) -> Differences:
    """A record of this source that came without an id takes the one that the file now has for it."""
    before = {attr: work.known_value(attr) for attr in marks}
    after = {attr: work.values[attr] for attr in marks}
    if ID in work.rows.columns and len(work.known) and work.table not in WITHOUT_PROVENANCE:
        place = np.maximum(work.found, 0)
        mark = work.matched & work.known.ours[place] & (work.known.external[place] == "") & (work.rows[ID] != "")
        if mark.any() and work.table not in (Table.RESULTS, Table.OBSERVATIONS):
            marks[ID], before[ID], after[ID] = mark, work.known.external[place], work.rows[ID]
    return Differences(np.arange(len(work)), marks, before, after)


def _unequal(each: Field, before: Array, after: Array) -> Array:
    if each.kind == Kind.NUMBER:
        scale = 10**each.places
        same = np.rint(before * scale) == np.rint(after * scale)
        return ~(same | (np.isnan(before) & np.isnan(after)))
    if each.kind == Kind.DAY:
        return ~((before == after) | (np.isnat(before) & np.isnat(after)))
    return np.asarray(before != after, dtype=bool)


def keep_what_was_typed(work: Work, found: Differences, by_hand: Array | None = None) -> int:
    """Takes out of the differences what a person typed, and reports it. Returns of how many rows nothing is left.

    `by_hand`: records of which that is known already, by place.
    """
    attrs = [attr for attr in found.marks if attr != ID]
    if not attrs:
        return 0
    place = work.found[found.rows]
    typed = work.known.origin[place] == BY_HAND
    if by_hand is not None:
        typed |= by_hand[place]
    since = _typed_since(work, place, attrs, ~typed)
    group = [attr for attr in TOGETHER.get(work.table, ()) if attr in since]
    together = np.any([since[attr] & found.marks[attr] for attr in group], axis=0) if group else typed
    before = found.any
    for attr in attrs:
        stays = found.marks[attr] & (typed | since[attr] | (together if attr in group else typed))
        if stays.any():
            _leave(work, found, attr, stays)
            found.marks[attr] &= ~stays
    return int((before & ~found.any).sum())


def _typed_since(work: Work, place: Array, attrs: list[str], asked: Array) -> dict[str, Array]:
    """Asked only of records that were not typed as a whole."""
    told = typed_since(work.desk, work.table, work.known.keys[place[asked]], attrs)
    made = {attr: np.zeros(len(place), dtype=bool) for attr in attrs}
    for attr, mark in told.items():
        made[attr][asked] = mark
    return made


def will_be(work: Work, attrs: tuple[str, ...]) -> dict[str, Array]:
    """What will stand in these fields once the plan was applied, for each row; what a person typed stays."""
    after = {attr: work.after(attr) for attr in attrs}
    moves = work.matched & np.any([~_same(work.known_value(attr), after[attr]) for attr in attrs], axis=0)
    rows = np.flatnonzero(moves)
    if not len(rows):
        return after
    place = work.found[rows]
    typed = work.known.origin[place] == BY_HAND
    since = _typed_since(work, place, list(attrs), ~typed)
    group = [attr for attr in attrs if attr in TOGETHER.get(work.table, ())]
    together = np.any([since[attr] for attr in group], axis=0) if group else typed
    for attr in attrs:
        stays = rows[typed | since[attr] | (together if attr in group else typed)]
        after[attr] = after[attr].copy()
        after[attr][stays] = work.known_value(attr)[stays]
    return after


def _same(before: Array, after: Array) -> Array:
    equal = before == after
    return np.asarray(equal | (np.isnat(before) & np.isnat(after)) if before.dtype.kind == "M" else equal, dtype=bool)


def _leave(work: Work, found: Differences, attr: str, stays: Array) -> None:
    chosen = np.flatnonzero(stays)
    rows = found.rows[chosen]
    mine, theirs = found.before[attr][chosen], found.after[attr][chosen]
    left = Left(
        work.table, attr, work.known.keys[work.found[rows]], mine, theirs, work.rows.files[rows], work.rows.lines[rows]
    )
    work.desk.left.append(left)
    told = _("A person entered “%(kept)s” in the portal; it stays, and is not replaced by “%(said)s”.")
    column = next((each.column for each in fields_of(work.table) if each.attr == attr), attr)
    for place, row in enumerate(rows.tolist()):
        kept, said = (shown_field(work.table, attr, values[place]) for values in (mine, theirs))
        where = (int(work.rows.files[row]), int(work.rows.lines[row]))
        sentence = told % {
            "kept": _named(work, attr, mine[place], kept),
            "said": _named(work, attr, theirs[place], said),
        }
        work.desk.report(
            work.table, *where, ("typed_by_hand", column, sentence), said, severity=Severity.CONFLICT
        )  # fmt: skip


def _named(work: Work, attr: str, value: object, shown: str) -> str:
    """References by the name of what they point to."""
    each = next(field for field in fields_of(work.table) if field.attr == attr)
    if each.refers is None:
        return shown
    outcome = work.desk.outcomes.get(each.refers)
    handle = np.array([value], dtype=np.int64)
    return str(outcome.look("name", handle)[0]) if outcome and handle[0] != np.iinfo(np.int64).min else "–"


def split(work: Work, found: Differences) -> tuple[Alterations, Alterations, Array]:
    """What is changed and what is ended; and the rows of the file, changed ones first."""
    left = found.any
    ends = left & _is_ending(work.table, found)
    changed, ended = np.flatnonzero(left & ~ends), np.flatnonzero(ends)
    return (
        alterations(work, found, changed), alterations(work, found, ended),
        np.concatenate([found.rows[changed], found.rows[ended]]),
    )  # fmt: skip


def _is_ending(table: Table, found: Differences) -> Array:
    made = np.zeros(len(found.rows), dtype=bool)
    if table not in ENDING:
        return made
    if "ends" in found.marks:
        before, after = found.before["ends"], found.after["ends"]
        made |= found.marks["ends"] & ~np.isnat(after) & (np.isnat(before) | (after < before))
    if table == Table.STUDENTS and "status" in found.marks:
        made |= found.marks["status"] & (found.after["status"] == "left")
    return made


def alterations(work: Work, found: Differences, chosen: Array) -> Alterations:
    rows = found.rows[chosen]
    place = work.found[rows]
    made = Alterations(work.known.keys[place], work.known.versions[place], lines=work.rows.lines[rows])
    refers = {each.attr: each.refers for each in fields_of(work.table) if each.refers}
    for attr, mark in found.marks.items():
        differs = mark[chosen]
        if not differs.any():
            continue
        before, after = found.before[attr][chosen], found.after[attr][chosen]
        made.differs[attr], made.before[attr] = differs, before
        made.after[attr] = np.where(differs, after, before)
        if table := refers.get(attr):
            made.refers[attr] = table
    return made
