"""The grade scale of an exam as outlooks draw it: grades from the lowest to the highest, and the pass mark."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from portal.kit.memory import remembered
from predictions.outlooks.contract import Grade, Scale
from predictions.specs import grade_scale_of
from students.models import Exam

KEPT_SECONDS = 300
USUAL_PASS = 50.0
Plain = tuple[float, tuple[tuple[float, str], ...]]


def scale_for(exam: Exam) -> Scale:
    return scales_for([exam])[exam.pk]


def scales_for(exams: Iterable[Exam]) -> dict[int, Scale]:
    """By exam; a few queries for each scale, or none: kept for some minutes. Reads `exam.subject`."""
    known: dict[tuple[int, int | None], Scale] = {}
    told = {}
    for exam in exams:
        mark = (exam.school_id, exam.subject.grade_scale_id)
        if mark not in known:
            known[mark] = _scale(*_kept(exam))
        told[exam.pk] = known[mark]
    return told


def _kept(exam: Exam) -> Plain:
    """Without words of any language, for everybody is given the same."""
    key = f"outlook-scale:{exam.school_id}:{exam.subject.grade_scale_id}"
    return remembered(key, KEPT_SECONDS, lambda: _read(exam))


def _read(exam: Exam) -> Plain:
    """By the rule that decides which chances a scoring asks for (predictions/specs.py)."""
    scale = grade_scale_of(exam.school, exam.subject)
    if scale is None:
        return USUAL_PASS, ()
    named = sorted((float(each.least), each.grade) for each in scale.boundaries.all())
    return float(scale.pass_mark), tuple(named)


def _scale(pass_mark: float, named: tuple[tuple[float, str], ...]) -> Scale:
    grades = [Grade(name, least if least > 0 else None, least >= pass_mark) for least, name in named]
    if grades and grades[0].least is not None:
        grades.insert(0, Grade(_("below %s") % grades[0].name, None, False))
    return Scale(pass_mark, tuple(grades))
