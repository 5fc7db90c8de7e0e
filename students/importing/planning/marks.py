"""Results of the file, held against those of the school: what may be a mark, and whose it may be."""

import numpy as np
from django.utils.translation import gettext as _

from portal.kit.figures import plain
from students.importing.findings import Severity
from students.importing.incoming import Array, Table
from students.importing.plan import NOBODY
from students.importing.planning.desk import Desk
from students.importing.planning.ending import remove_missing, typed_of_table
from students.importing.planning.knowing import Known, known, known_ids, nothing, records
from students.importing.planning.matching import NOWHERE, looked_up, places
from students.importing.planning.settling import settle
from students.importing.planning.sitters import are_sitters, has_sitting
from students.importing.planning.words import shown_field
from students.importing.planning.work import Work, refuse_same_ids, require
from students.models import ResultStatus

SCORED = ResultStatus.SCORED.value
MOST_EXAMS = 2_000  # named in one question
CENTS = 100


def plan_results(desk: Desk) -> None:
    rows = desk.incoming.rows(Table.RESULTS)
    if not len(rows) and not desk.truncate:
        settle(Work(desk, Table.RESULTS, nothing(Table.RESULTS)))
        return
    work = Work(desk, Table.RESULTS, _known(desk))
    exam, student = work.values["exam_id"], work.values["student_id"]
    keys, held = _pair_codes(work)
    work.match_to(looked_up(keys, held)[0], work.good)
    require(work)
    _check_marks(work)
    work.refuse_doubles(keys)
    _check_ids(work)
    _check_sitters(work, exam, student)
    locked = _keep_locked(work, exam, student)
    step = settle(work)
    step.kept += locked
    if desk.truncate and len(rows):
        gone = np.flatnonzero(work.known.ours)
        typed = typed_of_table(work, gone, ["score", "status"])
        remove_missing(work, step, ours=work.known.ours, typed=typed, locked=_locked(desk, work.known))


def _known(desk: Desk) -> Known:
    """Results of the exams that the file names; of a truncating one all of them."""
    rows = records(Table.RESULTS, desk.school)
    exams = {handle for handle in desk.handles.get(Table.EXAMS, {}).values() if handle >= 0}
    if not desk.truncate:
        if not exams:
            return nothing(Table.RESULTS)
        if len(exams) <= MOST_EXAMS:
            rows = rows.filter(exam__in=sorted(exams))
    return known(Table.RESULTS, rows, desk.incoming.source, desk.held[Table.STUDENTS].keys)


def _pair_codes(work: Work) -> tuple[Array, Array]:
    """Exam and student as one number; handles of new ones lie below those of records."""
    exam, student = work.values["exam_id"], work.values["student_id"]
    held = work.known.fields
    low = _lowest(student, held["student_id"])
    span = max(int(student.max(initial=0)), int(held["student_id"].max(initial=0))) - low + 2
    mine = np.where(student == NOBODY, low - 1, student) - (low - 1)
    theirs = held["student_id"] - (low - 1)
    exams = np.where(exam == NOBODY, _lowest(exam, held["exam_id"]) - 1, exam)
    return exams * span + mine, held["exam_id"] * span + theirs


def _lowest(mine: Array, theirs: Array) -> int:
    return int(min(mine[mine != NOBODY].min(initial=0), theirs.min(initial=0)))


def _check_marks(work: Work) -> None:
    """A score says that it was scored; another status has none; what is neither is no result."""
    said, values = work.said, work.values
    scored = said["score"] & ~said["status"]
    work.fill("status", scored, SCORED)
    said["status"] = said["status"] | scored
    needs = work.good & (values["status"] == SCORED) & ~said["score"]
    work.refuse(needs, "no_score", "score", _("A scored result needs a score."))
    empty = work.good & ~said["status"] & ~said["score"]
    work.refuse(empty, "no_score", "score", _("Expected a score, or why there is none."))
    values["score"] = np.where(values["status"] == SCORED, values["score"], np.nan)
    said["score"] = said["status"]
    raw = work.rows["score"]
    rounded = work.good & (np.abs(raw * CENTS - np.rint(raw * CENTS)) > 1e-6)
    told = _("%s scores have more than two decimals; they are rounded to two.")
    work.note(rounded, "rounded", "score", lambda count: told % count)
    _check_bounds(work)


def _check_bounds(work: Work) -> None:
    exams, exam, score = work.desk.outcomes[Table.EXAMS], work.values["exam_id"], work.values["score"]
    there = work.good & (exam != NOBODY)
    work.refuse(there & (score < 0), "negative_score", "score", _("A score is 0 or more."))
    if not len(exams):
        return
    most = exams.look("maximum", exam)
    above = there & (score > most)
    told = _("The exam has %s points at most.")
    work.refuse(above, "over_maximum", "score", lambda row: told % plain(float(most[row])))
    day = exams.look("day", exam)
    ahead = there & (day > work.desk.today)
    later = _("The exam is on %s, which is still ahead; there can be no mark yet.")
    work.refuse(ahead, "exam_ahead", "exam", lambda row: later % shown_field(Table.EXAMS, "day", day[row]))


def _check_ids(work: Work) -> None:
    """In one exam an id of the source stands for one result, on record too. Only new results bring theirs."""
    exam, ids = work.values["exam_id"], work.rows["external_id"]
    where = work.fresh & (ids != "")
    refuse_same_ids(work, where, [exam, ids])
    named = np.unique(exam[where & (exam >= 0)])
    if not len(named):
        return
    rows = records(Table.RESULTS, work.desk.school).filter(source=work.desk.incoming.source).exclude(external_id="")
    rows = rows.filter(exam__in=named.tolist()) if len(named) <= MOST_EXAMS else rows
    held = known_ids(rows, "exam_id")
    taken = where & (places([exam, ids], list(held))[0] != NOWHERE)
    told = _("The exam has a result of another student under this id.")
    work.refuse(taken, "id_of_another", "external_id", told)


def _check_sitters(work: Work, exam: Array, student: Array) -> None:
    """A new result is of somebody who was in a class that sits the exam, on the exam's day."""
    rows = np.flatnonzero(work.fresh)
    rows = rows[has_sitting(work.desk, exam[rows])]
    if not len(rows):
        return
    stranger = np.zeros(len(work), dtype=bool)
    stranger[rows[~are_sitters(work.desk, exam[rows], student[rows])]] = True
    told = _("On the exam's day the student is in no class that sits it.")
    work.refuse(stranger, "not_enrolled", "student", told)


def _keep_locked(work: Work, exam: Array, student: Array) -> int:
    """Marks of a class that are final stay: neither added to nor changed. Returns how many rows were kept out."""
    sittings = work.desk.outcomes[Table.SITTINGS].fields
    closed = np.unique(sittings["exam_id"][sittings["is_locked"]])
    rows = np.flatnonzero(work.alive & np.isin(exam, closed))
    if not len(rows):
        return 0
    rows = rows[are_sitters(work.desk, exam[rows], student[rows], locked_only=True)]
    locked = np.zeros(len(work), dtype=bool)
    locked[rows] = True
    same = (work.found != NOWHERE) & _says_the_same(work)
    told = _("The marks of this class in this exam are final; the office opens them again.")
    work.report(locked & ~same, "locked", "score", told, Severity.CONFLICT)
    work.hold(locked & ~same)
    return int((locked & ~same).sum())


def _says_the_same(work: Work) -> Array:
    before, after = work.known_value("score"), work.values["score"]
    score = (np.rint(before * CENTS) == np.rint(after * CENTS)) | (np.isnan(before) & np.isnan(after))
    return np.asarray(score & (work.known_value("status") == work.values["status"]))


def _locked(desk: Desk, held: Known) -> Array:
    return are_sitters(desk, held.fields["exam_id"], held.fields["student_id"], locked_only=True)
