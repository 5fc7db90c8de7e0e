"""Predictions of one exam as a file for other systems: in the exam's own points, written whole or not at all.

Rows are read as plain values a batch at a time and shaped in columns; no record is made an object.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.kit.errors import DomainError, NotReady
from portal.kit.filing import WRITERS
from predictions.models import Prediction, ScoringKind, ScoringRun
from predictions.models.predictions import PredictionQuerySet
from predictions.packing import rows_of
from predictions.specs import scale_of
from students.models import Exam

BATCH = 20_000
POINTS = ("score", "low_80", "high_80", "low_95", "high_95")
READ = ("student_id", "student__external_id", *POINTS, "cause", "chances", "run_id")


class NotWritten(DomainError):
    """The file is not there, or is what it was before."""

    code = "not_written"


@dataclass(frozen=True)
class Wanted:
    """Which predictions: what is shown now; those of one `run`; or what was said by a day, each student's last then.

    `rows`: those a person may see, where a person asks.
    """

    exam: Exam
    run: ScoringRun | None = None
    as_of: date | None = None
    rows: PredictionQuerySet = field(default_factory=Prediction.objects.all)

    @property
    def chosen(self) -> PredictionQuerySet:
        rows = self.rows.filter(exam=self.exam)
        if self.run is not None:
            return rows.filter(run=self.run)
        if self.as_of is None:
            return rows.current()
        return rows.filter(_by_day(self.as_of))


def _by_day(day: date) -> Q:
    """What was shown, and what was asked for that very day afterwards; never what only ran in shadow."""
    return Q(run__is_shown=True, run__as_of__lte=day) | Q(run__kind=ScoringKind.REPLAY, run__as_of=day)


def export(wanted: Wanted, path: Path, *, by: Any) -> int:
    """Write the file, readable by its owner alone; its ending says the format. Returns the number of rows.

    Raises NotReady where there is nothing to write, NotWritten where it cannot be written.
    """
    if path.suffix not in WRITERS:
        told = {"name": path.name, "known": ", ".join(WRITERS)}
        raise NotWritten(_("%(name)s: expected a file ending in one of %(known)s.") % told, code="unknown_format")
    try:
        return _written_whole(wanted, path, by)
    except OSError as error:
        told = {"path": str(path), "why": error.strerror or type(error).__name__}
        raise NotWritten(_("%(path)s cannot be written: %(why)s.") % told) from error


def _written_whole(wanted: Wanted, path: Path, by: Any) -> int:
    """Beside its place under another name first. The move there and the line about it happen both or neither."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)  # mode 0600
    os.close(handle)
    try:
        count = WRITERS[path.suffix](Path(name), frames(wanted))
        with transaction.atomic():
            record(by, "predictions exported", wanted.exam, rows=count, format=path.suffix[1:])
            Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    return count


def frames(wanted: Wanted) -> Iterator[pd.DataFrame]:
    """The rows by student's key, a batch at a time, each with the same columns. Raises NotReady where there are none."""
    shapes = _Shapes.of(wanted)
    order = ("student_id", "-run__as_of", "-run_id")
    found = wanted.chosen.order_by(*order).values_list(*READ).iterator(chunk_size=BATCH)
    last = _only_first(found) if wanted.as_of is not None else found
    while batch := list(islice(last, BATCH)):
        yield shapes.shaped(batch)


def _only_first(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Of each student the first row."""
    before = None
    for row in rows:
        if row[0] != before:
            yield row
        before = row[0]


@dataclass(frozen=True)
class _Shapes:
    """What all rows share: the exam's maximum, its boundaries, and the version and day of each run."""

    points: float
    pass_mark: float
    boundaries: tuple[float, ...]
    runs: dict[int, tuple[int, str, tuple[float, ...]]]

    @classmethod
    def of(cls, wanted: Wanted) -> "_Shapes":
        exam = wanted.exam
        keys = wanted.chosen.order_by().values_list("run_id", flat=True).distinct()
        named = ScoringRun.objects.filter(pk__in=list(keys)).annotate(number=F("version__number"))
        runs = {
            pk: (number, as_of.isoformat(), tuple(bounds[str(exam.pk)]))
            for pk, number, as_of, bounds in named.values_list("pk", "number", "as_of", "boundaries")
        }
        if not runs:
            raise NotReady(_("Nothing was predicted for “%s” that could be written.") % exam, code="no_predictions")
        marks = sorted({mark for _number, _day, bounds in runs.values() for mark in bounds})
        return cls(float(exam.maximum) / 100, scale_of(exam.school, exam.subject)[0], tuple(marks), runs)

    def shaped(self, batch: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
        student, external, *told = zip(*batch, strict=True)
        *figures, cause, chances, run = told
        runs = np.array(run, dtype=np.int64)
        percents = np.array(figures, dtype=np.float64).round(6)
        names = (name.replace("_", "") for name in POINTS)
        return pd.DataFrame(
            {
                "external_id": [name or str(key) for key, name in zip(student, external, strict=True)],
                **dict(zip(names, (percents * self.points).round(2), strict=True)),
                **self._chances(runs, chances),
                "version": [self.runs[key][0] for key in run],
                "as_of": [self.runs[key][1] for key in run],
                "cause": list(cause),
            }
        )

    def _chances(self, runs: Any, stored: Sequence[bytes]) -> dict[str, Any]:
        """Runs of other days may have had other boundaries; a chance that was not told is empty."""
        values = np.full((len(stored), len(self.boundaries)), np.nan)
        for key in np.unique(runs):
            rows = np.flatnonzero(runs == key)
            places = np.array([self.boundaries.index(mark) for mark in self.runs[int(key)][2]])
            values[rows[:, None], places] = rows_of([stored[row] for row in rows.tolist()]).reshape(
                len(rows), len(places)
            )
        told = {f"chance_{mark:g}": column for mark, column in zip(self.boundaries, values.round(4).T, strict=True)}
        return {"chance_pass": told.get(f"chance_{self.pass_mark:g}", np.full(len(stored), np.nan)), **told}
