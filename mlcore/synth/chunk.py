"""All rows of some students of the made-up school, as columns; drawn block by block."""

from dataclasses import dataclass, fields

import numpy as np

from mlcore.errors import MLError
from mlcore.synth.draw import BLOCK, NO_DAY, Array, Columns, chosen, joined
from mlcore.synth.habits import draw_habits, observations, participation
from mlcore.synth.marks import Life, results
from mlcore.synth.people import People, draw_people
from mlcore.synth.plan import SchoolPlan
from mlcore.synth.presence import attendance, draw_presence
from mlcore.synth.roll import Roll, draw_roll, enrolments
from mlcore.synth.subjects import GRADES


@dataclass(frozen=True, slots=True)
class SynthChunk:
    """The students numbered `start` to `stop` - 1; each table is columns sorted by student.

    Days are days since 1970, NO_DAY is no day; codes are positions in the lists of mlcore.schema,
    mlcore.synth.people and mlcore.synth.habits, and -1 is no value.
    """

    start: int
    stop: int
    people: Columns
    enrolments: Columns
    results: Columns
    attendance: Columns
    observations: Columns
    participation: Columns


TABLE_NAMES = tuple(f.name for f in fields(SynthChunk) if f.name not in ("start", "stop"))


def students(plan: SchoolPlan, start: int, stop: int) -> SynthChunk:
    """Every row of these students. Whole blocks are drawn and cut, so borders change nothing;
    chunks that begin at multiples of 256 waste nothing."""
    if not 0 <= start < stop <= plan.spec.students:
        raise MLError(f"There are no students {start} to {stop - 1}.", code="no_such_students")
    blocks = [_cut(_block(plan, b), start, stop) for b in range(start // BLOCK, -(-stop // BLOCK))]
    return SynthChunk(start, stop, **{n: joined([b[n] for b in blocks]) for n in TABLE_NAMES})


def _block(plan: SchoolPlan, block: int) -> dict[str, Columns]:
    people = draw_people(plan, block)
    roll = draw_roll(plan, block, people)
    presence = draw_presence(plan, block, people, roll)
    habits = draw_habits(plan, block, people)
    return {
        "people": _records(plan, people, roll),
        "enrolments": enrolments(plan, people, roll),
        "results": results(plan, block, Life(people, roll, presence, habits)),
        "attendance": attendance(plan, block, people, roll, presence),
        "observations": observations(plan, block, people, roll, habits),
        "participation": participation(plan, people, roll, habits),
    }


def _cut(tables: dict[str, Columns], start: int, stop: int) -> dict[str, Columns]:
    return {name: _sorted(columns, start, stop) for name, columns in tables.items()}


def _sorted(columns: Columns, start: int, stop: int) -> Columns:
    if (np.diff(columns["student"]) < 0).any():
        columns = chosen(columns, np.argsort(columns["student"], kind="stable"))
    low, high = np.searchsorted(columns["student"], (start, stop))
    return chosen(columns, slice(low, high))


def _records(plan: SchoolPlan, people: People, roll: Roll) -> Columns:
    """What the school's own record says of each student; the unseen traits stay unseen."""
    seen = (
        "birth_date", "gender", "ethnicity", "parental_education", "lunch_programme",
        "home_language", "name_origin", "guardians",
    )  # fmt: skip
    ends = np.where(roll.ends <= plan.today, roll.ends, NO_DAY).astype(np.int32)
    return {
        "student": people.student,
        "grade_level": _grade_level(plan, people, roll),
        "letter": np.where(roll.moves <= plan.today, roll.next_letter, roll.letter),
        "starts": roll.starts,
        "ends": ends,
        **{name: getattr(people, name) for name in seen},
    }


def _grade_level(plan: SchoolPlan, people: People, roll: Roll) -> Array:
    """The grade now, or the last one of those who left."""
    year_of_end = np.searchsorted(plan.year_spans[:, 0], roll.ends, side="right") - 1
    year = np.minimum(year_of_end, roll.last_year)
    return (GRADES[0] + plan.grade_in(people.cohort, year)).astype(np.int8)
