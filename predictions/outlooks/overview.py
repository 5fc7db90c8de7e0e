"""A school at a glance for its leaders: by subject and class what is expected, how much of it is predicted, what is missing."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from mlcore.fairness import hidden
from portal.kit.memory import remembered
from portal.kit.scoping import grants_of
from predictions.models import MeasureKind, Measurement
from predictions.outlooks.overview_reading import NOWHERE, STEPS, Counts, Material, Said, material, step_of
from predictions.outlooks.scales import scales_for
from students.models import School, SchoolClass, Subject
from students.roles import KEEPERS

KEPT_SECONDS = 600
Ints = NDArray[np.int64]
NO_ROWS = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Cell:
    """`predicted` of `enrolled`, a student once in each subject. `mix`: how many students are expected in each of five steps of grades, from the lowest. Without `mean` nothing is
    predicted; a cell that `is_hidden` holds too few students to be told of.
    """

    students: int = 0
    predicted: int = 0
    enrolled: int = 0
    missing: int = 0
    mean: float | None = None
    passes: float | None = None
    mix: tuple[float, ...] = ()
    is_hidden: bool = False

    @property
    def is_whole(self) -> bool:
        return self.predicted >= self.enrolled


@dataclass(frozen=True, slots=True)
class Line:
    """A home class, or a grade level as one; `key` is that of the class."""

    name: str
    level: int | None
    cells: tuple[Cell, ...]
    whole: Cell
    key: int | None = None

    @property
    def is_level(self) -> bool:
        return self.key is None


@dataclass(frozen=True, slots=True)
class Overview:
    """`held`: of each subject the share of results in the 8-of-10 range; None where that is not known."""

    subjects: tuple[Subject, ...]
    lines: tuple[Line, ...]
    levels: tuple[int, ...]
    held: tuple[float | None, ...]
    exams: int
    days: tuple[date, date] | None
    at: datetime
    has_hidden: bool

    @property
    def is_empty(self) -> bool:
        return not self.lines


def read(school: School, *, on: date, now: datetime) -> tuple[Material, datetime]:
    """For who may count there. Kept for ten minutes, with the moment it was counted: a large school takes seconds."""
    kept: tuple[Material, datetime] = remembered(
        f"overview:{school.pk}:{on}", KEPT_SECONDS, lambda: (material(school, on=on), now)
    )
    return kept


def overview(school: School, *, user: Any, on: date, now: datetime, level: int | None = None) -> Overview:
    """Who keeps the school sees home class by home class; who may only count sees grade levels of ten students or more."""
    told, at = read(school, on=on, now=now)
    sees_classes = school.pk in grants_of(user).of(KEEPERS)
    homes = {each.pk: each for each in SchoolClass.objects.filter(school=school, is_home_class=True).running(on)}
    subjects = _subjects(told)
    lines = _lines(told, homes, subjects)
    levels = tuple(sorted({each.level for each in lines if each.level is not None}))
    shown = _by_level(lines, len(subjects)) if not sees_classes else lines
    if level in levels:
        shown = [each for each in shown if each.level == level]
    days = [each.day for each in told.exams]
    return Overview(
        subjects=subjects,
        lines=tuple(shown),
        levels=levels,
        held=_held(school, subjects),
        exams=len(told.exams),
        days=(min(days), max(days)) if days else None,
        at=at,
        has_hidden=any(cell.is_hidden for line in shown for cell in (*line.cells, line.whole)),
    )


def comparable(school: School, *, user: Any, on: date, now: datetime) -> Said:
    """The rows that groups are made of: all for who keeps the school, and for who may only count those of cells that are
    shown, so that a group less the cells beside it tells of nobody.
    """
    told, _at = read(school, on=on, now=now)
    if school.pk in grants_of(user).of(KEEPERS):
        return told.said
    homes = {each.pk: each for each in SchoolClass.objects.filter(school=school, is_home_class=True).running(on)}
    subjects = _subjects(told)
    shown = {
        (line.level, subject.pk)
        for line in _by_level(_lines(told, homes, subjects), len(subjects))
        for subject, cell in zip(subjects, line.cells, strict=True)
        if not cell.is_hidden
    }
    levels = {key: each.grade_level for key, each in homes.items()}
    places = zip(told.said.home.tolist(), told.said.subject.tolist(), strict=True)
    kept = np.array([(levels.get(home), subject) in shown for home, subject in places], dtype=bool)
    return Said(*(getattr(told.said, each.name)[kept] for each in fields(Said)))


def step_names(told: Material) -> tuple[str, ...]:
    """What the five steps are called by the scale of most exams; a step may hold several grades, or none."""
    scales = scales_for(told.exams).values()
    if not scales:
        return ("",) * STEPS
    grades = Counter(tuple(each.name for each in scale.grades) for scale in scales).most_common(1)[0][0]
    named: list[list[str]] = [[] for _step in range(STEPS)]
    for place, name in enumerate(grades):
        named[step_of(place, len(grades))].append(name)
    return tuple("/".join(names) for names in named)


def _subjects(told: Material) -> tuple[Subject, ...]:
    by_key = {each.subject_id: each.subject for each in told.exams}
    return tuple(sorted(by_key.values(), key=lambda each: (each.name, each.pk)))


def _lines(told: Material, homes: Mapping[int, SchoolClass], subjects: Sequence[Subject]) -> list[Line]:
    """By grade level and name; students in no home class stand last."""
    keys = {key for _subject, key in told.enrolled} | set(told.said.home.tolist())
    known = sorted(
        (homes[key] for key in keys if key in homes), key=lambda each: (each.grade_level, each.name, each.pk)
    )
    named: list[tuple[str, int | None, int]] = [(each.name, each.grade_level, each.pk) for each in known]
    if NOWHERE in keys:
        named.append((_("In no home class"), None, NOWHERE))
    rows, enrolled, missing = _rows_by_home(told.said), _by_home(told.enrolled), _by_home(told.missing)
    return [
        _line(told.said, each, rows.get(each[2], NO_ROWS), (enrolled[each[2]], missing[each[2]]), subjects)
        for each in named
    ]


def _rows_by_home(said: Said) -> dict[int, Ints]:
    """Of each home class its rows, sorted once: a school of a thousand classes is not looked through a thousand times."""
    order = np.argsort(said.home, kind="stable")
    keys, starts = np.unique(said.home[order], return_index=True)
    return dict(zip(keys.tolist(), np.split(order, starts[1:]), strict=True)) if len(keys) else {}


def _by_home(counts: Counts) -> defaultdict[int, dict[int, int]]:
    """By home class, then by subject."""
    told: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for (subject, home), count in counts.items():
        told[home][subject] = count
    return told


def _line(
    said: Said,
    named: tuple[str, int | None, int],
    rows: Ints,
    counts: tuple[Mapping[int, int], Mapping[int, int]],
    subjects: Sequence[Subject],
) -> Line:
    enrolled, missing = counts
    of = said.subject[rows]
    cells = tuple(
        cell_of(said, rows[of == each.pk], enrolled.get(each.pk, 0), missing.get(each.pk, 0)) for each in subjects
    )
    whole = cell_of(said, rows, sum(enrolled.values()), sum(missing.values()))
    name, level, key = named
    return Line(name, level, cells, whole, key)


def cell_of(said: Said, rows: Ints, enrolled: int, missing: int = 0) -> Cell:
    """`rows`: the places of the group's rows."""
    count = len(rows)
    if not count:
        return Cell(enrolled=enrolled, missing=missing)
    passing, shares = said.passing[rows], said.shares[rows]
    return Cell(
        students=len(np.unique(said.student[rows])),
        predicted=count,
        enrolled=max(enrolled, count),
        missing=missing,
        mean=float(said.score[rows].mean()),
        passes=float(passing.mean()) if np.isfinite(passing).all() else None,
        mix=tuple(shares.sum(axis=0).tolist()) if np.isfinite(shares).all() else (),
    )


def _by_level(lines: Sequence[Line], subjects: int) -> list[Line]:
    """Grade levels as one, small ones hidden, and where one is hidden another may be too."""
    levels = sorted({each.level for each in lines if each.level is not None})
    parts = {level: [each for each in lines if each.level == level] for level in levels}
    columns = [
        hide([merged([line.cells[place] for line in parts[level]]) for level in levels]) for place in range(subjects)
    ]
    wholes = hide([merged([line.whole for line in parts[level]]) for level in levels])
    return [_level_line(level, [column[at] for column in columns], wholes[at]) for at, level in enumerate(levels)]


def _level_line(level: int, cells: list[Cell], whole: Cell) -> Line:
    """Where a subject is hidden so is the whole, or the whole less the others would tell of it."""
    is_safe = not any(each.is_hidden for each in cells)
    return Line(_("Grade %s") % level, level, tuple(cells), whole if is_safe else Cell(is_hidden=True))


def merged(cells: Sequence[Cell]) -> Cell:
    """Several groups as one; of each figure the mean over students."""
    told = [each for each in cells if each.mean is not None]
    predicted = sum(each.predicted for each in told)
    enrolled, missing = sum(each.enrolled for each in cells), sum(each.missing for each in cells)
    if not predicted:
        return Cell(enrolled=enrolled, missing=missing)
    has_passes, has_mix = all(each.passes is not None for each in told), all(each.mix for each in told)
    return Cell(
        students=sum(each.students for each in told),
        predicted=predicted,
        enrolled=enrolled,
        missing=missing,
        mean=sum((each.mean or 0) * each.predicted for each in told) / predicted,
        passes=sum((each.passes or 0) * each.predicted for each in told) / predicted if has_passes else None,
        mix=tuple(sum(each.mix[step] for each in told) for step in range(STEPS)) if has_mix else (),
    )


def hide(cells: Sequence[Cell]) -> list[Cell]:
    """Cells of fewer than ten students, and as many more as it takes that the rest does not tell of them."""
    silent = hidden([each.students for each in cells if each.predicted])
    places = [place for place, each in enumerate(cells) if each.predicted]
    covered = {places[each] for each in silent}
    return [Cell(is_hidden=True) if place in covered else each for place, each in enumerate(cells)]


def _held(school: School, subjects: Sequence[Subject]) -> tuple[float | None, ...]:
    """From the last look at past predictions; of each version the newest, of those the one that stands behind most."""
    rows = Measurement.objects.filter(school=school, kind=MeasureKind.RESULTS, exam=None, facts__enough=True)
    facts = rows.order_by("-pk").values_list("facts", flat=True).first() or {}
    told = [each for each in facts.get("parts", ()) if each["by"] == "subject" and not each.get("hidden")]
    by_name = {each["name"]: each["hit_80"]["value"] for each in told}
    return tuple(by_name.get(each.name) for each in subjects)
