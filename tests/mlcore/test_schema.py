"""The tables are checked on the way in, and each fault is said in a sentence."""

import pickle
import subprocess
import sys

import pandas as pd
import pytest

from mlcore.checking import check
from mlcore.errors import MLError, SchemaMismatch
from mlcore.schema import TABLES, Kind, empty_table


def results(**changes: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "student": [1, 2, 3],
            "exam": [7, 7, 7],
            "status": ["scored", "absent", "scored"],
            "score": [12.5, None, 20.0],
            "known_on": pd.to_datetime(["2026-03-02"] * 3),
        }
    )
    return frame.assign(**changes)


def sentences(frame: pd.DataFrame, table: str) -> tuple[str, ...]:
    with pytest.raises(SchemaMismatch) as caught:
        check(frame, table)
    return caught.value.faults


def test_sound_results_pass():
    check(results(), "results")


@pytest.mark.parametrize("table", TABLES)
def test_a_table_without_rows_passes(table):
    check(empty_table(table), table)


def test_keys_may_be_words_and_statuses_may_be_categories():
    check(
        results(student=["a", "b", "c"], status=pd.Categorical(["scored", "absent", "scored"])),
        "results",
    )


def test_a_missing_column_is_named():
    (fault,) = sentences(results().drop(columns="score"), "results")
    assert fault == "results.score: the column is missing; expected a number from 0 to 100000."


def test_a_birth_date_may_be_left_out_altogether():
    check(empty_table("students").drop(columns="birth_date"), "students")


def test_an_unknown_column_is_named():
    (fault,) = sentences(results(mood=1), "results")
    assert fault.startswith("results.mood: ")


def test_the_first_offending_row_is_given_with_what_it_holds():
    (fault,) = sentences(results(score=[12.5, None, -3.0]), "results")
    assert "from 0 to 100000" in fault
    assert "row 3 holds -3.0" in fault


def test_a_misspelt_status_is_answered_with_the_choices():
    (fault,) = sentences(results(status=["scored", "abscent", "scored"]), "results")
    assert "one of scored, absent, exempt, not_submitted" in fault
    assert "row 2 holds abscent" in fault


@pytest.mark.parametrize(
    ("column", "values", "word"),
    [
        ("student", [1.5, 2.0, 3.0], "float64"),
        ("score", ["twelve", "", "20"], "str"),
        ("known_on", ["2026-03-02"] * 3, "a date"),
        ("known_on", pd.to_datetime(["2026-03-02 08:15"] * 3), "row 1"),
        ("known_on", pd.to_datetime(["2026-03-02"] * 3, utc=True), "UTC"),
        ("known_on", pd.to_datetime(["2026-03-02", None, "2026-03-02"]), "row 2 is empty"),
        ("known_on", pd.to_datetime(["2026-03-02", "2026-03-02", "0206-03-02"]), "row 3"),
    ],
)
def test_wrong_types_and_days_are_refused(column, values, word):
    (fault,) = sentences(results(**{column: values}), "results")
    assert fault.startswith(f"results.{column}: ")
    assert word in fault


def test_a_score_without_having_been_scored_is_refused():
    (fault,) = sentences(results(score=[12.5, 4.0, 20.0]), "results")
    assert "row 2" in fault


def test_the_same_result_twice_is_refused():
    (fault,) = sentences(results(student=[1, 2, 1]), "results")
    assert "row 3 repeats" in fault


def test_nobody_leaves_before_they_came():
    days = pd.to_datetime(["2025-09-01"])
    student = pd.DataFrame({"student": [1], "grade_level": [9], "starts": days, "ends": days - pd.Timedelta(days=1)})
    (fault,) = sentences(student, "students")
    assert "ends must not lie before starts" in fault


def observations() -> pd.DataFrame:
    day = pd.to_datetime(["2026-01-10"] * 3)
    return pd.DataFrame(
        {
            "student": [1, 1, 1],
            "indicator": ["hours", "reads", "course"],
            "kind": ["number", "category", "yes_no"],
            "value": [4.0, None, 1.0],
            "category": [None, "often", None],
            "day": day,
            "known_on": day,
            "protected": False,
        }
    )


def test_an_observation_is_a_value_or_a_category():
    frame = observations()
    check(frame, "observations")
    assert "row 1" in sentences(frame.assign(value=[None, None, 1.0]), "observations")[0]
    assert "row 3" in sentences(frame.assign(value=[4.0, None, 0.5]), "observations")[0]


NUMBERS = [
    (table, column.name) for table, wanted in TABLES.items() for column in wanted.columns if column.kind is Kind.NUMBER
]


@pytest.mark.parametrize("endless", [float("inf"), float("-inf")])
@pytest.mark.parametrize(("table", "column"), NUMBERS)
def test_a_number_without_end_is_refused_in_every_column_of_numbers(table, column, endless):
    told = sentences(empty_table(table).assign(**{column: pd.Series([1.0, endless])}), table)
    (fault,) = [fault for fault in told if fault.startswith(f"{table}.{column}: ")]
    assert "expected a number" in fault
    assert fault.endswith(f"but row 2 holds {endless}.")


def test_nobody_studies_for_endless_hours():
    (fault,) = sentences(observations().assign(value=[float("inf"), None, 1.0]), "observations")
    assert fault == "observations.value: expected a number from -1e+09 to 1e+09, but row 1 holds inf."


def test_all_faults_are_told_together():
    frame = results(score=[-1.0, None, 20.0], status=["scored", "gone", "scored"], mood=1)
    assert len(sentences(frame, "results")) == 3


def test_errors_reach_another_process_whole():
    error = pickle.loads(pickle.dumps(SchemaMismatch(["One.", "Two."])))
    assert (str(error), error.faults, error.code) == (
        "One. Two.",
        ("One.", "Two."),
        "schema_mismatch",
    )
    plain = pickle.loads(pickle.dumps(MLError("Too few.", code="few")))
    assert (str(plain), plain.code) == ("Too few.", "few")


def test_mlcore_is_cheap_to_import_and_knows_no_django():
    script = "import sys, mlcore; assert not {'pandas', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
    script = "import sys, mlcore.synth; assert 'django' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True)
