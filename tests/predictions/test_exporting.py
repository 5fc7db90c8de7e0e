"""Predictions as files: in the exam's own points, of the right day and run, whole, and readable by their owner alone."""

import csv
import json
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fastparquet import ParquetFile

from portal.audit.models import AuditEvent
from portal.kit import filing
from portal.kit.errors import DomainError, NotReady
from predictions import exporting
from predictions.exporting import NotWritten, Wanted, export
from predictions.models import Prediction, ScoringKind
from predictions.packing import unpacked
from students.models import Exam, Student
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.predictions.scored import make_prediction, make_scoring_run
from tests.trained import make_version, trained_bundle

pytestmark = pytest.mark.django_db
COLUMNS = [
    "external_id", "score", "low80", "high80", "low95", "high95", "chance_pass",
    "chance_40", "chance_50", "chance_60", "chance_75", "version", "as_of", "cause",
]  # fmt: skip


def row_with(**facts: float) -> Any:
    schema = trained_bundle().schema
    return schema.encode({name: np.array([value]) for name, value in facts.items()}, rows=1).values[0]


@pytest.fixture
def exam(school: Cast) -> Exam:
    """Of 50 points. Sam has an id of another system and a score; of Mia too little is known."""
    exam = make.make_exam(school.maths, title="Quarterly", day=make.TODAY + timedelta(days=20), maximum=50)
    Student.objects.filter(pk=school.sam.pk).update(external_id="=S-17", source="register")
    run = make_scoring_run(make_version(school.lakeside), [exam])
    make_prediction(run, school.sam, exam, row_with(shrunken_mean=62.0))
    make_prediction(run, school.mia, exam, row_with(), cause="too_little_history", sentence="Too little.")
    return exam


def test_scores_are_in_the_exams_own_points(school: Cast, exam: Exam, tmp_path: Path) -> None:
    assert export(Wanted(exam), tmp_path / "out.csv", by=school.hana) == 2
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sam = Prediction.objects.get(student=school.sam)
    chances = unpacked(sam.chances).round(4).tolist()
    assert sam.score is not None
    assert list(rows[0]) == COLUMNS
    assert rows[0]["external_id"] == "'=S-17"
    assert float(rows[0]["score"]) == round(sam.score / 2, 2)
    assert [float(rows[0][name]) for name in COLUMNS[7:11]] == chances
    assert float(rows[0]["chance_pass"]) == chances[1]
    assert (rows[0]["version"], rows[0]["as_of"], rows[0]["cause"]) == ("1", make.TODAY.isoformat(), "")
    assert rows[1]["external_id"] == str(school.mia.pk)
    assert {rows[1][name] for name in COLUMNS[1:11]} == {""}
    assert rows[1]["cause"] == "too_little_history"


def test_json_and_parquet_say_the_same_as_csv(school: Cast, exam: Exam, tmp_path: Path) -> None:
    for name in ("out.csv", "out.json", "out.parquet"):
        export(Wanted(exam), tmp_path / name, by=None)
    told = json.loads((tmp_path / "out.json").read_text())
    assert list(told[0]) == COLUMNS
    assert told[1]["score"] is None
    assert told[0]["external_id"] == "=S-17"
    columnar = read_parquet(tmp_path / "out.parquet")
    pd.testing.assert_frame_equal(
        columnar, pd.DataFrame(told).astype(columnar.dtypes.to_dict()), check_index_type=False
    )
    text = pd.read_csv(tmp_path / "out.csv", dtype={"external_id": str})
    assert text["score"].tolist()[0] == told[0]["score"]


def read_parquet(path: Path) -> pd.DataFrame:
    with path.open("rb") as file:
        frame: pd.DataFrame = ParquetFile(file).to_pandas()
    return frame


def test_batches_make_one_file(school: Cast, exam: Exam, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {name: tmp_path / f"whole{name}" for name in filing.WRITERS}
    parts = {name: tmp_path / f"parts{name}" for name in filing.WRITERS}
    for path in whole.values():
        export(Wanted(exam), path, by=None)
    monkeypatch.setattr(exporting, "BATCH", 1)
    for path in parts.values():
        assert export(Wanted(exam), path, by=None) == 2
    assert parts[".csv"].read_bytes() == whole[".csv"].read_bytes()
    assert parts[".json"].read_bytes() == whole[".json"].read_bytes()
    one, other = (read_parquet(paths[".parquet"]) for paths in (parts, whole))
    pd.testing.assert_frame_equal(one, other)


def test_the_file_is_its_owners_alone_and_leaves_a_line(school: Cast, exam: Exam, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("what was here before")
    path.chmod(0o644)
    export(Wanted(exam), path, by=school.hana)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["out.json"]
    line = AuditEvent.objects.get(verb="predictions exported")
    assert (line.actor_id, line.facts) == (school.hana.pk, {"rows": 2, "format": "json"})


def test_what_cannot_be_written_leaves_nothing(
    school: Cast, exam: Exam, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (tmp_path / "out.xlsx", tmp_path / "no-folder" / "out.csv"):
        with pytest.raises(NotWritten):
            export(Wanted(exam), path, by=None)
    monkeypatch.setitem(filing.WRITERS, ".csv", _full_disk)
    (tmp_path / "out.csv").write_text("before")
    with pytest.raises(NotWritten, match="No space left"):
        export(Wanted(exam), tmp_path / "out.csv", by=None)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("out.csv", "before")]
    assert not AuditEvent.objects.filter(verb="predictions exported").exists()


def _full_disk(path: Path, frames: Any) -> int:
    path.write_text("half")
    raise OSError(28, "No space left on device")


def test_an_exam_without_predictions_is_told_and_leaves_no_file(school: Cast, tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="Nothing was predicted"):
        export(Wanted(school.final), tmp_path / "out.csv", by=None)
    assert list(tmp_path.iterdir()) == []


def test_of_an_earlier_day_each_student_has_what_was_said_by_then(school: Cast, exam: Exam) -> None:
    earlier = make.TODAY - timedelta(days=7)
    version = make_version(school.lakeside, seed=1)
    replay = make_scoring_run(version, [exam], as_of=earlier, kind=ScoringKind.REPLAY)
    shadow = make_scoring_run(version, [exam], as_of=earlier, kind=ScoringKind.SHADOW)
    for run in (replay, shadow):
        make_prediction(run, school.sam, exam, row_with(shrunken_mean=40.0))
    said = exported(Wanted(exam, as_of=earlier))
    assert (said["version"].tolist(), said["as_of"].tolist()) == ([2], [earlier.isoformat()])
    now = exported(Wanted(exam))
    assert now["version"].tolist() == [1, 1]
    assert exported(Wanted(exam, as_of=make.TODAY))["version"].tolist() == [1, 1]
    assert len(exported(Wanted(exam, run=shadow))) == 1
    with pytest.raises(NotReady):
        exported(Wanted(exam, as_of=earlier - timedelta(days=1)))


def exported(wanted: Wanted) -> pd.DataFrame:
    return pd.concat(exporting.frames(wanted), ignore_index=True)


def test_runs_with_other_boundaries_leave_their_columns_empty(school: Cast, exam: Exam) -> None:
    run = make_scoring_run(make_version(school.lakeside, seed=1), [exam])
    run.boundaries = {str(exam.pk): [45.0, 62.5]}
    run.save()
    make_prediction(run, school.mia, exam, row_with(shrunken_mean=70.0))
    said = exported(Wanted(exam))
    assert [name for name in map(str, said) if name.startswith("chance_")] == [
        "chance_pass", "chance_40", "chance_45", "chance_50", "chance_60", "chance_62.5", "chance_75"
    ]  # fmt: skip
    assert said.loc[1, ["chance_45", "chance_62.5"]].notna().all()
    assert said.loc[1, ["chance_pass", "chance_40"]].isna().all()


def test_a_person_gets_the_rows_they_may_see(school: Cast, exam: Exam) -> None:
    assert len(exported(Wanted(exam, rows=Prediction.objects.visible_to(school.cora)))) == 1
    with pytest.raises(NotReady):
        exported(Wanted(exam, rows=Prediction.objects.visible_to(school.wanda)))


def test_more_students_need_no_more_queries(school: Cast, exam: Exam) -> None:
    with assert_queries(5):
        assert len(exported(Wanted(exam))) == 2
    run = make_scoring_run(make_version(school.lakeside, seed=1), [exam])
    for _number in range(5):
        make_prediction(run, make.make_student(school.lakeside), exam, row_with(shrunken_mean=50.0))
    with assert_queries(5):
        assert len(exported(Wanted(exam))) == 7


def test_without_the_extra_parquet_is_refused_with_a_sentence(
    school: Cast, exam: Exam, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fastparquet", None)
    with pytest.raises(DomainError, match="parquet"):
        export(Wanted(exam), tmp_path / "out.parquet", by=None)
    assert list(tmp_path.iterdir()) == []
