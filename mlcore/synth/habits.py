"""What students of a block do beside lessons, and what the school notes of it: its indicators."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from mlcore.synth.draw import BLOCK, NO_DAY, Array, Columns, chosen, epoch, joined, sigmoid, stream
from mlcore.synth.people import People
from mlcore.synth.plan import SchoolPlan
from mlcore.synth.roll import Roll
from mlcore.synth.subjects import GRADES


@dataclass(frozen=True, slots=True)
class Indicator:
    """`low` to `high` bound a number; `asked`: the share of students who have a value each time."""

    key: str
    label: str
    kind: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    asked: float = 1.0


READING = ("never", "sometimes", "often", "daily")
INDICATORS = (
    Indicator("study_hours", "Study hours a week", "number", "h", 0, 60, asked=0.85),
    Indicator("previous_gpa", "Previous GPA", "number", "", 0, 4, asked=0.93),
    Indicator("assignments", "Assignments completed", "number", "%", 0, 100, asked=0.95),
    Indicator("prep_course", "Test preparation course", "yes_no", asked=0.90),
    Indicator("reading", "Reading habit", "category", choices=READING, asked=0.85),
)
HOURS, GPA, ASSIGNMENTS, PREP, READS = range(len(INDICATORS))

ACTIVITIES = (
    ("Football", "sport"), ("Swimming", "sport"), ("Athletics", "sport"), ("Basketball", "sport"),
    ("Choir", "club"), ("Drama", "club"), ("Chess", "club"), ("Science club", "club"),
)  # fmt: skip
SPORTS = 4
LEVELS = ("beginner", "regular", "competitive")
LEVEL_EDGES = (0.45, 0.85)


@dataclass(frozen=True, slots=True)
class Habits:
    """True values by student, and by student and year or term. `activity` (a code, or -1), `level`
    and `active_to` are by student, year and (sport, club); `active_from` by student and year."""

    hours: Array
    reading: Array
    prep: Array
    assignments: Array
    gpa: Array
    activity: Array
    level: Array
    active_from: Array
    active_to: Array


def draw_habits(plan: SchoolPlan, block: int, people: People) -> Habits:
    rng = stream(plan.spec.seed, "habits", block)
    years = len(plan.years)
    typical = np.exp(1.75 + 0.45 * people.effort + 0.30 * rng.normal(size=BLOCK))
    hours = typical[:, None] * np.exp(0.15 * rng.normal(size=(BLOCK, 3 * years)))
    likes = 0.4 * people.support + 0.3 * people.ability + 0.85 * rng.normal(size=BLOCK)
    prepares = sigmoid(-0.9 + 0.5 * people.opportunity)[:, None]
    done = 1.6 + 0.9 * people.effort[:, None] + 0.5 * rng.normal(size=(BLOCK, 3 * years))
    gpa = 2.5 + 0.65 * people.ability[:, None] + 0.25 * rng.normal(size=(BLOCK, years))
    activity, level, active_from, active_to = _activities(plan, rng, people)
    return Habits(
        hours=np.minimum(hours, 40.0),
        reading=np.searchsorted((-1.0, 0.1, 1.0), likes).astype(np.int8),
        prep=rng.random((BLOCK, years)) < prepares,
        assignments=100 * sigmoid(done),
        gpa=np.clip(gpa, 0, 4),
        activity=activity,
        level=level,
        active_from=active_from,
        active_to=active_to,
    )


def observations(plan: SchoolPlan, block: int, people: People, roll: Roll, habits: Habits) -> Columns:
    """What was noted: rounded, as students say it, with gaps, and a few days late."""
    rng = stream(plan.spec.seed, "observations", block)
    none = np.full(BLOCK, -1, np.int8)
    blank = np.full(BLOCK, np.nan)
    parts = []
    for year, first in enumerate(plan.years):
        said = habits.hours[:, 3 * year : 3 * year + 3] * np.exp(0.2 * rng.normal(size=(BLOCK, 3)))
        noted = [
            (GPA, date(first, 9, 8), np.round(habits.gpa[:, year], 2), none),
            (READS, date(first, 10, 12), blank, habits.reading),
            (PREP, date(first + 1, 2, 9), habits.prep[:, year].astype(np.float64), none),
        ]
        for n, term in enumerate(plan.terms[4 * year + 1 : 4 * year + 4]):
            hours = np.round(2 * np.minimum(said[:, n], 60)) / 2
            share = np.round(habits.assignments[:, 3 * year + n])
            noted += [
                (HOURS, date.fromordinal(term.starts.toordinal() + 20), hours, none),
                (ASSIGNMENTS, date.fromordinal(term.ends.toordinal() - 8), share, none),
            ]
        for note in noted:
            here = _here_on(plan, people, roll, year, note[1])
            parts.append(_noted(plan, rng, people, here, note))
    return joined(parts)


def participation(plan: SchoolPlan, people: People, roll: Roll, habits: Habits) -> Columns:
    """A sport and a club for some, from September or from the day of joining."""
    parts = []
    for year in range(len(plan.years)):
        here = _here_in(plan, people, roll, year)
        for n in range(2):
            starts = np.maximum(habits.active_from[:, year], roll.starts)
            ends = np.minimum(habits.active_to[:, year, n], roll.ends)
            joins = here & (habits.activity[:, year, n] >= 0) & (starts < ends)
            rows = {
                "student": people.student,
                "activity": habits.activity[:, year, n],
                "level": habits.level[:, year, n],
                "starts": starts,
                "ends": np.where(ends <= plan.today, ends, NO_DAY),
                "known_on": starts,
            }
            parts.append(chosen(rows, joins & (starts <= plan.today)))
    return joined(parts)


def _activities(plan: SchoolPlan, rng: np.random.Generator, people: People) -> tuple[Array, Array, Array, Array]:
    """Code or -1, level, first and last day, by student, year and (sport, club)."""
    shape = (BLOCK, len(plan.years), 2)
    chance = np.stack([np.full(BLOCK, 0.38), sigmoid(-0.8 + 0.3 * people.effort)], axis=1)
    does = rng.random(shape) < chance[:, None, :]
    which = rng.integers(0, SPORTS, shape) + np.array([0, SPORTS])
    level = np.searchsorted(LEVEL_EDGES, rng.random(shape)).astype(np.int8)
    starts = np.array([epoch(date(first, 9, 14)) for first in plan.years], np.int32)
    ends = np.broadcast_to(plan.year_spans[None, :, 1, None], shape)
    early = starts[None, :, None] + rng.integers(40, 200, shape)
    ends = np.where(rng.random(shape) < 0.12, early, ends).astype(np.int32)
    first = np.broadcast_to(starts, (BLOCK, len(starts)))
    return np.where(does, which, -1).astype(np.int8), level, first, ends


def _noted(
    plan: SchoolPlan,
    rng: np.random.Generator,
    people: People,
    here: Array,
    note: tuple[int, date, Array, Array],
) -> Columns:
    """One indicator on one day, for those on the roll who were asked and answered by today."""
    indicator, day, value, category = note
    noted = np.full(BLOCK, epoch(day), np.int32)
    known = noted + rng.integers(0, 8, BLOCK, np.int32)
    answers = rng.random(BLOCK) < INDICATORS[indicator].asked
    rows = {
        "student": people.student,
        "indicator": np.full(BLOCK, indicator, np.int8),
        "value": value.astype(np.float32),
        "category": category,
        "day": noted,
        "known_on": known,
    }
    return chosen(rows, here & answers & (known <= plan.today))


def _here_on(plan: SchoolPlan, people: People, roll: Roll, year: int, day: date) -> Array:
    on_roll = (roll.starts <= epoch(day)) & (roll.ends >= epoch(day))
    return _here_in(plan, people, roll, year) & on_roll


def _here_in(plan: SchoolPlan, people: People, roll: Roll, year: int) -> Array:
    grade = plan.grade_in(people.cohort, year)
    begins, closes = plan.year_spans[year]
    inside = (roll.starts <= closes) & (roll.ends >= begins)
    return np.asarray((grade >= 0) & (grade < len(GRADES)) & inside)
