"""Students of the file and the protected facts about them, held against those of the school."""

from typing import Any

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from students.importing.findings import Severity
from students.importing.incoming import Array, Table
from students.importing.planning.desk import Desk
from students.importing.planning.homes import first_class_of
from students.importing.planning.knowing import known, nothing, records
from students.importing.planning.matching import NOWHERE, folded, places
from students.importing.planning.own_ids import by_own_id
from students.importing.planning.settling import outcome_of, settle
from students.importing.planning.work import Work, require
from students.models import StudentStatus

ONE_DAY = np.timedelta64(1, "D")


def plan_students(desk: Desk) -> None:
    held = known(Table.STUDENTS, records(Table.STUDENTS, desk.school), desk.incoming.source)
    work = Work(desk, Table.STUDENTS, held)
    work.match_by_id()
    _match_own(work)
    _match_other_source(work)
    _match_names(work)
    require(work)
    nameless = work.fresh & (work.values["given_name"] == "") & (work.values["family_name"] == "")
    work.refuse(nameless, "missing", "family_name", _("A new student needs a name."))
    work.refuse_doubles(places([work.rows["id"]], [work.rows["id"]])[0])
    _settle_days(work)
    _note_probable_doubles(work)
    desk.outcomes[Table.STUDENTS] = outcome_of(work, settle(work))


def _match_own(work: Work) -> None:
    """By the key that an export of this school wrote, where the whole name is the same."""
    record = by_own_id("student", work.rows["external_id"], work.known.keys)
    if (record == NOWHERE).all():
        return
    same = _names(work.values) == _names(work.known.fields)[record]
    work.match_to(record, same & (record != NOWHERE) & work.alive)


def _match_other_source(work: Work) -> None:
    """An id of another source stands for the student too, if exactly one has it and the names do not contradict."""
    ids = work.rows["external_id"]
    free = (work.found == NOWHERE) & (ids != "")
    if not free.any():
        return
    usable = np.flatnonzero((work.known.external != "") & ~work.known.ours)
    place, count = places([ids], [work.known.external[usable]])
    several = free & (count > 1)
    work.refuse(several, "ambiguous", "external_id", _("Several students have this id, from different sources."))
    one = free & (count == 1)
    if len(usable):
        record = usable[place]
        other = one & _contradict(work, record)
        told = _("Another source has this id for a student of another name; a new student is added.")
        work.report(other, "id_of_another", "external_id", told, Severity.NOTE)
        strangers = one & ~other
        work.match_to(record, strangers)
        found = _("%s students are found by an id that they have in another source.")
        work.note(strangers & ~work.refers_only, "found_elsewhere", "external_id", lambda count: found % count)


def _contradict(work: Work, record: Array) -> Array:
    """Both names are said, and neither is the record's."""
    made = np.ones(len(work), dtype=bool)
    for name in ("given_name", "family_name"):
        made &= work.said[name] & (folded(work.values[name]) != folded(work.known.fields[name])[record])
    return made


def _match_names(work: Work) -> None:
    """Rows without an id: by name and date of birth, or by name alone where the file says no date and one has the name."""
    free = (work.found == NOWHERE) & (work.rows["external_id"] == "") & work.alive
    if not free.any():
        return
    names, held = _names(work.values), _names(work.known.fields)
    free &= names != ""
    born, known_born = work.values["birth_date"], work.known.fields["birth_date"]
    place, count = places([names, born], [held, known_born])
    dated = work.said["birth_date"]
    by_name, namesakes = places([names], [held])
    unknown = np.isnat(known_born[by_name]) if len(known_born) else np.zeros(len(work), dtype=bool)
    several = free & np.where(dated, count > 1, namesakes > 1)
    told = _("Several students have this name; the file needs their ids, or dates of birth that tell them apart.")
    work.refuse(several, "ambiguous", "family_name", told)
    work.match_to(place, free & dated & (count == 1), "given_name", "family_name")
    work.match_to(by_name, free & (namesakes == 1) & (~dated | unknown), "given_name", "family_name")


def _names(fields: Any) -> Array:
    return folded(fields["given_name"], fields["family_name"])


def _settle_days(work: Work) -> None:
    """First day, last day and status say the same thing; what the file leaves open follows from what it says."""
    desk, values, said = work.desk, work.values, work.said
    home = first_class_of(desk, work.rows["id"])
    work.fill("grade_level", work.fresh & ~said["grade_level"], np.maximum(home.grade, 0))
    begins = np.where(np.isnat(home.starts), desk.today, np.minimum(home.starts, desk.today))
    work.fill("starts", work.fresh & ~said["starts"], _earlier(begins, values["ends"]))
    starts = work.after("starts")
    _say_status(work, starts)
    _say_end(work, starts)
    ends = work.after("ends")
    wrong = (work.fresh | work.matched) & (ends < starts)
    work.refuse(wrong, "days_in_order", "ends", _("The last day lies before the first."))


def _say_status(work: Work, starts: Array) -> None:
    """A last day in the past says that the student has left."""
    desk, said = work.desk, work.said
    ends = work.values["ends"]
    gone = ~said["status"] & said["ends"] & (ends < desk.today)
    usual = np.where(starts > desk.today, StudentStatus.EXPECTED.value, StudentStatus.ENROLLED.value)
    work.fill("status", ~said["status"] & work.fresh, usual)
    work.fill("status", gone, StudentStatus.LEFT.value)
    said["status"] = said["status"] | gone


def _say_end(work: Work, starts: Array) -> None:
    """Who has left needs a last day; who is back has none."""
    said, status = work.said, work.after("status")
    before = work.known_value("ends")
    has = (work.found != NOWHERE) & ~np.isnat(before)
    needs = said["status"] & (status == StudentStatus.LEFT.value) & ~said["ends"] & ~has
    last = np.maximum(work.desk.today - ONE_DAY, starts)
    back = work.matched & said["status"] & ~said["ends"] & has & (status == StudentStatus.ENROLLED.value)
    back &= work.known_value("status") == StudentStatus.LEFT.value
    work.fill("ends", needs, last)
    said["ends"] = said["ends"] | needs | back


def _earlier(days: Array, ends: Array) -> Array:
    return np.where(np.isnat(ends), days, np.minimum(days, ends))


def _note_probable_doubles(work: Work) -> None:
    """A new student with the name of one on record, born on the same day as far as both say one: added all the same, but
    said, and counted for a guard. Of others that only a name tells apart it is said that nobody has theirs.
    """
    if not work.fresh.any() or not len(work.known):
        return
    held = work.known.fields
    names, known_names = _names(work.values), _names(held)
    born, known_born = work.values["birth_date"], held["birth_date"]
    same, count = places([names, born], [known_names, known_born])
    namesake, namesakes = places([names], [known_names])
    is_open = ~work.said["birth_date"] | np.isnat(known_born[namesake])
    like = work.fresh & (names != "") & ((count > 0) | (is_open & (namesakes > 0)))
    twin = np.where(count > 0, same, namesake)
    called = pd.Series(held["given_name"] + " " + held["family_name"]).to_numpy()
    told = _("Looks like %s, who is on record under another id. A new student is added.")
    work.report(like, "looks_like", "family_name", lambda row: told % called[twin[row]], Severity.NOTE)
    work.desk.doubles = int(like.sum())
    unknown = work.fresh & ~like & (work.rows["external_id"] == "")
    work.report(
        unknown, "new_name", "family_name", _("Nobody on record has this name. A new student is added."), Severity.NOTE
    )  # fmt: skip


def plan_demographics(desk: Desk) -> None:
    """Protected facts go no further where the school did not switch them on, or the person may not see them."""
    if not desk.with_protected:
        work = Work(desk, Table.DEMOGRAPHICS, nothing(Table.DEMOGRAPHICS))
        told = _("Protected facts of %s students are left out: imports may not bring them here.")
        work.note(work.good, "protected_left_out", "", lambda count: told % count)
        work.leave_out(work.good)
    else:
        held = known(Table.DEMOGRAPHICS, records(Table.DEMOGRAPHICS, desk.school), desk.incoming.source)
        work = Work(desk, Table.DEMOGRAPHICS, held)
        work.match_to(places([work.values["student_id"]], [held.keys])[0], work.good)
        require(work)
        work.refuse_doubles(work.values["student_id"])
    settle(work)
