"""Who learns and who teaches in which class, from when to when: rows of the file beside the spans on record."""

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from students.importing.incoming import Array, Table
from students.importing.planning.comparing import will_be
from students.importing.planning.desk import Desk, Judge
from students.importing.planning.ending import end_missing
from students.importing.planning.homes import begin_of, has_marks
from students.importing.planning.knowing import known, records
from students.importing.planning.matching import NOWHERE, codes_of
from students.importing.planning.settling import outcome_of, settle
from students.importing.planning.shapes import OPENS
from students.importing.planning.work import Work, require

LAST = np.datetime64("9999-12-31", "s")  # stands for a last day that is open


def plan_enrolments(desk: Desk) -> None:
    plan_spans(desk, Table.ENROLMENTS, ("student_id", "school_class_id"))


def plan_teachings(desk: Desk) -> None:
    plan_spans(desk, Table.TEACHINGS, ("teacher_id", "school_class_id"), _fill_lead)


def _fill_lead(work: Work) -> None:
    work.fill("is_lead", ~work.said["is_lead"], 1)


def as_they_are(work: Work) -> None:
    """Nothing is to be done before the spans are compared."""


def plan_spans(desk: Desk, table: Table, pair: tuple[str, str], prepare: Judge = as_they_are) -> None:
    work = Work(desk, table, known(table, records(table, desk.school), desk.incoming.source))
    prepare(work)
    _find_spans(work, pair)
    step = settle(work)
    if table in desk.incoming.complete and table in OPENS:
        end_missing(work, step)
    desk.outcomes[table] = outcome_of(work, step)


def _find_spans(work: Work, pair: tuple[str, str]) -> None:
    work.match_by_id()
    _refuse_moved(work, pair)
    begins = begin_of_spans(work)
    match_spans(work, pair, begins)
    require(work)
    work.fill("starts", work.fresh & ~work.said["starts"], begins)
    if work.table in OPENS and "ends" in work.desk.incoming.said.get(work.table, ()):
        work.said["ends"] = work.said["ends"] | work.matched
    starts, ends = work.after("starts"), work.after("ends")
    wrong = (work.fresh | work.matched) & (ends < starts)
    work.refuse(wrong, "days_in_order", "ends", _("The last day lies before the first."))
    refuse_overlaps(work, pair)


def _refuse_moved(work: Work, pair: tuple[str, str]) -> None:
    """An id stands for one person in one class; where both changed it is another record under the same id."""
    for attr in pair:
        other = work.good & work.by_id & (work.known_value(attr) != work.values[attr])
        work.refuse(other, "id_of_another", "external_id", _("This id stands for another person or class on record."))


def match_spans(work: Work, pair: tuple[str, str], begins: Array) -> None:
    """By the same two ends: the record whose days overlap; of several the one that begins on the same day, or the latest."""
    rows = np.flatnonzero((work.found == NOWHERE) & work.good)
    held = work.known.fields
    wanted, there = codes_of([work.values[attr][rows] for attr in pair], [held[attr] for attr in pair])
    starts, to = work.rows["starts"][rows], work.rows["ends"][rows]
    from_ = np.where(np.isnat(starts), begins[rows], starts)
    mine = pd.DataFrame({"code": wanted, "row": rows, "from": from_, "to": np.where(np.isnat(to), LAST, to)})
    taken = np.zeros(len(work.known), dtype=bool)
    taken[work.found[work.found != NOWHERE]] = True
    theirs = pd.DataFrame({"code": there, "place": np.arange(len(there)), "starts": held["starts"]})
    theirs["ends"] = np.where(np.isnat(held["ends"]), LAST, held["ends"])
    both = mine.merge(theirs[~taken], on="code")
    both = both[(both["starts"] <= both["to"]) & (both["ends"] >= both["from"])]
    both["same"] = both["starts"] == both["from"]
    best = (
        both.sort_values(["row", "same", "starts"], kind="stable")
        .drop_duplicates("row", keep="last")
        .drop_duplicates("place")
    )
    work.found[best["row"].to_numpy()] = best["place"].to_numpy()


def begin_of_spans(work: Work) -> Array:
    """A first day that the file does not say is today; of pupils whose marks it brings, the first day of the term."""
    desk = work.desk
    day = np.full(len(work), desk.today)
    if "school_class_id" in work.values:
        term = begin_of(desk, work.values["school_class_id"])
        day = np.where(np.isnat(term) | ((term <= day) & (not has_marks(desk))), day, term)
    ends = work.rows["ends"]
    return np.where(np.isnat(ends), day, np.minimum(day, ends))


def refuse_overlaps(work: Work, pair: tuple[str, str]) -> None:
    """Two spans of the same two must not overlap, as they would stand afterwards: rows beside rows, and beside records."""
    after = will_be(work, ("starts", "ends"))
    told = _("Another row or record has the same two on overlapping days.")
    while (where := _overlaps(work, pair, after)).any():  # who is refused leaves the record with its old days
        work.refuse(where, "same_record", "", told)


def _overlaps(work: Work, pair: tuple[str, str], after: dict[str, Array]) -> Array:
    rows, free = np.flatnonzero(work.matched | work.fresh), work.fresh | _moves(work, after)
    held = work.known.fields
    renewed = np.zeros(len(work.known), dtype=bool)
    renewed[work.found[rows][work.found[rows] != NOWHERE]] = True
    others = np.flatnonzero(~renewed)
    mine, theirs = codes_of([work.values[attr][rows] for attr in pair], [held[attr][others] for attr in pair])
    ends = np.concatenate([held["ends"][others], after["ends"][rows]])
    spans = pd.DataFrame({
        "code": np.concatenate([theirs, mine]),
        "row": np.concatenate([np.full(len(others), NOWHERE), np.where(free[rows], rows, NOWHERE)]),
        "starts": np.concatenate([held["starts"][others], after["starts"][rows]]),
        "ends": np.where(np.isnat(ends), LAST, ends),
    })  # fmt: skip
    where = np.zeros(len(work), dtype=bool)
    where[_overlapping(spans)] = True
    return where


def _overlapping(spans: pd.DataFrame) -> Array:
    """The later row of each two that overlap; the earlier one where the later one is a record."""
    spans = spans.sort_values(["code", "starts", "row"], kind="stable")
    before = spans.groupby("code")["ends"].cummax().groupby(spans["code"]).shift()
    following = spans.groupby("code")[["starts", "row"]].shift(-1)
    later = spans["starts"] <= before
    earlier = (following["starts"] <= spans["ends"]) & (following["row"] == NOWHERE)
    return spans["row"][(later | earlier) & (spans["row"] != NOWHERE)].to_numpy()


def _moves(work: Work, after: dict[str, Array]) -> Array:
    """Rows whose record would get other days."""
    made = np.zeros(len(work), dtype=bool)
    for attr, then in after.items():
        now = work.known_value(attr)
        made |= ~((now == then) | (np.isnat(now) & np.isnat(then)))
    return made & work.matched
