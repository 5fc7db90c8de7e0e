"""How a mark comes about: the latent score of each student in each exam, then what is recorded."""

from dataclasses import dataclass

import numpy as np

from mlcore.schema import RESULT_STATUSES
from mlcore.synth.draw import Array, Columns, chosen, joined, sigmoid, stream
from mlcore.synth.exams import COURSEWORK, FINAL, QUIZ, TEST
from mlcore.synth.habits import Habits
from mlcore.synth.people import People
from mlcore.synth.plan import SchoolPlan
from mlcore.synth.presence import Presence, absence_before
from mlcore.synth.roll import Roll
from mlcore.synth.subjects import GRADES, SUBJECTS
from mlcore.synth.truth import TRUTH

SCORED, ABSENT, EXEMPT, NOT_SUBMITTED = range(len(RESULT_STATUSES))
SAT_LATER, SAT_LATER_DAYS = 0.35, 10
EXEMPT_SHARE, EXEMPT_NEW, NEW_DAYS = 0.006, 0.40, 21
ENTERED_LATE, ENTERED_LATE_DAYS = 0.02, (7, 29)

NOISE = np.empty(4)
NOISE[[TEST, FINAL, QUIZ, COURSEWORK]] = (
    TRUTH.noise_test, TRUTH.noise_final, TRUTH.noise_quiz, TRUTH.noise_coursework
)  # fmt: skip
READS = np.array([subject.reads for subject in SUBJECTS])


@dataclass(frozen=True, slots=True)
class Life:
    """All that was drawn about the students of one block."""

    people: People
    roll: Roll
    presence: Presence
    habits: Habits


@dataclass(frozen=True, slots=True)
class Paper:
    """Some students (rows of the block) and the exams (rows of the plan) of their grade."""

    year: int
    rows: Array
    exams: Array
    school_class: Array
    columns: Array


def results(plan: SchoolPlan, block: int, life: Life) -> Columns:
    """One row per student and exam that was marked by today."""
    rng = stream(plan.spec.seed, "marks", block)
    parts = []
    for year in range(len(plan.years)):
        grades = plan.grade_in(life.people.cohort, year)
        for grade in range(len(GRADES)):
            paper = _paper(plan, life, year, grade, np.flatnonzero(grades == grade))
            parts.append(_recorded(plan, rng, life, paper))
    return joined(parts)


def _paper(plan: SchoolPlan, life: Life, year: int, grade: int, rows: Array) -> Paper:
    exams = plan.exams
    set_for_them = (exams["year"] == year) & (exams["grade"] == grade)
    chosen_exams = np.flatnonzero(set_for_them & (exams["day"] <= plan.today))
    day, subject = exams["day"][chosen_exams], exams["subject"][chosen_exams]
    letter = life.roll.letter_on(day)[rows]
    school_class = plan.class_at(year, np.asarray(grade), letter, subject)
    columns = np.searchsorted(plan.past_days, day)
    return Paper(year, rows, chosen_exams, school_class, columns)


def _recorded(plan: SchoolPlan, rng: np.random.Generator, life: Life, paper: Paper) -> Columns:
    """Statuses, scores in half points and the day each became known."""
    shape = (len(paper.rows), len(paper.exams))
    day = plan.exams["day"][paper.exams]
    maximum = plan.exams["maximum"][paper.exams]
    latent = _latent(plan, life, paper) + _noise(plan, rng, life, paper)
    percent = np.clip(TRUTH.centre + TRUTH.points * latent, 0, 100)
    status, delay = _status(plan, rng, life, paper)
    score = np.where(status == SCORED, np.round(2 * maximum * percent / 100) / 2, np.nan)
    known = day + plan.marking_delay[paper.exams[None, :], _letter(plan, paper)] + delay
    here = life.roll.present_on(day)[paper.rows]
    row, column = np.nonzero(here & (known <= plan.today))
    return {
        "student": life.people.student[paper.rows][row],
        "exam": np.broadcast_to(paper.exams, shape)[row, column].astype(np.int32),
        "status": status[row, column],
        "score": score[row, column].astype(np.float32),
        "known_on": known[row, column].astype(np.int32),
    }


def _latent(plan: SchoolPlan, life: Life, paper: Paper) -> Array:
    """The score without luck, in units of TRUTH.points per cent; 0 is the centre."""
    people, t = life.people, TRUTH
    exams = chosen(plan.exams, paper.exams)
    rows = paper.rows
    since = (exams["day"] - plan.year_spans[0, 0]) / 365.25
    effort = np.where(exams["kind"] == COURSEWORK, t.effort_coursework, t.effort)
    constant = t.ability * people.ability[rows, None] + effort * people.effort[rows, None]
    moving = t.growth * people.growth[rows, None] * since
    aptitude = t.aptitude * people.aptitude[rows][:, exams["subject"]]
    latent = constant + moving + aptitude - exams["difficulty"]
    latent = latent + _habit_points(life, paper, exams) + _absence_points(life, paper)
    return np.asarray(latent + _class_points(plan, paper, exams))


def _habit_points(life: Life, paper: Paper, exams: Columns) -> Array:
    """Study hours with diminishing returns, clubs, preparation for finals, reading, language."""
    habits, t, rows, year = life.habits, TRUTH, paper.rows, paper.year
    hours = habits.hours[rows][:, exams["term"] - year - 1]
    study = t.study * (1 - np.exp(-hours / t.study_scale) - 0.5)
    club = habits.activity[rows, year, 1, None] >= 0
    club = club & (exams["day"] >= habits.active_from[rows, year, None])
    club &= exams["day"] <= habits.active_to[rows, year, 1, None]
    prep = habits.prep[rows, year, None] & (exams["kind"] == FINAL)
    other = life.people.home_language[rows, None] > 0
    words = t.reading * (habits.reading[rows, None] - 1.5) + t.other_language * other
    points = study + t.club * club + t.prep_course * prep + words * READS[exams["subject"]]
    return np.asarray(points)


def _absence_points(life: Life, paper: Paper) -> Array:
    rate = absence_before(life.presence, paper.columns)[paper.rows]
    return TRUTH.absence * rate + TRUTH.chronic * (rate > TRUTH.chronic_from)


def _class_points(plan: SchoolPlan, paper: Paper, exams: Columns) -> Array:
    """What the teacher adds, and what a time without a teacher took away for the year's rest."""
    teacher = plan.teacher_effect[plan.classes["teacher"][paper.school_class]]
    untaught = exams["day"] >= plan.classes["gap_starts"][paper.school_class]
    return np.asarray(teacher + TRUTH.untaught * untaught)


def _noise(plan: SchoolPlan, rng: np.random.Generator, life: Life, paper: Paper) -> Array:
    """Luck: wider in short exams, and wider for students whose ability is below average."""
    weak = 1 + TRUTH.noise_weak * np.maximum(-life.people.ability[paper.rows], 0)
    spread = TRUTH.noise * weak[:, None] * NOISE[plan.exams["kind"][paper.exams]]
    return np.asarray(spread * rng.normal(size=(len(paper.rows), len(paper.exams))))


def _status(plan: SchoolPlan, rng: np.random.Generator, life: Life, paper: Paper) -> tuple[Array, Array]:
    """Status of each result, and days by which it is later than the class's."""
    shape = (len(paper.rows), len(paper.exams))
    kind = plan.exams["kind"][paper.exams]
    day = plan.exams["day"][paper.exams]
    away = life.presence.away[paper.rows][:, paper.columns] & (kind != COURSEWORK)
    later = away & (rng.random(shape) < SAT_LATER)
    lazy = sigmoid(-3.3 - 0.9 * life.people.effort[paper.rows, None])
    missing = (kind == COURSEWORK) & (rng.random(shape) < lazy)
    fresh = life.roll.late[paper.rows, None] & (day - life.roll.starts[paper.rows, None] < NEW_DAYS)
    exempt = rng.random(shape) < np.where(fresh, EXEMPT_NEW, EXEMPT_SHARE)
    status = np.select([exempt, missing, away & ~later], [EXEMPT, NOT_SUBMITTED, ABSENT], SCORED).astype(np.int8)
    slow = rng.random(shape) < ENTERED_LATE
    delay = SAT_LATER_DAYS * later + slow * rng.integers(*ENTERED_LATE_DAYS, shape)
    return status, delay


def _letter(plan: SchoolPlan, paper: Paper) -> Array:
    return plan.classes["letter"][paper.school_class]
