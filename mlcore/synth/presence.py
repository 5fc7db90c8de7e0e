"""One mark a day for each student of a block: absences come in spells, and they are not equal."""

from dataclasses import dataclass

import numpy as np

from mlcore.schema import ATTENDANCE_STATUSES
from mlcore.synth.draw import BLOCK, Array, Columns, chosen, sigmoid, stream
from mlcore.synth.people import People
from mlcore.synth.plan import SchoolPlan
from mlcore.synth.roll import Roll
from mlcore.synth.schoolyear import weekday
from mlcore.synth.subjects import HOME
from mlcore.synth.truth import TRUTH

PRESENT, LATE, ABSENT, EXCUSED = range(len(ATTENDANCE_STATUSES))
SPELL_DAYS = 2.2
SPELLS_PER_DAY = 0.022
WEEKDAY_FACTORS = np.array([1.25, 0.90, 0.90, 0.90, 1.15, 0.0, 0.0])
WINTER_FACTOR = 1.35
LATE_PER_DAY = 0.025
ENTERED_LATE = 0.015


@dataclass(frozen=True, slots=True)
class Presence:
    """`status` and `here` (on the roll) by student and school day up to today."""

    status: Array
    here: Array

    @property
    def away(self) -> Array:
        return self.status >= ABSENT


def draw_presence(plan: SchoolPlan, block: int, people: People, roll: Roll) -> Presence:
    rng = stream(plan.spec.seed, "presence", block)
    days = plan.past_days
    spells, lateness = _chances(rng, people)
    season = _season(days)
    chance = spells[:, None] * season
    draw = rng.random((BLOCK, len(days)), np.float32)
    row, column = np.nonzero(draw < chance)
    length = rng.geometric(1 / SPELL_DAYS, len(row))
    excused = rng.random(len(row)) < sigmoid(0.6 + 0.8 * people.support)[row]
    reach = np.zeros(draw.shape, np.int32)
    reach[row, column] = 2 * (column + length) + excused
    np.maximum.accumulate(reach, axis=1, out=reach)
    status = ((draw >= chance) & (draw < chance + lateness[:, None])).astype(np.int8)
    away = (reach >> 1) > np.arange(len(days), dtype=np.int32)
    status[away] = (ABSENT + (reach & 1))[away]
    return Presence(status, roll.present_on(days))


def attendance(plan: SchoolPlan, block: int, people: People, roll: Roll, presence: Presence) -> Columns:
    """The marks as they were entered: some registers are missing, some marks came days later."""
    rng = stream(plan.spec.seed, "registers", block)
    days = plan.past_days
    letter = roll.letter_on(days)
    group = people.cohort[:, None] * plan.letters + letter
    taken = presence.here & plan.register_taken[group, np.arange(len(days))]
    row, column = np.nonzero(taken)
    year = plan.day_year[column]
    grade = plan.grade_in(people.cohort[row], year)
    after = np.where(
        rng.random(len(row), np.float32) < ENTERED_LATE,
        rng.integers(1, 6, len(row), np.int8),
        np.int8(0),
    )
    marks = {
        "student": people.student[row],
        "school_class": plan.class_at(year, grade, letter[row, column], HOME),
        "day": days[column],
        "status": presence.status[row, column],
        "known_after": after,
    }
    return chosen(marks, marks["day"] + after <= plan.today)


def absence_before(presence: Presence, columns: Array) -> Array:
    """The share of days absent within the window before each of these days, by student and day."""
    windows = np.maximum(columns - TRUTH.absence_window, 0)
    missed = _running(presence.away & presence.here)
    enrolled = _running(presence.here)
    days = np.maximum(enrolled[:, columns] - enrolled[:, windows], 20)
    return np.asarray((missed[:, columns] - missed[:, windows]) / days)


def _running(flags: Array) -> Array:
    """How many flags stand before each column."""
    total = np.zeros((flags.shape[0], flags.shape[1] + 1), np.int32)
    np.cumsum(flags, axis=1, out=total[:, 1:])
    return total


def _chances(rng: np.random.Generator, people: People) -> tuple[Array, Array]:
    """How likely a spell begins, and how likely one is late, on an average day, by student."""
    own = rng.normal(size=BLOCK)
    spells = SPELLS_PER_DAY * np.exp(0.60 * own - 0.20 * people.support - 0.20 * people.effort)
    lateness = LATE_PER_DAY * np.exp(0.50 * rng.normal(size=BLOCK) - 0.30 * people.effort)
    return _capped(spells), _capped(lateness)


def _capped(chances: Array) -> Array:
    return np.minimum(chances, 0.20).astype(np.float32)


def _season(days: Array) -> Array:
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    winter = np.where((month == 11) | (month <= 1), WINTER_FACTOR, 1.0)
    return (WEEKDAY_FACTORS[weekday(days)] * winter).astype(np.float32)
