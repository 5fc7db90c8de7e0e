"""The made-up school follows its documented law: marks can be predicted, and from what they should."""

import re
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression, Ridge

from mlcore.synth import SynthSpec, as_tables, plan, students
from mlcore.synth.truth import TRUTH

TODAY = date(2026, 5, 15)
PLAN = plan(SynthSpec(students=400, years=2, seed=3, today=TODAY))
TABLES = as_tables(PLAN, [students(PLAN, 0, 400)])


def finals() -> pd.DataFrame:
    """Last year's finals, with what was known of the students on 1 June before them."""
    known = TABLES.until(date(2025, 6, 1))
    exams = TABLES.exams[(TABLES.exams["kind"] == "final") & (TABLES.exams["term"] < 4)]
    rows = TABLES.results.merge(exams[["exam", "subject", "maximum"]], on="exam")
    rows = rows.assign(percent=100 * rows["score"] / rows["maximum"]).dropna(subset="percent")
    earlier = known.results.merge(known.exams, on="exam")
    earlier = earlier.assign(earlier=100 * earlier["score"] / earlier["maximum"])
    means = earlier.groupby(["student", "subject"], observed=True)["earlier"].mean()
    hours = known.observations.query("indicator == 'study_hours'").groupby("student")["value"]
    rows = rows.join(means, on=["student", "subject"])
    rows = rows.join(attended(known.attendance), on="student")
    spring = known.attendance["day"] >= pd.Timestamp(2025, 2, 24)
    rows = rows.join(attended(known.attendance[spring]).rename("lately"), on="student")
    rows = rows.join(hours.mean().rename("hours"), on="student")
    home = known.enrolments.drop_duplicates(["student", "subject"], keep="last")
    rows = rows.merge(home[["student", "subject", "school_class"]], on=["student", "subject"])
    return rows.dropna(subset=["earlier", "attended", "lately", "hours"])


def attended(marks: pd.DataFrame) -> pd.Series:
    here = marks["status"].isin(["present", "late"])
    return here.groupby(marks["student"]).mean().rename("attended")


def test_earlier_marks_foretell_the_final():
    rows = finals()
    assert len(rows) > 1000
    assert 0.5 < rows["earlier"].corr(rows["percent"]) < 0.95


def test_attendance_and_study_count_even_among_students_with_equal_earlier_marks():
    rows = finals()
    each = rows.groupby("student")[["percent", "earlier", "attended", "lately", "hours"]].mean()
    plain = LinearRegression().fit(each[["attended", "hours"]], each["percent"])
    assert (plain.coef_ > 0).all()
    fit = LinearRegression().fit(each[["earlier", "lately"]], each["percent"])
    assert fit.coef_[1] > 5


def test_a_plain_ridge_clearly_beats_the_class_mean_for_students_it_never_saw():
    rows = finals()
    names = ["earlier", "attended", "hours"]
    learn = rows["student"] % 3 != 0
    unseen = rows[~learn]
    scale = rows.loc[learn, names].agg(["mean", "std"])
    standard = (rows[names] - scale.loc["mean"]) / scale.loc["std"]
    model = Ridge(alpha=1.0).fit(standard[learn], rows.loc[learn, "percent"])
    ridge = np.abs(model.predict(standard[~learn]) - unseen["percent"]).mean()
    means = rows[learn].groupby("school_class")["percent"].mean()
    guess = unseen["school_class"].map(means).fillna(means.mean())
    assert ridge < 0.8 * np.abs(guess - unseen["percent"]).mean()
    assert ridge > 4, "a school that is this easy to predict teaches nothing"


def test_marks_differ_between_groups_only_through_opportunity():
    large = plan(SynthSpec(students=3000, years=1, seed=8, today=TODAY))
    tables = as_tables(large, [students(large, 0, 3000)])
    rows = tables.results.merge(tables.exams, on="exam")
    percent = (100 * rows["score"] / rows["maximum"]).groupby(rows["student"]).mean().rename("percent")
    people = tables.demographics.join(percent, on="student").dropna(subset="percent")
    means = people.groupby("ethnicity", observed=True)["percent"].mean()
    assert means["group A"] - means["group E"] > 0.5
    lunch = people.groupby("lunch_programme", observed=True)["percent"].mean()
    assert lunch["standard"] - lunch["free"] > 3
    gender = people.groupby("gender", observed=True)["percent"].mean()
    assert abs(gender["female"] - gender["male"]) < 1.5


def test_the_document_gives_the_true_coefficients():
    page = (Path(__file__).parents[2] / "docs" / "demo-school.md").read_text()
    told = {name: float(value) for name, value in re.findall(r"\| `(\w+)` \| (-?[\d.]+) \|", page)}
    assert told == {name: float(value) for name, value in asdict(TRUTH).items()}
