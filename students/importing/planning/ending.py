"""What a complete file does not name any more has ended; and what a truncating import removes."""

from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from students.importing.findings import Severity
from students.importing.incoming import Array
from students.importing.plan import Alterations, Removals, Step
from students.importing.planning.byhand import typed_since
from students.importing.planning.desk import Left
from students.importing.planning.knowing import BY_HAND
from students.importing.planning.matching import NOWHERE
from students.importing.planning.words import shown_field, table_label
from students.importing.planning.work import Work

ONE_DAY = np.timedelta64(1, "D")
NO_FILE = -1


def end_missing(work: Work, step: Step) -> None:
    """Records of this source that are open and that no row names, refused rows included, end on the day before."""
    held = work.known.fields
    last = np.maximum(work.desk.today - ONE_DAY, held["starts"])
    is_open = np.isnat(held["ends"]) | (held["ends"] > last)
    gone = np.flatnonzero(work.known.ours & is_open & ~_named(work) & ~_hidden(work))
    typed = work.known.origin[gone] == BY_HAND
    typed |= typed_since(work.desk, work.table, work.known.keys[gone], ["ends"])["ends"]
    _leave(work, gone[typed], "ends", last[gone[typed]])
    step.kept += int(typed.sum())
    gone = gone[~typed]
    _join(step.ended, work, gone, last[gone])
    files = work.desk.files[work.table, "ended"]
    work.desk.files[work.table, "ended"] = np.concatenate([files, np.full(len(gone), NO_FILE, files.dtype)])


def _named(work: Work) -> Array:
    made = np.zeros(len(work.known), dtype=bool)
    made[work.found[work.found != NOWHERE]] = True
    return made


def _hidden(work: Work) -> Array:
    """Records of which the file may say something that an error made unreadable: their ids stand on refused rows."""
    ids = work.rows["external_id"][~work.good].tolist()
    refused = work.desk.refused.get(work.table, set()) | set(ids) - {""}
    work.desk.unread[work.table] = len(refused.difference(work.known.external.tolist())) + ids.count("")
    if not refused:
        return np.zeros(len(work.known), dtype=bool)
    return np.array([each in refused for each in work.known.external], dtype=bool)


def _join(ended: Alterations, work: Work, gone: Array, last: Array) -> None:
    """Endings that no row brought, behind those of rows; their line is 0."""
    rows, more = len(ended), len(gone)
    if not more:
        return
    ends = work.known.fields["ends"][gone]
    for attr in set(ended.after) | {"ends"}:
        void: Any = np.full(rows, np.datetime64("NaT", "s")) if attr == "ends" else None
        before, after = ended.before.get(attr, void), ended.after.get(attr, void)
        now = _now(work, attr, gone)
        ended.before[attr] = np.concatenate([before, now])
        ended.after[attr] = np.concatenate([after, last if attr == "ends" else now])
        mark = ended.differs.get(attr, np.zeros(rows, dtype=bool))
        ended.differs[attr] = np.concatenate([mark, np.full(more, attr == "ends")])
    assert (ends != last).all()  # what has ended already is not ended again
    ended.keys = np.concatenate([ended.keys, work.known.keys[gone]])
    ended.versions = np.concatenate([ended.versions, work.known.versions[gone]])
    ended.lines = np.concatenate([ended.lines, np.zeros(more, dtype=np.int64)])


def _now(work: Work, attr: str, places: Array) -> Array:
    column = work.known.external if attr == "external_id" else work.known.fields[attr]
    return np.asarray(column[places])


def _leave(work: Work, places: Array, attr: str, theirs: Array) -> None:
    if not len(places):
        return
    mine = work.known.fields[attr][places]
    none = np.full(len(places), NO_FILE, dtype=np.int16)
    lines = np.zeros(len(places), dtype=np.int64)
    work.desk.left.append(Left(work.table, attr, work.known.keys[places], mine, theirs, none, lines))
    told = _("The file does not name it any more, but a person entered its last day as “%(kept)s”; that stays.")
    for value in mine:
        kept = shown_field(work.table, attr, value) or _("open")
        said = ("typed_by_hand", attr, told % {"kept": kept})
        work.desk.report(work.table, 0, 0, said, kept, severity=Severity.CONFLICT)


def remove_missing(work: Work, step: Step, *, ours: Array, typed: Array, locked: Array | None = None) -> None:
    """Marks of this source that the file does not name; what a person edited since, or is locked, stays. All of them do
    where rows have errors, for any of these may be about such a mark.
    """
    work.desk.of_source[work.table] = int(ours.sum())
    gone = np.flatnonzero(ours & ~_named(work))
    if work.desk.findings.errors and len(gone):
        told = _("Rows have errors, so no %(records)s are removed for not being in the file.")
        said = ("not_truncated", "", told % {"records": table_label(work.table)})
        work.desk.report(work.table, 0, 0, said, "", severity=Severity.NOTE)
        return
    stays = typed[gone] if locked is None else typed[gone] | locked[gone]
    if stays.any():
        told = _("%(count)s %(records)s that the file does not name stay, because a person edited or locked them.")
        facts = {"count": int(stays.sum()), "records": table_label(work.table)}
        said = ("typed_by_hand", "", told % facts)
        work.desk.report(work.table, 0, 0, said, "", severity=Severity.CONFLICT)
        step.kept += int(stays.sum())
    gone = gone[~stays]
    step.removed = Removals(work.known.keys[gone], work.known.versions[gone])


def typed_of_table(work: Work, places: Array, attrs: list[str]) -> Array:
    """A mark for each record of the table; asks only for those at the given places."""
    made = np.zeros(len(work.known), dtype=bool)
    made |= work.known.origin == BY_HAND
    since = typed_since(work.desk, work.table, work.known.keys[places], attrs)
    for mark in since.values():
        made[places] |= mark
    return made
