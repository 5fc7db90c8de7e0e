"""When each student of a block is on the roll, and where: joiners, leavers, movers."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from mlcore.synth.draw import BLOCK, FAR, NO_DAY, Array, Columns, chosen, epoch, joined, stream
from mlcore.synth.people import People
from mlcore.synth.plan import SchoolPlan
from mlcore.synth.subjects import GRADES, SUBJECTS

JOINERS, LEAVERS, MOVERS = 0.07, 0.06, 0.04


@dataclass(frozen=True, slots=True)
class Roll:
    """`starts` and `ends` are the first and last day on the roll (FAR: no end yet); from `moves`
    on, a student is in the home group `next_letter` (FAR: never moves); `late` joined mid-way."""

    starts: Array
    ends: Array
    moves: Array
    letter: Array
    next_letter: Array
    late: Array
    first_year: Array
    last_year: Array

    def letter_on(self, days: Array) -> Array:
        """The home group's letter of each student (rows) on each day (columns)."""
        moved = days[None, :] >= self.moves[:, None]
        return np.where(moved, self.next_letter[:, None], self.letter[:, None])

    def present_on(self, days: Array) -> Array:
        """Whether each student (rows) is on the roll on each day (columns)."""
        return (days >= self.starts[:, None]) & (days <= self.ends[:, None])


def draw_roll(plan: SchoolPlan, block: int, people: People) -> Roll:
    rng = stream(plan.spec.seed, "roll", block)
    first_year = np.maximum(plan.current_year - people.cohort, 0)
    last_year = np.minimum(plan.current_year - people.cohort + len(GRADES) - 1, plan.current_year)
    low, high = _span(plan, first_year, last_year)
    starts, late = _starts(plan, rng, people, low, high)
    ends = _ends(plan, rng, people, starts, high)
    moves = _day_within(plan, rng, low, high)
    stays = (rng.random(BLOCK) >= MOVERS) | (plan.letters == 1)
    stays |= (moves <= starts) | (moves > ends)
    return Roll(
        starts=starts,
        ends=ends,
        moves=np.where(stays, FAR, moves).astype(np.int32),
        letter=people.letter,
        next_letter=(people.letter + 1) % plan.letters,
        late=late,
        first_year=first_year,
        last_year=last_year,
    )


def enrolments(plan: SchoolPlan, people: People, roll: Roll) -> Columns:
    """One row per student, class and stay; ends that lie after today are not known."""
    years = [_stays(plan, people, roll, year) for year in range(len(plan.years))]
    stays = joined([part for parts in years for part in parts])
    count = len(SUBJECTS)
    rows = {name: np.repeat(values, count) for name, values in stays.items()}
    subject = np.tile(np.arange(count), len(stays["student"]))
    grade, letter, year = rows.pop("grade"), rows.pop("letter"), rows["year"]
    rows["school_class"] = plan.class_at(year, grade, letter, subject)
    rows["subject"] = subject.astype(np.int8)
    return rows


def _stays(plan: SchoolPlan, people: People, roll: Roll, year: int) -> list[Columns]:
    """Who is in which home group in a year: before a move, and after it."""
    begins, closes = plan.year_spans[year]
    grade = plan.grade_in(people.cohort, year)
    here = (grade >= 0) & (grade < len(GRADES)) & (roll.starts <= closes) & (roll.ends >= begins)
    starts, ends = np.maximum(roll.starts, begins), np.minimum(roll.ends, closes)
    listed = np.maximum(plan.planning_days[year], np.where(roll.late, roll.starts, 0))
    shared = {"student": people.student, "grade": grade, "year": np.full(BLOCK, year, np.int8)}
    before = shared | {
        "letter": roll.letter,
        "starts": starts,
        "ends": _known_end(plan, np.minimum(ends, roll.moves - 1)),
        "known_on": listed,
    }
    after_starts = np.maximum(starts, roll.moves)
    after = shared | {
        "letter": roll.next_letter,
        "starts": after_starts,
        "ends": _known_end(plan, ends),
        "known_on": np.maximum(listed, roll.moves),
    }
    return [
        chosen(before, here & (starts < roll.moves)),
        chosen(after, here & (after_starts <= ends)),
    ]


def _known_end(plan: SchoolPlan, ends: Array) -> Array:
    return np.where(ends <= plan.today, ends, NO_DAY).astype(np.int32)


def _span(plan: SchoolPlan, first_year: Array, last_year: Array) -> tuple[Array, Array]:
    """The school days up to today, as positions from low to below high, that a cohort is here."""
    edges = np.searchsorted(plan.day_year, np.arange(len(plan.years) + 1))
    edges = np.minimum(edges, len(plan.past_days))
    return edges[first_year], edges[last_year + 1]


def _day_within(plan: SchoolPlan, rng: np.random.Generator, low: Array, high: Array) -> Array:
    """A school day of the span, or FAR if it is empty."""
    where = low + (rng.random(BLOCK) * (high - low)).astype(np.int64)
    days = plan.school_days[np.minimum(where, len(plan.school_days) - 1)]
    return np.where(high > low, days, FAR)


def _starts(plan: SchoolPlan, rng: np.random.Generator, people: People, low: Array, high: Array) -> tuple[Array, Array]:
    """First day on the roll: with the cohort in grade 7, or, late, within the recorded years."""
    entries = [epoch(date(plan.years[-1] - c, 9, 1)) for c in range(plan.cohorts)]
    day = _day_within(plan, rng, low, high)
    late = (rng.random(BLOCK) < JOINERS) & (day < FAR)
    return np.where(late, day, np.array(entries)[people.cohort]).astype(np.int32), late


def _ends(plan: SchoolPlan, rng: np.random.Generator, people: People, starts: Array, high: Array) -> Array:
    """Last day on the roll: the end of grade 11, or earlier; a future one is not decided yet."""
    last = np.minimum(plan.current_year - people.cohort + len(GRADES) - 1, plan.current_year)
    closes = plan.year_spans[last, 1]
    ends = np.where((people.cohort >= len(GRADES)) & (closes <= plan.today), closes, FAR)
    since = np.searchsorted(plan.past_days, starts)
    low = np.minimum(since + 20, high)
    day = _day_within(plan, rng, low, high)
    leaves = (rng.random(BLOCK) < LEAVERS * (1.3 - 0.3 * np.tanh(people.support))) & (day < FAR)
    return np.where(leaves, day, ends).astype(np.int32)
