"""What everybody scored is counted for the whole school, so that a chunk of students is scored as in the whole."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from mlcore.features.matrix import build_matrix
from mlcore.samples import past_samples
from mlcore.spec import TrainSpec
from mlcore.synth import SynthSpec, as_tables, plan, students
from mlcore.tables import SchoolTables
from mlcore.tallies import tallies_of

TODAY = date(2026, 5, 15)
MADE = plan(SynthSpec(students=30, years=1, seed=8, today=TODAY))
SCHOOL = as_tables(MADE, [students(MADE, 0, 30)])
TALLIES = tallies_of(SCHOOL)
SPEC = TrainSpec(as_of=TODAY, leads=(1, 42))


def test_tallies_count_every_score_once():
    SchoolTables.of(tallies=TALLIES).check()
    scored = SCHOOL.results[SCHOOL.results["status"] == "scored"].merge(SCHOOL.exams, on="exam", suffixes=("", "_exam"))
    percent = 100 * scored["score"] / scored["maximum"]
    assert TALLIES["count"].sum() == len(scored)
    by_exam = TALLIES.groupby("exam")[["total"]].sum()
    np.testing.assert_allclose(by_exam["total"], percent.groupby(scored["exam"]).sum(), rtol=1e-9)


def test_a_class_of_a_tally_is_one_that_sat_the_exam():
    sat = set(zip(SCHOOL.sittings["exam"], SCHOOL.sittings["school_class"], strict=True))
    assert set(zip(TALLIES["exam"], TALLIES["school_class"], strict=True)) <= sat


def test_without_enrolments_tallies_have_no_class():
    tallies = tallies_of(replace(SCHOOL, enrolments=SchoolTables.empty().enrolments))
    SchoolTables.of(tallies=tallies).check()
    assert tallies["school_class"].isna().all()
    assert tallies["count"].sum() == TALLIES["count"].sum()


def test_a_later_enrolment_does_not_move_an_earlier_result_to_another_class():
    moved = SCHOOL.enrolments.assign(school_class=9_999, known_on=pd.Timestamp(2026, 5, 14))
    moved["starts"] = pd.Timestamp(2025, 9, 1)
    both = pd.concat([SCHOOL.enrolments, moved], ignore_index=True)
    early = tallies_of(replace(SCHOOL, enrolments=both).until(date(2026, 5, 1)))
    assert 9_999 not in set(early["school_class"])
    assert tallies_of(SCHOOL.until(date(2026, 5, 1))).equals(early)


def test_tallies_that_became_known_later_are_hidden():
    school = replace(SCHOOL, tallies=TALLIES)
    day = date(2026, 2, 10)
    known = school.until(day).tallies
    assert 0 < len(known) < len(TALLIES)
    assert known.sort_values(["exam", "school_class", "known_on"], ignore_index=True).equals(
        tallies_of(SCHOOL.until(day)).sort_values(["exam", "school_class", "known_on"], ignore_index=True)
    )


def test_a_tally_of_an_exam_that_lies_ahead_is_a_slip_and_not_seen():
    slip = TALLIES.assign(known_on=pd.Timestamp(2025, 9, 2))
    known = replace(SCHOOL, tallies=slip).until(date(2026, 2, 10)).tallies
    sat = SCHOOL.exams.loc[SCHOOL.exams["day"] <= "2026-02-10", "exam"]
    assert known["exam"].isin(sat).all()


def test_a_chunk_with_the_schools_tallies_is_scored_as_in_the_whole_school():
    samples = past_samples(SCHOOL, SPEC, 0)
    whole = build_matrix(SCHOOL, samples)
    part = as_tables(MADE, [students(MADE, 5, 9)])
    mine = np.flatnonzero(samples.rows["student"].isin(range(5, 9)))
    chunk = build_matrix(replace(part, tallies=TALLIES), samples.take(mine), whole.schema)
    np.testing.assert_array_equal(chunk.values, whole.values[mine])
    alone = build_matrix(part, samples.take(mine), whole.schema)
    assert not np.array_equal(alone.column("standing"), chunk.column("standing"), equal_nan=True)
