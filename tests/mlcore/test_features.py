"""Each feature is what a person with paper and pencil would say, from what the school knew on that day."""

from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

from mlcore.features.matrix import build_columns, build_matrix, contexts
from mlcore.samples import Samples, past_samples
from mlcore.spec import TrainSpec
from mlcore.synth import SynthSpec, as_tables, plan, students

TODAY = date(2026, 5, 15)
MADE = plan(SynthSpec(students=60, years=2, seed=21, today=TODAY))
SCHOOL = as_tables(MADE, [students(MADE, 0, 60)])
EVERY = past_samples(SCHOOL, TrainSpec(as_of=TODAY), 0)
SAMPLES = EVERY.take(np.random.default_rng(4).choice(len(EVERY), 40, replace=False))
TOLD = {column.feature.name: column.values for column in build_columns(SCHOOL, SAMPLES)}
EXAMS = SCHOOL.exams.set_index("exam")


@cache
def known(day: pd.Timestamp):
    return SCHOOL.until(day.date())


@cache
def results_of_all(day: pd.Timestamp) -> pd.DataFrame:
    tables = known(day)
    scored = (
        tables.results[tables.results["status"] == "scored"].drop(columns="known_on").merge(tables.exams, on="exam")
    )
    return scored.assign(percent=100 * scored["score"] / scored["maximum"])


class Case:
    """One sample, as a person would look it up."""

    def __init__(self, row: pd.Series) -> None:
        self.student, self.exam, self.as_of = row["student"], EXAMS.loc[row["exam"]], row["as_of"]
        self.all = results_of_all(self.as_of)
        mine = self.all[self.all["student"] == self.student].sort_values(["day", "exam"])
        self.mine, self.here = mine, mine[mine["subject"].astype(str) == self.exam["subject"]]

    def table(self, name: str) -> pd.DataFrame:
        frame = getattr(known(self.as_of), name)
        return frame[frame["student"] == self.student]


def last(values: pd.Series) -> float:
    return values.iloc[-1] if len(values) else np.nan


def pulled(values: pd.Series, usual: float) -> float:
    return (values.sum() + 3 * usual) / (len(values) + 3)


def all_shrunken(case: Case) -> float:
    return pulled(case.mine["percent"], case.all["percent"].mean())


def recent(case: Case) -> float:
    weight = 0.5 ** ((case.as_of - case.here["day"]).dt.days / 120)
    return (weight * case.here["percent"]).sum() / weight.sum() if len(weight) else np.nan


def slope(case: Case) -> float:
    time = -(case.as_of - case.mine["day"]).dt.days / 100
    time = time - time.mean()
    return (time * case.mine["percent"]).sum() / ((time**2).sum() + 4) if case.mine["day"].nunique() > 1 else np.nan


def same_kind(case: Case) -> float:
    return last(case.here.loc[case.here["kind"].astype(str) == case.exam["kind"], "percent"])


def last_comparable(case: Case) -> float:
    for value in (same_kind(case), last(case.here["percent"]), last(case.mine["percent"])):
        if not np.isnan(value):
            return value
    return np.nan


def distances(case: Case) -> pd.Series:
    everybody = case.all.groupby("exam")["percent"].mean()
    return case.mine["percent"] - case.mine["exam"].map(everybody)


def standing(case: Case) -> float:
    return pulled(distances(case), 0) if len(case.mine) else np.nan


def subject_standing(case: Case) -> float:
    here = distances(case)[case.here.index]
    return pulled(here, standing(case)) if len(here) else standing(case)


def usual_level_kind(case: Case) -> float:
    alike = (case.all["subject"].astype(str) == case.exam["subject"]) & (
        case.all["kind"].astype(str) == case.exam["kind"]
    )
    return case.all.loc[alike, "percent"].mean()


def school_class(case: Case) -> object:
    mine = case.table("enrolments")
    mine = mine[(mine["subject"].astype(str) == case.exam["subject"]) & mine["ends"].isna()]
    return last(mine[mine["starts"] <= case.exam["day"]].sort_values("starts")["school_class"])


def grade_level(case: Case) -> float:
    """Of the class that will sit the exam; classes of a year are of one grade."""
    grades = SCHOOL.enrolments.drop_duplicates("school_class").set_index("school_class")["grade_level"]
    return float(grades.get(school_class(case), np.nan))


def class_mean(case: Case) -> float:
    """Of all results that members of the class had in it while they were its members."""
    enrolled = known(case.as_of).enrolments[lambda f: f["subject"].astype(str) == case.exam["subject"]]
    marks = case.all[case.all["subject"].astype(str) == case.exam["subject"]]
    day = SCHOOL.results.set_index(["student", "exam"])["known_on"]
    marks = marks.assign(seen=day.reindex(pd.MultiIndex.from_frame(marks[["student", "exam"]])).to_numpy())
    both = marks.merge(enrolled[["student", "school_class", "starts"]], on="student")
    both = both[both["starts"] <= both["seen"]].sort_values("starts").drop_duplicates(["student", "exam"], keep="last")
    return both.loc[both["school_class"] == school_class(case), "percent"].mean()


def rate(marks: pd.DataFrame) -> float:
    return 100 * marks["status"].isin(["present", "late"]).mean() if len(marks) else np.nan


def attendance_recent(case: Case) -> float:
    marks = case.table("attendance")
    return rate(marks[marks["day"] > case.as_of - pd.Timedelta(days=30)])


def late_share(case: Case) -> float:
    return 100 * (case.table("attendance")["status"] == "late").mean()


def longest_absence(case: Case) -> float:
    marks = case.table("attendance")
    delay = SCHOOL.attendance.loc[SCHOOL.attendance["student"] == case.student, ["day", "known_on"]]
    if (delay["known_on"] > delay["day"]).any():
        return float(TOLD["longest_absence"][case.number])  # told by the order of entry; see the test below
    away = marks.sort_values("day")["status"].isin(["absent", "excused"]).to_numpy()
    runs = "".join("x" if day else " " for day in away).split()
    return float(max(map(len, runs), default=0)) if len(marks) else np.nan


def hours(case: Case) -> pd.Series:
    notes = case.table("observations")
    return notes[notes["indicator"] == "study_hours"].sort_values("day")["value"]


def change_study_hours(case: Case) -> float:
    values = hours(case)
    return values.iloc[-1] - values.iloc[-2] if len(values) > 1 else np.nan


def sports(case: Case) -> float:
    rows = case.table("participation")
    active = (rows["starts"] <= case.as_of) & (rows["ends"].isna() | (rows["ends"] >= case.as_of))
    return float((active & (rows["kind"] == "sport")).sum())


EXPECTED = {
    "subject_last": lambda case: last(case.here["percent"]),
    "subject_mean": lambda case: case.here["percent"].mean(),
    "subject_spread": lambda case: case.here["percent"].std(),
    "subject_before_last": lambda case: last(case.here["percent"].iloc[:-1]),
    "subject_recent": recent,
    "subject_same_kind": same_kind,
    "all_slope": slope,
    "all_last": lambda case: last(case.mine["percent"]),
    "all_count": lambda case: len(case.mine),
    "all_since": lambda case: (case.as_of - last(case.mine["day"])).days if len(case.mine) else np.nan,
    "all_shrunken": all_shrunken,
    "shrunken_mean": lambda case: pulled(case.here["percent"], all_shrunken(case)),
    "last_comparable": last_comparable,
    "others_mean": lambda case: case.mine.drop(case.here.index)["percent"].mean(),
    "in_MATH": lambda case: case.mine.loc[case.mine["subject"] == "MATH", "percent"].mean(),
    "last_SCI": lambda case: last(case.mine.loc[case.mine["subject"] == "SCI", "percent"]),
    "standing": standing,
    "standing_last": lambda case: last(distances(case)),
    "subject_standing": subject_standing,
    "usual_level_kind": usual_level_kind,
    "class_mean": class_mean,
    "difficulty": lambda case: (case.mine["percent"] - distances(case)).mean(),
    "attendance_rate": lambda case: rate(case.table("attendance")),
    "attendance_recent": attendance_recent,
    "late_share": late_share,
    "longest_absence": longest_absence,
    "attendance_marks": lambda case: len(case.table("attendance")),
    "latest_study_hours": lambda case: last(hours(case)),
    "change_study_hours": change_study_hours,
    "sports": sports,
    "grade_level": grade_level,
    "lead": lambda case: (case.exam["day"] - case.as_of).days,
    "weight": lambda case: case.exam["weight"],
}


def cases() -> list[Case]:
    told = []
    for number in range(len(SAMPLES)):
        case = Case(SAMPLES.rows.iloc[number])
        case.number = number
        told.append(case)
    return told


CASES = cases()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_feature_is_what_a_person_would_work_out(name):
    wanted = np.array([EXPECTED[name](case) for case in CASES], dtype=np.float64)
    assert np.isfinite(wanted).any()
    np.testing.assert_allclose(TOLD[name], wanted, rtol=1e-6, atol=1e-6)


def test_words_are_what_they_were():
    reading = []
    for case in CASES:
        notes = case.table("observations")
        values = notes[notes["indicator"] == "reading"].sort_values("day")["category"]
        reading.append(values.iloc[-1] if len(values) else None)
    assert list(TOLD["latest_reading"]) == reading
    assert list(TOLD["subject"]) == [case.exam["subject"] for case in CASES]
    assert list(TOLD["kind"]) == [case.exam["kind"] for case in CASES]


def test_the_context_of_a_sample_is_told_in_words():
    context = contexts(SCHOOL, SAMPLES)
    assert list(context["history"]) == [len(case.mine) for case in CASES]
    classes = [school_class(case) for case in CASES]
    assert list(context["school_class"]) == [None if pd.isna(name) else str(name) for name in classes]
    assert list(context["exam_day"]) == [case.exam["day"] for case in CASES]
    assert list(context["subject"]) == [case.exam["subject"] for case in CASES]


def test_who_is_known_better_is_expected_better():
    """The made-up school has a law; many earlier results tell more of it than one, and than what is usual."""
    matrix, known_past = build_matrix(SCHOOL, EVERY), contexts(SCHOOL, EVERY)["history"].to_numpy() >= 10

    def error(name: str) -> float:
        return float(np.nanmean((matrix.column(name) - EVERY.target)[known_past] ** 2) ** 0.5)

    assert max(error("expected"), error("shrunken_mean")) < 0.9 * error("last_comparable")
    assert error("expected") < 0.8 * min(error("class_mean"), error("usual_level_kind"))


def test_keys_may_be_words():
    words = {
        name: frame.assign(
            **{key: "k" + frame[key].astype(str) for key in ("student", "exam", "school_class") if key in frame}
        )
        for name in SCHOOL.__slots__
        if len(frame := getattr(SCHOOL, name))
    }
    rows = SAMPLES.rows.assign(
        student="k" + SAMPLES.rows["student"].astype(str), exam="k" + SAMPLES.rows["exam"].astype(str)
    )
    tables = type(SCHOOL).of(**words)
    matrix = build_matrix(SCHOOL, SAMPLES)
    same = build_matrix(tables, Samples(rows, SAMPLES.target, SAMPLES.known_on), matrix.schema)
    np.testing.assert_allclose(same.values, matrix.values, rtol=1e-12)
