"""The tallies of whole schools, made once for all chunks of a run: stretch by stretch, so that they fit in memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from mlcore.layout.levels import EXACT
from mlcore.schema import TABLES, empty_table
from mlcore.tables import SchoolTables
from mlcore.tallies import tallies_of
from predictions.frames.asked import Chosen, Reading, Students
from predictions.frames.happened import read_results
from predictions.frames.people import read_enrolments
from predictions.frames.plans import Plans, school_plans
from students.models import School

KEYS = list(TABLES["tallies"].unique)


def school_tallies(
    schools: Sequence[School],
    reading: Reading,
    until: date | None = None,
    *,
    students: Students = None,
    plans: Plans | None = None,
) -> pd.DataFrame:
    """What `tallies_of` says of these whole schools; with `until`, as far as it was known on that day.

    `students`: of these alone, so that several workers can share the counting; `added` puts their parts together. In
    SQL a mark would have to find its class among all enrolments of the student again and again; mlcore does it at once.
    """
    reading = replace(reading, until=until) if until else reading
    return added(_parts(Chosen.of(schools, students), reading, plans or school_plans(schools, reading)))


def added(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Tallies of different students as one; sums are whole hundred-millionths, so no order of adding changes them."""
    told = [part for part in parts if len(part)]
    if len(told) < 2:
        return told[0] if told else empty_table("tallies")
    rows = pd.concat(told, ignore_index=True)
    rows["total"] = np.rint(rows["total"] * EXACT).astype(np.int64)
    summed = rows.groupby(KEYS, dropna=False, sort=True, as_index=False, observed=True)[["count", "total"]].sum()
    return summed.assign(total=summed["total"] / EXACT)


def _parts(chosen: Chosen, reading: Reading, plans: Plans) -> Iterator[pd.DataFrame]:
    for stretch in chosen.stretches:
        some = replace(chosen, stretches=(stretch,))
        results = read_results(some, reading, plans.exams)
        yield tallies_of(SchoolTables.of(exams=plans.exams, enrolments=read_enrolments(some, plans), results=results))
