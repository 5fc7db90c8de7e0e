"""Which results are learned from, and for whom a score is asked."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from mlcore.samples import past_samples, samples_ahead
from mlcore.spec import TrainSpec
from mlcore.synth import SynthSpec, as_tables, plan, students
from mlcore.tables import SchoolTables
from mlcore.wide import WideSpec, from_wide

TODAY = date(2026, 5, 15)
MADE = plan(SynthSpec(students=40, years=1, seed=3, today=TODAY))
SCHOOL = as_tables(MADE, [students(MADE, 0, 40)])
SPEC = TrainSpec(as_of=TODAY)


def day_of(samples) -> pd.Series:
    return samples.rows["exam"].map(SCHOOL.exams.set_index("exam")["day"])


def test_each_score_is_asked_for_at_each_lead_of_students_on_the_roll():
    samples = past_samples(SCHOOL, SPEC, seed=0)
    leads = (day_of(samples) - samples.rows["as_of"]).dt.days
    assert set(leads) == set(SPEC.leads)
    since = samples.rows["student"].map(SCHOOL.students.set_index("student")["starts"])
    assert (since <= samples.rows["as_of"]).all()
    scored = SCHOOL.results[SCHOOL.results["status"] == "scored"]
    assert len(samples.rows[leads == 1]) <= len(scored)
    assert not samples.rows.duplicated().any()
    assert samples.target.min() >= 0
    assert samples.target.max() <= 100


def test_a_score_is_per_cent_of_the_maximum_and_known_when_it_was_entered():
    samples = past_samples(SCHOOL, SPEC, seed=0)
    row = samples.rows.iloc[0]
    result = SCHOOL.results[(SCHOOL.results["student"] == row.student) & (SCHOOL.results["exam"] == row.exam)].iloc[0]
    maximum = SCHOOL.exams.set_index("exam")["maximum"][row.exam]
    assert samples.target[0] == 100 * result.score / maximum
    assert samples.known_on[0] == np.datetime64(result.known_on)


def test_a_result_entered_after_the_day_of_the_data_is_not_learned_from():
    early = replace(SPEC, as_of=date(2026, 2, 1))
    samples = past_samples(SCHOOL, early, seed=0)
    assert (samples.known_on <= np.datetime64("2026-02-01")).all()
    known = past_samples(SCHOOL.until(early.as_of), early, seed=0)
    pd.testing.assert_frame_equal(samples.rows, known.rows, check_dtype=False)


def test_only_the_subjects_and_kinds_asked_for():
    samples = past_samples(SCHOOL, replace(SPEC, subjects=("MATH",), kinds=("test",)), seed=0)
    exams = SCHOOL.exams[SCHOOL.exams["exam"].isin(samples.rows["exam"])]
    assert set(exams["subject"]) == {"MATH"}
    assert set(exams["kind"]) == {"test"}


def test_of_too_many_samples_as_many_as_asked_for_are_drawn_across_students():
    some = past_samples(SCHOOL, replace(SPEC, most_samples=1500), seed=0)
    assert len(some) == 1500
    assert some.rows["student"].nunique() > 0.9 * past_samples(SCHOOL, SPEC, seed=0).rows["student"].nunique()
    assert not some.rows.duplicated().any()
    other = past_samples(SCHOOL, replace(SPEC, most_samples=1500), seed=1)
    assert not other.rows.equals(some.rows)


def test_the_order_of_the_tables_does_not_choose_the_samples():
    mixed = replace(SCHOOL, results=SCHOOL.results.sample(frac=1, random_state=1), exams=SCHOOL.exams[::-1])
    some = replace(SPEC, most_samples=1500)
    pd.testing.assert_frame_equal(past_samples(SCHOOL, some, 0).rows, past_samples(mixed, some, 0).rows)


def test_ahead_are_the_students_of_the_classes_that_will_sit():
    ahead = samples_ahead(SCHOOL, TODAY)
    assert (day_of(ahead) > pd.Timestamp(TODAY)).all()
    assert np.isnan(ahead.target).all()
    row = ahead.rows.iloc[0]
    classes = SCHOOL.sittings.loc[SCHOOL.sittings["exam"] == row.exam, "school_class"]
    mine = SCHOOL.enrolments.loc[SCHOOL.enrolments["student"] == row.student, "school_class"]
    assert set(mine) & set(classes)
    assert not ahead.rows.duplicated().any()


def test_who_left_or_is_not_yet_enrolled_is_not_asked_for():
    leaver, joiner = samples_ahead(SCHOOL, TODAY).rows["student"].drop_duplicates().iloc[:2]
    left = SCHOOL.students.assign(ends=SCHOOL.students["ends"].mask(SCHOOL.students["student"] == leaver, "2026-05-01"))
    late = SCHOOL.enrolments["known_on"].mask(SCHOOL.enrolments["student"] == joiner, pd.Timestamp(2026, 5, 20))
    school = replace(SCHOOL, students=left, enrolments=SCHOOL.enrolments.assign(known_on=late))
    assert not {leaver, joiner} & set(samples_ahead(school, TODAY).rows["student"])


def test_exams_and_students_can_be_chosen():
    row = samples_ahead(SCHOOL, TODAY).rows.iloc[5]
    assert len(samples_ahead(SCHOOL, TODAY, exams=[row.exam], students=[row.student])) == 1


def test_one_table_without_classes_is_asked_for_everybody():
    frame = pd.DataFrame({"g1": [10.0, 50.0, 70.0], "g2": [20.0, None, 80.0], "hours": [1, 2, 3]})
    wide = WideSpec(target="g2", earlier=("g1",))
    tables = from_wide(frame, wide)
    past = past_samples(tables, wide.training(), seed=0)
    assert list(past.rows["student"]) == [0, 2]
    assert list(past.target) == [20.0, 80.0]
    assert len(samples_ahead(tables, wide.day("g1"), exams=["g2"])) == 3


def test_a_school_without_rows_has_no_samples():
    assert len(past_samples(SchoolTables.empty(), SPEC, 0)) == 0
    assert len(samples_ahead(SchoolTables.empty(), TODAY)) == 0
