"""Exams of the file and the classes that sit them, held against those of the school."""

import numpy as np
from django.db.models import BooleanField, Case, Value, When
from django.utils.translation import gettext as _

from students.importing.findings import Severity
from students.importing.incoming import Array, Table
from students.importing.plan import NOBODY
from students.importing.planning.desk import Desk
from students.importing.planning.knowing import known, records
from students.importing.planning.matching import NOWHERE, first_of_each, folded, places
from students.importing.planning.own_ids import by_own_id
from students.importing.planning.settling import outcome_of, settle
from students.importing.planning.words import shown_field
from students.importing.planning.work import Work, require
from students.models import ExamKind

HIGHEST = 10**5  # points and weights beyond do not fit into their columns
USUAL_MAXIMUM, USUAL_WEIGHT = 100.0, 1.0


def plan_exams(desk: Desk) -> None:
    work = Work(desk, Table.EXAMS, known(Table.EXAMS, records(Table.EXAMS, desk.school), desk.incoming.source))
    _refuse_unseated(work)
    work.match_by_id()
    titles = folded(work.rows["title"])
    same = [titles, work.values["subject_id"], work.values["day"]]
    held = work.known.fields
    place, count = places(same, [folded(held["title"]), held["subject_id"], held["day"]])
    _match_own(work)
    complete = work.said["title"] & work.said["subject_id"] & work.said["day"] & (work.found == NOWHERE)
    told = _("Several exams of this subject have this title on this day.")
    work.refuse(complete & (count > 1) & work.good, "ambiguous", "title", told)
    work.match_to(place, complete & (count == 1), "title")
    _find_terms(work)
    require(work)
    _check_numbers(work)
    _fill(work)
    # Two new exams of one subject, title and day may both be meant where each has an id of its own.
    ids = np.where(work.rows["external_id"] != "", work.rows["external_id"], "")
    work.refuse_doubles(places([*same, ids], [*same, ids])[0])
    _note_outside_term(work)
    desk.outcomes[Table.EXAMS] = outcome_of(work, settle(work))


def _refuse_unseated(work: Work) -> None:
    """An exam all of whose classes in the file were refused would come in as one that anybody may sit: it hangs on them."""
    desk, rows = work.desk, work.desk.incoming.rows(Table.SITTINGS)
    refused, handles = desk.refused.get(Table.CLASSES, set()), desk.handles.get(Table.CLASSES, {})
    lost = np.array([each in refused and each not in handles for each in rows["school_class"]], dtype=bool)
    if not lost.any():
        return
    unseated = dict(zip(rows["exam"][lost].tolist(), rows["school_class"][lost].tolist(), strict=True))
    for exam in rows["exam"][~lost].tolist():
        unseated.pop(exam, None)
    ids = work.rows["id"].tolist()
    where = work.good & np.array([each in unseated for each in ids], dtype=bool)
    work.refuse_hanging(where, Table.SITTINGS, "school_class", lambda row: unseated[ids[row]])


def _match_own(work: Work) -> None:
    """By the key that an export of this school wrote, where title, subject and day are the same. An exam of several classes
    has a row for each, some perhaps of classes of another subject; after the first, they say nothing more of it.
    """
    record = by_own_id("exam", work.rows["external_id"], work.known.keys)
    if (record == NOWHERE).all():
        return
    held, values = work.known.fields, work.values
    is_own = (record != NOWHERE) & (work.found == NOWHERE) & work.alive & (values["day"] == held["day"][record])
    is_own &= folded(values["title"]) == folded(held["title"])[record]
    is_own &= np.isin(record, record[is_own & (values["subject_id"] == held["subject_id"][record])])
    work.match_to(record, is_own)
    rows = np.flatnonzero(is_own)
    again = rows[first_of_each(record[rows]) != np.arange(len(rows))]
    work.refers_only[again] = True
    work.said["subject_id"] &= ~is_own


def _find_terms(work: Work) -> None:
    """A new exam without a term belongs to the shortest term that has its day."""
    lacks = work.fresh & ~work.said["term_id"] & work.said["day"]
    if not lacks.any():
        return
    terms = work.desk.outcomes[Table.TERMS]
    starts, ends = terms.fields["starts"], terms.fields["ends"]
    order = np.argsort(starts - ends, kind="stable")  # the longest first, so that the shortest has the last word
    found = np.full(len(work), NOBODY, dtype=np.int64)
    for place in order.tolist():
        inside = (work.values["day"] >= starts[place]) & (work.values["day"] <= ends[place])
        found = np.where(inside, terms.handles[place], found)
    work.fill("term_id", lacks, found)
    homeless = lacks & (found == NOBODY)
    work.refuse(homeless, "missing", "term", _("No term of the school has this exam's day."))


def _check_numbers(work: Work) -> None:
    values, said = work.values, work.said
    low = said["maximum"] & ((values["maximum"] <= 0) | (values["maximum"] >= HIGHEST))
    work.refuse(low, "maximum", "maximum", _("The most points of an exam are more than 0 and less than 100,000."))
    heavy = said["weight"] & ((values["weight"] < 0) | (values["weight"] >= 1000))
    work.refuse(heavy, "weight", "weight", _("A weight is 0 or more and less than 1,000."))


def _fill(work: Work) -> None:
    work.fill("kind", ~work.said["kind"], ExamKind.TEST.value)
    work.fill("maximum", ~work.said["maximum"], USUAL_MAXIMUM)
    work.fill("weight", ~work.said["weight"], USUAL_WEIGHT)
    work.fill("is_target", ~work.said["is_target"], 0)


def _note_outside_term(work: Work) -> None:
    terms = work.desk.outcomes[Table.TERMS]
    if not len(terms) or not work.fresh.any():
        return
    handles, day = work.values["term_id"], work.values["day"]
    starts, ends = terms.look("starts", handles), terms.look("ends", handles)
    outside = work.fresh & (handles != NOBODY) & ((day < starts) | (day > ends))

    def told(row: int) -> str:
        first, last = (shown_field(Table.TERMS, name, days[row]) for name, days in (("starts", starts), ("ends", ends)))
        return _("The day lies outside of the exam's term, %(first)s to %(last)s.") % {"first": first, "last": last}

    work.report(outside, "outside_term", "day", told, Severity.NOTE)


def plan_sittings(desk: Desk) -> None:
    is_locked = Case(When(locked_at=None, then=Value(False)), default=Value(True), output_field=BooleanField())
    held = known(Table.SITTINGS, records(Table.SITTINGS, desk.school), desk.incoming.source, is_locked=is_locked)
    work = Work(desk, Table.SITTINGS, held)
    pair: list[Array] = [work.values[name] for name in ("exam_id", "school_class_id")]
    place, _count = places(pair, [held.fields[name] for name in ("exam_id", "school_class_id")])
    work.match_to(place, work.good)
    require(work)
    work.refuse_doubles(places(pair, pair)[0])
    step = settle(work)
    desk.outcomes[Table.SITTINGS] = outcome_of(work, step)
    locked = np.zeros(len(step.added), dtype=bool)
    desk.outcomes[Table.SITTINGS].fields["is_locked"] = np.concatenate([held.fields["is_locked"].astype(bool), locked])
