"""A look at all versions of a school whose predictions met results. Reads and computes; findings are stored elsewhere."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext as _

from mlcore.metrics import LEAST_STUDENTS
from mlcore.plain import plain
from portal.jobs.running import Progress
from predictions import comparing
from predictions.measuring.drifting import drifts
from predictions.measuring.figures import facts_of, group_sentence
from predictions.measuring.findings import Finding
from predictions.measuring.held import Held, read, together
from predictions.measuring.parts import Names, parts_of
from predictions.models import CurrentPrediction, MeasureKind, ModelVersion
from students.models import Exam, Result, ResultStatus, School

WINDOW = timedelta(days=180)


def measure(school: School, *, on: date, progress: Progress, exams: list[int] | None = None) -> list[Finding]:
    """Of the named exams; without names of all of the last months, and then also the whole, the drift and the challenger."""
    past = past_exams(school, on)
    named = past if exams is None else [exam for exam in past if exam.pk in set(exams)]
    found: list[Finding] = []
    held: list[Held] = []
    names = Names(school)
    for place, exam in enumerate(named):
        progress(place, len(named) + 1, _("Holding predictions against results."))
        rows = read(exam)
        found += _of_exam(rows, exam, names)
        held.append(rows)
    if exams is not None:
        return found
    whole = together(held) if held else None
    if whole is not None:
        found += [_finding(version, _without_few(part), names) for version, part in _by_version(whole)]
        found += comparing.shadows(school, past, whole)
    return found + drifts(school, on=on)


def past_exams(school: School, on: date) -> list[Exam]:
    """Exams of the last months with scored results, for which something was shown."""
    shown = CurrentPrediction.objects.filter(exam=OuterRef("pk"))
    scored = Result.objects.filter(exam=OuterRef("pk"), status=ResultStatus.SCORED)
    exams = Exam.objects.filter(school=school, day__gt=on - WINDOW, day__lte=on).filter(Exists(shown), Exists(scored))
    return list(exams.select_related("school", "subject__grade_scale").order_by("day", "pk"))


def _of_exam(rows: Held, exam: Exam, names: Names) -> Iterator[Finding]:
    """`unsaid`: results for which no score had been told."""
    scored = Result.objects.filter(exam=exam, status=ResultStatus.SCORED).aggregate(count=Count("pk"))["count"]
    for version, part in _by_version(rows):
        found = _finding(version, part, names, exam)
        found.facts.update(day=exam.day.isoformat(), unsaid=scored - len(rows))
        yield found


def _by_version(held: Held) -> Iterator[tuple[ModelVersion, Held]]:
    versions = ModelVersion.objects.select_related("school").in_bulk([int(each) for each in np.unique(held.version)])
    for pk, version in sorted(versions.items()):
        rows = held.version == pk
        yield version, held if rows.all() else held.take(rows)


def _without_few(held: Held) -> Held:
    """Less the exams of fewer than ten students, where these are fewer than ten together: otherwise the whole, less the
    exams that are told, would tell of them.
    """
    _, place = np.unique(held.exam, return_inverse=True)
    step = int(held.student.max()) + 1
    sizes = np.bincount(np.unique(place * step + held.student) // step)
    few = (sizes < LEAST_STUDENTS)[place]
    if few.all() or len(np.unique(held.student[few])) >= LEAST_STUDENTS:
        return held
    return held.take(~few)


def _finding(version: ModelVersion, held: Held, names: Names, exam: Exam | None = None) -> Finding:
    facts = facts_of(held)
    if facts["enough"]:
        facts["parts"] = plain(parts_of(held, names.of(held)))
        facts["groups"] = group_sentence(held, names.groups_of(held))
    return Finding(MeasureKind.RESULTS, version, len(held), facts, exam)
