"""Real students' tables, where they lie beside the project: a school with one sheet gets a version that may serve, and honest ranges."""

import pandas as pd
import pytest

from benchmarks.learning.sets import folder
from mlcore.train import train
from mlcore.wide import WideSpec, from_wide

FILE = folder() / "uci_student_por.csv"
pytestmark = [
    pytest.mark.skipif(not FILE.is_file(), reason="The UCI students' table does not lie beside the project."),
    pytest.mark.xdist_group("trained"),
]
SCALES = dict.fromkeys(("G1", "G2", "G3"), (0.0, 20.0))


def sheet() -> pd.DataFrame:
    return pd.read_csv(FILE).astype({"G1": float, "G2": float, "G3": float})


def test_with_earlier_grades_the_last_is_told_better_than_by_the_grade_before() -> None:
    wide = WideSpec("G3", ("G1", "G2"), subjects=dict.fromkeys(SCALES, "Portuguese"), scales=SCALES, protected=("sex",))
    report = train(from_wide(sheet(), wide), wide.training()).report
    assert report.verdict.fit_to_serve, report.verdict
    assert report.baseline == "last_comparable"
    assert {row.name for row in report.fairness.rows} == {"F", "M"}


def test_without_earlier_grades_ranges_are_wide_and_hold() -> None:
    wide = WideSpec("G3", scales=SCALES, leave_out=("G1", "G2"))
    report = train(from_wide(sheet(), wide), wide.training()).report
    hit = report.coverage.hit_80
    assert hit.low is not None
    assert hit.high is not None
    assert hit.low <= 0.80 <= hit.high
    assert report.coverage.width_80 is not None
    assert report.coverage.width_80 > 25
