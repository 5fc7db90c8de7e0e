"""Champion against challenger: what was shown beside what was said in shadow, on the same students and exams."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext_noop as _
from numpy.typing import NDArray

from mlcore.bootstrap import Draws, figure, ratio
from mlcore.metrics import coverage, errors
from mlcore.plain import plain
from mlcore.ranges.sets import RangeSet
from mlcore.report import Figure
from predictions import registry
from predictions.measuring.findings import Finding
from predictions.measuring.held import Held
from predictions.models import MeasureKind, ModelVersion, Prediction, ScoringKind, ScoringRun
from students.models import Exam, School

LEAST_ROWS = 50
LEAST_STUDENTS = 10  # fewer would be facts about persons, and no interval
READ = ("student_id", "score", "low_80", "high_80", "low_95", "high_95")
Floats = NDArray[np.float64]


def shadows(school: School, exams: Sequence[Exam], held: Held) -> list[Finding]:
    """One for each challenger of the school or of one of its subjects. `held`: what was shown of these exams."""
    pairs: dict[ModelVersion, list[tuple[Exam, ModelVersion]]] = {}
    for exam in exams:
        champion, challenger = registry.champion(school, exam.subject), registry.challenger(school, exam.subject)
        if champion and challenger:
            pairs.setdefault(challenger, []).append((exam, champion))
    return [_finding(challenger, told, held) for challenger, told in pairs.items()]


def _finding(challenger: ModelVersion, pairs: list[tuple[Exam, ModelVersion]], held: Held) -> Finding:
    """Each exam's results by the champion of its subject and by the challenger, where both had said something."""
    shown, said = [], []
    for exam, champion in pairs:
        mine = held.take((held.exam == exam.pk) & (held.version == champion.pk))
        theirs = _said_by(challenger, exam)
        rows = np.isin(mine.student, theirs[:, 0])
        shown.append(np.flatnonzero(held.exam == exam.pk)[held.version[held.exam == exam.pk] == champion.pk][rows])
        said.append(theirs[np.searchsorted(theirs[:, 0], mine.student[rows])])
    facts = compared(challenger, held.take(np.concatenate(shown)), np.concatenate(said)[:, 1:])
    facts["champions"] = sorted({champion.number for _, champion in pairs})
    return Finding(MeasureKind.SHADOW, challenger, facts["rows"], facts)


def _said_by(version: ModelVersion, exam: Exam) -> Floats:
    """The last it said in shadow of each student from before the exam, by student; the columns of READ."""
    runs = ScoringRun.objects.filter(version=version, school=exam.school, as_of__lt=exam.day)
    in_shadow = runs.filter(Q(kind=ScoringKind.SHADOW)).order_by("as_of", "pk").values_list("pk", flat=True)
    order = {run: place for place, run in enumerate(in_shadow)}
    if not order:
        return np.empty((0, len(READ)))
    rows = Prediction.objects.filter(exam=exam, score__isnull=False, run__version=version, run__kind=ScoringKind.SHADOW)
    told = rows.filter(run__as_of__lt=exam.day).order_by().values_list("run_id", *READ)
    latest: dict[int, tuple[int, tuple[Any, ...]]] = {}
    for run, *values in told.iterator(chunk_size=20_000):
        if latest.get(values[0], (-1,))[0] < order[run]:
            latest[values[0]] = (order[run], tuple(values))
    return np.array([latest[key][1] for key in sorted(latest)], dtype=np.float64).reshape(-1, len(READ))


def compared(challenger: ModelVersion, shown: Held, said: Floats) -> dict[str, Any]:
    """`said`: score and edges of the challenger, row by row beside what was shown. Nearer is positive."""
    rows, students = len(shown), len(np.unique(shown.student))
    facts: dict[str, Any] = {"rows": rows, "students": students, "exams": len(np.unique(shown.exam))}
    if rows < LEAST_ROWS or students < LEAST_STUDENTS:
        told = {"rows": rows, "least": LEAST_ROWS, "students": students, "students_least": LEAST_STUDENTS}
        sentence = _("Too few results yet: %(rows)s of %(least)s needed.") % told
        if rows >= LEAST_ROWS:
            sentence = _("Too few students yet: %(students)s of %(students_least)s needed.") % told
        return {**facts, "enough": False, "sentence": sentence}
    nearer = _nearer(shown, said[:, 0])
    figures = {
        "champion": _of_one(shown.actual, shown.score, shown.edges, shown.student),
        "challenger": _of_one(shown.actual, said[:, 0], tuple(said[:, 1:].T), shown.student),
        "difference": asdict(nearer),
    }
    return {**facts, "enough": True, **plain(figures), "sentence": sentence_of(challenger, nearer, rows)}


def _nearer(shown: Held, said: Floats) -> Figure:
    """By how many points its error is smaller on average, with an interval over students drawn again and again."""
    nearer = np.abs(shown.score - shown.actual) - np.abs(said - shown.actual)
    totals = Draws.of(shown.student).totals(np.stack([np.ones_like(nearer), nearer], axis=1))
    return figure(float(totals.all[1] / totals.all[0]), ratio(totals.drawn[:, 1], totals.drawn[:, 0]))


def _of_one(actual: Floats, score: Floats, edges: Any, students: Any) -> dict[str, Any]:
    off, held = errors(actual, score, students), coverage(actual, RangeSet(*edges), students)
    return {"mae": asdict(off.mae), "rmse": asdict(off.rmse), "coverage_80": asdict(held.hit_80)}


def sentence_of(challenger: ModelVersion, nearer: Figure, rows: int) -> str:
    """Better only where the whole interval is."""
    value, low, high = nearer.value or 0.0, nearer.low, nearer.high
    digits = 1 if abs(value) >= 0.095 else 2  # "0.1 (0.0 to 0.1), more than noise" would read like a slip
    told = {"version": challenger, "points": f"{abs(value):.{digits}f}", "rows": rows}
    if low is None or high is None or low <= 0 <= high:
        spread = {"low": f"{low or 0:.{digits}f}", "high": f"{high or 0:.{digits}f}"}
        return _(
            "%(version)s lies as near as the champion on %(rows)s results: the difference of %(points)s points "
            "(%(low)s to %(high)s) is no more than noise."
        ) % (told | spread)
    ends = sorted((abs(low), abs(high)))
    spread = {"low": f"{ends[0]:.{digits}f}", "high": f"{ends[1]:.{digits}f}"}
    nearer_told = _(
        "%(version)s is %(points)s points nearer on average (%(low)s to %(high)s) on %(rows)s results: more than noise."
    )
    further = _(
        "%(version)s is %(points)s points further off on average (%(low)s to %(high)s) on %(rows)s results: "
        "more than noise."
    )
    return (nearer_told if low > 0 else further) % (told | spread)
