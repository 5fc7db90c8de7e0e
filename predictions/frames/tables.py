"""The tables of one or several schools, of all their students or of one chunk of them; one query for each table."""

from collections.abc import Sequence

import pandas as pd

from mlcore.schema import empty_table
from mlcore.tables import SchoolTables
from predictions.frames.asked import Chosen, Reading, Students
from predictions.frames.happened import read_attendance, read_observations, read_participation, read_results
from predictions.frames.people import AGE, FACTS, framed_students, read_demographics, read_enrolments
from predictions.frames.plans import Plans, school_plans
from predictions.frames.tallying import school_tallies
from students.models import School

AS_STORED = Reading()


def school_tables(
    schools: Sequence[School],
    *,
    students: Students = None,
    reading: Reading = AS_STORED,
    with_demographics: bool = False,
    tallies: pd.DataFrame | None = None,
    plans: Plans | None = None,
) -> SchoolTables:
    """Exams and sittings of the whole schools; all else of these students: all, a range of keys, or a list of keys.

    `with_demographics` reads all demographic facts, for figures by group. `tallies` and `plans` are those of the whole
    schools for this reading: whoever reads many chunks makes them once; otherwise they are made here.
    """
    chosen = Chosen.of(schools, students, born=AGE in reading.protected)
    plans = plans or school_plans(schools, reading)
    if tallies is None:
        tallies = empty_table("tallies") if students is None else school_tallies(schools, reading, plans=plans)
    return SchoolTables(
        students=framed_students(chosen),
        enrolments=read_enrolments(chosen, plans),
        exams=plans.exams,
        sittings=plans.sittings,
        results=read_results(chosen, reading, plans.exams),
        attendance=read_attendance(chosen, reading, plans.classes),
        observations=read_observations(chosen, reading),
        participation=read_participation(chosen, reading),
        demographics=read_demographics(chosen, FACTS if with_demographics else reading.protected),
        tallies=tallies,
    )
