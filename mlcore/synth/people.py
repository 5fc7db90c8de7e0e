"""Who the students of one block are: background, traits nobody sees, and facts in their record."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from mlcore.synth.draw import BLOCK, Array, epoch, pick, stream
from mlcore.synth.plan import SchoolPlan
from mlcore.synth.subjects import GRADES, SUBJECTS

GENDERS = ("female", "male", "other")
GENDER_SHARES = (0.49, 0.50, 0.01)
ETHNICITIES = ("group A", "group B", "group C", "group D", "group E")
ETHNICITY_SHARES = (0.35, 0.25, 0.18, 0.14, 0.08)
ETHNICITY_OPPORTUNITY = (0.15, 0.0, -0.10, 0.10, -0.30)
PARENTAL_EDUCATION = ("some school", "school leaving", "vocational", "bachelor", "master or more")
EDUCATION_EDGES = (-1.3, -0.3, 0.4, 1.2)
LUNCH_PROGRAMMES = ("free", "reduced", "standard")
LUNCH_EDGES = (-0.9, -0.4)
NAME_ORIGINS = (
    "english", "spanish", "south_asian", "chinese", "arabic", "polish", "west_african"
)  # fmt: skip
NAME_ORIGIN_SHARES = (0.55, 0.12, 0.10, 0.06, 0.06, 0.06, 0.05)
HOME_LANGUAGES = ("english", "spanish", "hindi", "mandarin", "arabic", "polish", "yoruba")
KEEPS_LANGUAGE = 0.45
GUARDIAN_SHARES = (0.02, 0.22, 0.76)


@dataclass(frozen=True, slots=True)
class People:
    """One row per student of a block. Codes are positions in the lists above."""

    student: Array
    cohort: Array
    letter: Array
    birth_date: Array
    gender: Array
    ethnicity: Array
    parental_education: Array
    lunch_programme: Array
    home_language: Array
    name_origin: Array
    guardians: Array
    opportunity: Array
    support: Array
    effort: Array
    ability: Array
    aptitude: Array
    growth: Array


def draw_people(plan: SchoolPlan, block: int) -> People:
    rng = stream(plan.spec.seed, "people", block)
    student = np.arange(block * BLOCK, (block + 1) * BLOCK, dtype=np.int32)
    cohort, letter = _home_group(plan, student)
    ethnicity = pick(rng, ETHNICITY_SHARES, BLOCK)
    origin = pick(rng, NAME_ORIGIN_SHARES, BLOCK)
    opportunity = np.array(ETHNICITY_OPPORTUNITY)[ethnicity] + rng.normal(size=BLOCK)
    support = 0.50 * opportunity + 0.85 * rng.normal(size=BLOCK)
    effort = 0.35 * support + 0.93 * rng.normal(size=BLOCK)
    ability = 0.25 * opportunity + 0.20 * effort + 0.92 * rng.normal(size=BLOCK)
    return People(
        student=student,
        cohort=cohort,
        letter=letter,
        birth_date=_birth_dates(plan, rng, cohort),
        gender=pick(rng, GENDER_SHARES, BLOCK),
        ethnicity=ethnicity,
        parental_education=_steps(EDUCATION_EDGES, 0.8 * opportunity + 0.6 * rng.normal(size=BLOCK)),
        lunch_programme=_steps(LUNCH_EDGES, 0.8 * opportunity + 0.6 * rng.normal(size=BLOCK)),
        home_language=np.where(rng.random(BLOCK) < KEEPS_LANGUAGE, origin, 0).astype(np.int8),
        name_origin=origin,
        guardians=pick(rng, GUARDIAN_SHARES, BLOCK),
        opportunity=opportunity,
        support=support,
        effort=effort,
        ability=ability,
        aptitude=rng.normal(size=(BLOCK, len(SUBJECTS))),
        growth=rng.normal(size=BLOCK),
    )


def _home_group(plan: SchoolPlan, student: Array) -> tuple[Array, Array]:
    """Students are numbered home group by home group, the youngest cohort first."""
    last = plan.spec.students - 1  # the last block is drawn whole and cut later
    groups = plan.cohorts * plan.letters
    group = np.minimum(student, last).astype(np.int64) * groups // plan.spec.students
    return np.divmod(group, plan.letters)


def _birth_dates(plan: SchoolPlan, rng: np.random.Generator, cohort: Array) -> Array:
    """Twelve in the year of grade 7, one in twenty-five a year older."""
    first = plan.years[-1] - GRADES[0] - 5
    september = np.array([epoch(date(first - c, 9, 1)) for c in range(plan.cohorts)])
    older = 365 * (rng.random(BLOCK) < 0.04)
    return (september[cohort] + rng.integers(0, 365, BLOCK) - older).astype(np.int32)


def _steps(edges: tuple[float, ...], values: Array) -> Array:
    return np.searchsorted(edges, values).astype(np.int8)
