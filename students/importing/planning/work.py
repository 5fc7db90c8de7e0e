"""One table while it is planned: its rows with references found, which of them are still good, and the record of each."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from students.importing.findings import Severity
from students.importing.incoming import COLUMNS, Array, Kind, Table
from students.importing.plan import NOBODY
from students.importing.planning.desk import Desk
from students.importing.planning.knowing import Known
from students.importing.planning.matching import NOWHERE, by_id, first_of_each, places
from students.importing.planning.shapes import HIGHEST_GRADE, REQUIRED, WITHOUT_IDS, Field, field_named, fields_of
from students.importing.planning.words import one_of, shown, unknown_by_name

LONGEST_ID = 255
FILE_BITS = 40  # above the number of a line
HANGS = "hangs_on_refused"
FIRST_DAY, LAST_DAY = np.datetime64("1900-01-01", "s"), np.datetime64("2200-01-01", "s")
UNWRITABLE = re.compile("[\x00\ud800-\udfff]")  # no database takes them
Sentence = str | Callable[[int], str]


class Work:
    """`good`: rows without an error. `quiet`: rows that a note keeps out. `found`: the place of a row's record, or NOWHERE.

    `values` and `said` are by attribute of the record; references are handles.
    """

    def __init__(self, desk: Desk, table: Table, known: Known) -> None:
        self.desk, self.table, self.known = desk, table, known
        self.rows = desk.incoming.rows(table)
        rows = len(self.rows)
        self.good = np.ones(rows, dtype=bool)
        self.quiet = np.zeros(rows, dtype=bool)
        self.refers_only = self.rows["must_exist"] == 1 if "must_exist" in COLUMNS[table] else np.zeros(rows, bool)
        self.found = np.full(rows, NOWHERE, dtype=np.int64)
        self.by_id = np.zeros(rows, dtype=bool)
        self.held = np.zeros(rows, dtype=bool)  # kept as it is, and reported
        self.values: dict[str, Array] = {}
        self.said: dict[str, Array] = {}
        for field in fields_of(table):
            self._take(field)
        self._check_ids()

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def alive(self) -> Array:
        return self.good & ~self.quiet

    @property
    def fresh(self) -> Array:
        return self.alive & (self.found == NOWHERE) & ~self.refers_only & ~self.held

    @property
    def matched(self) -> Array:
        return self.alive & (self.found != NOWHERE) & ~self.refers_only & ~self.held

    def known_value(self, attr: str) -> Array:
        """What the record of each row says now; of rows without a record anything."""
        column = self.known.fields[attr]
        return np.asarray(column[np.maximum(self.found, 0)]) if len(column) else self.values[attr]

    def after(self, attr: str) -> Array:
        """What will stand there: what the row says, or else what its record says."""
        keeps = (self.found != NOWHERE) & ~self.said[attr]
        return np.where(keeps, self.known_value(attr), self.values[attr])

    def fill(self, attr: str, where: Array, value: Any) -> None:
        """Puts a value where the row says none. It counts as said for new records only."""
        self.values[attr] = np.where(where, value, self.values[attr])

    def refuse(self, where: Array, code: str, column: str, sentence: Sentence) -> None:
        self.report(where, code, column, sentence)
        self.good &= ~where

    def refuse_hanging(self, where: Array, table: Table, column: str, value: Callable[[int], str]) -> None:
        """Rows that hang on one which rows of another table, made of the same lines, refer to in that column."""
        lines = self.lines_of(where)
        for row, line in zip(np.flatnonzero(where).tolist(), lines.tolist(), strict=True):
            if line not in self.desk.lines_refused:
                self.desk.lines_refused.add(line)
                place = (int(self.rows.files[row]), int(self.rows.lines[row]))
                self.desk.report(table, *place, (HANGS, column, hangs()), value(row))
        self.good &= ~where

    def report(
        self, where: Array, code: str, column: str, sentence: Sentence, severity: Severity = Severity.ERROR
    ) -> None:
        """One finding for each of the rows. That a row hangs on one of the same line is not worth another."""
        raw, refused = self.rows.columns.get(column), self.desk.lines_refused
        for row, line in zip(np.flatnonzero(where).tolist(), self.lines_of(where).tolist(), strict=True):
            if code == HANGS and line in refused:
                continue
            if severity == Severity.ERROR:
                refused.add(line)
            told = sentence if isinstance(sentence, str) else sentence(row)
            value = "" if raw is None else shown(COLUMNS[self.table][column], raw[row])
            place = (int(self.rows.files[row]), int(self.rows.lines[row]))
            self.desk.report(self.table, *place, (code, column, told), value, severity=severity)

    def lines_of(self, where: Array) -> Array:
        """File and line of some rows, as one number."""
        return self.rows.files[where].astype(np.int64) << FILE_BITS | self.rows.lines[where]

    def note(self, where: Array, code: str, column: str, sentence: Callable[[int], str]) -> None:
        """One note for all of the rows, with their number and at the place of the first."""
        rows = np.flatnonzero(where)
        if len(rows):
            first = np.zeros(len(self), dtype=bool)
            first[rows[0]] = True
            self.report(first, code, column, sentence(len(rows)), Severity.NOTE)

    def hold(self, where: Array) -> None:
        """Rows whose record stays as it is; the caller has reported them and counts them as kept."""
        self.held |= where

    def leave_out(self, where: Array) -> None:
        self.quiet |= where

    def match_by_id(self) -> None:
        free = self.found == NOWHERE
        place = by_id(self.rows["external_id"], self.known.external, self.known.ours)
        self.by_id |= free & (place != NOWHERE)
        self.found = np.where(free, place, self.found)

    def match_to(self, place: Array, where: Array, *by: str) -> None:
        """`by`: attributes that were compared as folded names; the spelling of the record stays."""
        new = where & (self.found == NOWHERE)
        self.found = np.where(new, place, self.found)
        for attr in by:
            self.said[attr] = self.said[attr] & ~new

    def refuse_doubles(self, codes: Array) -> None:
        """`codes`: equal numbers where two new rows would be the same record; of no meaning where a record was found."""
        rows = np.flatnonzero(self.alive & ~self.refers_only)
        alike = pd.factorize(codes)[0]  # from 0 on, apart from those of records, whatever the codes were
        here = np.where(self.found != NOWHERE, -1 - self.found, alike)[rows]
        if not pd.Series(here).duplicated().any():
            return
        first = rows[first_of_each(here)]
        double = np.zeros(len(self), dtype=bool)
        double[rows] = first != rows
        lines = dict(zip(rows.tolist(), self.rows.lines[first].tolist(), strict=True))
        told = _("Line %(line)s is about the same record already; expected one row for each.")
        self.refuse(double, "same_record", "", lambda row: told % {"line": lines[row]})

    def _take(self, field: Field) -> None:
        raw = self.rows[field.column]
        # A column that the reader filled without the file saying it is meant for new records only.
        is_told = field.column in self.desk.incoming.said.get(self.table, ())
        if field.refers:
            self.values[field.attr] = self._handles(field, raw)
            self.said[field.attr] = (self.values[field.attr] != NOBODY) & is_told
            return
        self.values[field.attr] = np.round(raw, field.places) if field.places else raw
        self.said[field.attr] = is_said(field.kind, raw) & is_told
        self._check(field, raw)

    def _handles(self, field: Field, raw: Array) -> Array:
        """References as handles; what stands for nothing is refused, or hangs on a row that was refused."""
        table = field.refers
        assert table is not None
        if table == self.table:  # its own rows get their handles later
            return np.full(len(raw), NOBODY, dtype=np.int64)
        codes, ids = pd.factorize(raw)
        handles, refused = self.desk.handles.get(table, {}), self.desk.refused.get(table, set())
        out = self.desk.left_out.get(table, set())
        made = np.array([handles.get(each, NOBODY) for each in ids] or [NOBODY], dtype=np.int64)
        self._missing(field, codes, [each not in handles and each in refused for each in ids], HANGS)
        unknown = [bool(each) and each not in handles and each not in refused and each not in out for each in ids]
        self._missing(field, codes, unknown, "unknown_reference")
        if out:
            self.leave_out(np.array([each in out for each in ids] or [False], dtype=bool)[codes])
        return np.asarray(made[codes])

    def _missing(self, field: Field, codes: Array, marked: list[bool], code: str) -> None:
        if not any(marked):
            return
        sentences = {
            HANGS: hangs(),
            "unknown_reference": _("Neither the file nor the school's records know this id."),
        }
        where = np.array(marked, dtype=bool)[codes] & self.good
        self.refuse(where, code, field.column, sentences[code])

    def _check(self, field: Field, raw: Array) -> None:
        """Whether the value can be kept at all; what it means is for the table to judge."""
        if field.longest:
            self._check_texts(field, raw)
        elif field.kind == Kind.DAY:
            told = _("Expected a day between 1900 and 2200.")
            self.refuse((raw < FIRST_DAY) | (raw >= LAST_DAY), "odd_day", field.column, told)
        elif field.column == "grade_level":
            told = _("Grade levels go from 0 to %s.") % HIGHEST_GRADE
            self.refuse((raw < -1) | (raw > HIGHEST_GRADE), "grade_level", field.column, told)

    def _check_texts(self, field: Field, raw: Array) -> None:
        codes, values = pd.factorize(raw)
        if field.choices:
            wrong = [bool(value) and value not in field.choices for value in values]
            code, told = "unknown_word", one_of(field.choices)
        else:
            wrong = [len(value) > field.longest or bool(UNWRITABLE.search(value)) for value in values]
            code, told = "too_long", _("At most %s letters fit here, none of them a control code.") % field.longest
        if any(wrong):
            self.refuse(np.array(wrong)[codes] & self.good, code, field.column, told)

    def _check_ids(self) -> None:
        if "external_id" not in self.rows.columns:
            return
        ids = self.rows["external_id"]
        codes, values = pd.factorize(ids)
        wrong = [len(value) > LONGEST_ID or bool(UNWRITABLE.search(value)) for value in values]
        told = _("At most %s letters fit here, none of them a control code.") % LONGEST_ID
        if any(wrong):
            self.refuse(np.array(wrong)[codes], "too_long", "external_id", told)


def hangs() -> str:
    return _("This row hangs on a row that was set aside because of an error.")


def is_said(kind: Kind, raw: Array) -> Array:
    if kind == Kind.TEXT:
        return np.asarray(raw != "", dtype=bool)
    if kind == Kind.DAY:
        return ~np.isnat(raw)
    return ~np.isnan(raw) if kind == Kind.NUMBER else np.asarray(raw != -1)


def require(work: Work) -> None:
    """Records that the file only refers to must be there; new ones need some facts."""
    _require_known(work)
    if work.table not in WITHOUT_IDS:
        ids = work.rows["external_id"] if "external_id" in work.rows.columns else np.full(len(work), "", dtype=object)
        refuse_same_ids(work, work.fresh & (ids != ""), [ids])
    fresh = work.fresh
    for column in REQUIRED[work.table]:
        blank = fresh & ~work.said[field_named(work.table, column).attr]
        work.refuse(blank, "missing", column, _("A new record needs this; the cell is empty."))


def _require_known(work: Work) -> None:
    """What has no id in the file is told by what it was looked for by."""
    unknown = work.alive & work.refers_only & (work.found == NOWHERE)
    has_id = work.rows["external_id"] != "" if "external_id" in work.rows.columns else np.zeros(len(work), dtype=bool)
    told = _("The school has no record with this id from this source, and the file does not bring it.")
    work.refuse(unknown & has_id, "unknown_record", "external_id", told)
    column, named = unknown_by_name(work.table)
    work.refuse(unknown & ~has_id, "unknown_record", column, named)


def refuse_same_ids(work: Work, where: Array, parts: list[Array]) -> None:
    """An id stands for one record; the second new row that has it is refused."""
    rows = np.flatnonzero(where)
    chosen = [part[rows] for part in parts]
    first, count = places(chosen, chosen)
    if not len(rows) or count.max() == 1:
        return
    double = np.zeros(len(work), dtype=bool)
    double[rows] = rows[first] != rows
    lines = dict(zip(rows.tolist(), work.rows.lines[rows[first]].tolist(), strict=True))
    told = _("Line %(line)s has this id already; expected one row for each.")
    work.refuse(double, "same_record", "external_id", lambda row: told % {"line": lines[row]})
