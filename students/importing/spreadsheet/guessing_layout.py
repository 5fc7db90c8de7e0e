"""What a row of a file seems to be: a student, a result, an attendance mark, an observation, or a place in a class."""

from collections.abc import Mapping, Sequence

from students.importing.mapping import Layout
from students.importing.spreadsheet.naming_columns import Named
from students.importing.spreadsheet.samples import Sample

PLACES = frozenset({"school_class", "subject", "term", "starts", "ends", "grade_level"})
NAMES = ("external_id", "name", "family_name")
# Cells of attendance, folded: what they mean.
ATTENDANCE = {
    **dict.fromkeys(("p", "present", "here", "/", "\\", "anwesend", "da", "presente", "présent", "+", "yes", "x"), "P"),
    **dict.fromkeys(("l", "late", "tardy", "verspätet", "zu spät", "v", "retard", "tarde", "u"), "L"),
    **dict.fromkeys(("a", "absent", "abs", "unexcused", "fehlt", "f", "abwesend", "unentschuldigt", "ausente", "n", "no"), "A"),
    **dict.fromkeys(("e", "excused", "authorised", "authorized", "entschuldigt", "excusé", "justificado", "m", "i"), "E"),
}  # fmt: skip


def guess_layout(student: Mapping[str, Named], row: Mapping[str, Named], marks: Sequence[Sample]) -> Layout:
    """`student` and `row`: the columns by the facts they would be; `marks`: those that look like marks of one exam each."""
    if _has(row, "indicator", "value"):
        return Layout.OBSERVATIONS
    if _has(row, "status", "day") and is_attendance(row["status"].sample) and "exam" not in row:
        return Layout.ATTENDANCE
    if "score" in row and ("exam" in row or _is_of_subjects(student, row)) and len(marks) <= 1:
        return Layout.RESULTS
    if _has(row, "school_class") and not marks and _is_of_places(student, row):
        return Layout.ENROLMENTS
    return Layout.STUDENTS


def _has(row: Mapping[str, Named], *facts: str) -> bool:
    return all(fact in row for fact in facts)


def is_attendance(sample: Sample) -> bool:
    return all(text.casefold() in ATTENDANCE for text in sample.tried)


def _who(student: Mapping[str, Named]) -> Sample | None:
    return next((student[fact].sample for fact in NAMES if fact in student), None)


def _repeats(student: Mapping[str, Named]) -> bool:
    """Students stand in several rows, so a row is something else."""
    who = _who(student)
    return who is not None and who.distinct < 0.9 * who.said


def _is_of_subjects(student: Mapping[str, Named], row: Mapping[str, Named]) -> bool:
    return "subject" in row and _repeats(student)


def _is_of_places(student: Mapping[str, Named], row: Mapping[str, Named]) -> bool:
    """Students in several classes; or hardly anything is said but which class, and since when or in which subject."""
    if _repeats(student):
        return True
    return bool({"subject", "term"} & set(row)) and not {"birth_date", "gender"} & set(student)
