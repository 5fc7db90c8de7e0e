"""From a terminal: a school is made up, checked, learned from and predicted; what goes wrong is told in a sentence."""

import io
import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from mlcore.__main__ import main

pytestmark = pytest.mark.xdist_group("console")

ROOT = Path(__file__).parents[2]
TODAY, TRAINED_ON = "2026-03-20", "2026-01-20"
SCHOOL = ["--students", "60", "--today", TODAY, "--seed", "7"]


@dataclass(frozen=True)
class Said:
    """What a command returned to the shell, and what it wrote to the terminal."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Trained:
    folder: Path
    said: Said

    @property
    def data(self) -> str:
        return str(self.folder / "school")

    @property
    def model(self) -> list[str]:
        return ["--model", str(self.folder / "model.fm"), "--key-file", str(self.folder / "key")]


def ran(*arguments: str | Path) -> Said:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main([str(each) for each in arguments])
        except SystemExit as end:  # how argparse ends
            code = int(end.code or 0)
    return Said(code, out.getvalue(), err.getvalue())


def things_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def refused(said: Said, sentence: str) -> None:
    assert said.code == 2
    assert said.out == ""
    assert sentence in said.err.splitlines()[-1]
    assert "Traceback" not in said.err


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("console")
    made = Trained(folder, Said(0, "", ""))
    assert ran("made-up", made.data, *SCHOOL).code == 0
    asked = ["--leads", "42", "--subjects", "MATH", "--as-of", TRAINED_ON]
    written = ["--report", folder / "report.json", "--card", folder / "card.md"]
    return Trained(folder, ran("train", made.data, *made.model, *asked, *written))


@pytest.fixture
def school(tmp_path: Path) -> Path:
    folder = tmp_path / "school"
    assert ran("made-up", folder, "--students", "5", "--today", TODAY).code == 0
    return folder


def test_a_made_up_school_has_nothing_wrong(trained: Trained) -> None:
    said = ran("check", trained.data)
    assert (said.code, said.err) == (0, "")
    assert "students: 60 rows\n" in said.out
    assert said.out.endswith("Nothing wrong was found.\n")


def test_a_training_says_how_good_it_is_and_returns_whether_it_is_fit_to_serve(trained: Trained) -> None:
    report = json.loads((trained.folder / "report.json").read_text(encoding="utf-8"))
    fit = report["verdict"]["fit_to_serve"]
    assert trained.said.code == (0 if fit else 1)
    assert trained.said.out.startswith("Chosen: ")
    assert trained.said.out.endswith("Fit to serve.\n" if fit else "Not fit to serve.\n")
    assert all(check["sentence"] in trained.said.out for check in report["verdict"]["checks"])
    assert report["spec"]["subjects"] == ["MATH"]
    judged = report["errors"]
    assert f"on {judged['rows']:,} scores for {judged['students']:,} students, whose results it had" in trained.said.out


def test_a_training_tells_how_far_it_is_and_that_the_new_key_is_to_be_kept_safe(trained: Trained) -> None:
    assert "[0/1] Laying out what is known.\n" in trained.said.err
    assert "Done.\n" in trained.said.err
    assert "keep it safe" in trained.said.err
    key = trained.folder / "key"
    assert len(key.read_text()) == 64
    if os.name == "posix":
        assert key.stat().st_mode & 0o077 == 0
    assert key.read_text() not in trained.said.err + trained.said.out


def test_the_model_is_tried_on_what_came_after_its_day(trained: Trained) -> None:
    said = ran("evaluate", trained.data, *trained.model)
    assert said.code == 0
    assert "Mean error" in said.out
    assert re.match(r"\d+ scores for \d+ students; \d+ times no score was given\.\n", said.out)
    assert "The 80 % range held for" in said.out
    refused(ran("evaluate", trained.data, *trained.model, "--as-of", TRAINED_ON), "No result was asked for after")


def test_predictions_are_one_line_for_each_student_and_exam_ahead(trained: Trained, tmp_path: Path) -> None:
    out = tmp_path / "scores.csv"
    said = ran("predict", trained.data, *trained.model, "--as-of", TODAY, "--out", out)
    assert (said.code, said.out) == (0, "")
    assert said.err in ("", "Beware: this model is not fit to serve; its card says why.\n")
    told = pd.read_csv(out)
    assert not told.duplicated(["student", "exam"]).any()
    scored = told[told["score"].notna()]
    assert len(scored)
    assert (scored["low_95"] <= scored["low_80"]).all()
    assert scored["score"].between(scored["low_80"], scored["high_80"]).all()
    reasons = scored.filter(like="points: ").sum(axis=1)
    assert (scored["base"] + reasons).to_numpy() == pytest.approx(scored["score"].to_numpy(), abs=0.2)
    unscored = told[told["score"].isna()]
    assert unscored["no_score_because"].str.endswith(".").all()
    assert scored["no_score_because"].isna().all()


def test_a_word_the_model_never_met_is_named_beside_the_score(trained: Trained) -> None:
    typed = json.dumps({"shrunken_mean": 60.0, "all_count": 20, "activity_level": "never met"})
    told = pd.read_csv(io.StringIO(ran("predict", *trained.model, "--values", typed).out))
    assert told["never_met_in_training"].tolist() == ["level of the newest activity"]
    assert told["score"].notna().all()


def test_a_school_in_parquet_gets_the_same_scores(trained: Trained, tmp_path: Path) -> None:
    pytest.importorskip("fastparquet")
    assert ran("made-up", tmp_path / "school", *SCHOOL, "--parquet").code == 0
    assert {path.suffix for path in (tmp_path / "school").iterdir()} == {".parquet"}
    assert ran("check", tmp_path / "school").out == ran("check", trained.data).out
    one, other = (
        ran("predict", data, *trained.model, "--as-of", TODAY) for data in (tmp_path / "school", trained.data)
    )
    assert one.out.count("\n") > 60
    assert one == other


def test_one_score_is_given_for_typed_values(trained: Trained) -> None:
    said = ran("predict", *trained.model, "--values", '{"shrunken_mean": 72}')
    told = pd.read_csv(io.StringIO(said.out))
    assert len(told) == 1
    assert told["low_80"][0] < told["score"][0] < told["high_80"][0]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ("{", "--values: expected JSON"),
        ("[72]", "--values: expected a JSON object"),
        ('{"shoe_size": 43}', "shoe_size: the model does not know a value of this name."),
        ('{"shrunken_mean": 720}', "expected a number from 0 to 100, but it says 720"),
    ],
)
def test_typed_values_that_make_no_sense_are_refused(trained: Trained, values: str, sentence: str) -> None:
    refused(ran("predict", *trained.model, "--values", values), sentence)


@pytest.mark.parametrize(("form", "start"), [("md", "# Model card"), ("html", "<"), ("json", "{")])
def test_the_card_is_printed_as_it_was_written(trained: Trained, form: str, start: str) -> None:
    said = ran("card", *trained.model, "--format", form)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(start)
    if form == "md":
        assert said.out.strip() == (trained.folder / "card.md").read_text(encoding="utf-8").strip()


def test_a_model_opens_with_its_own_key_alone(trained: Trained, tmp_path: Path) -> None:
    other = tmp_path / "key"
    other.write_text("ff" * 32)
    refused(ran("card", "--model", trained.folder / "model.fm", "--key-file", other), "signed with another key")
    other.write_text(" \n")
    refused(ran("card", "--model", trained.folder / "model.fm", "--key-file", other), "expected a file with a key")
    refused(ran("card", "--model", trained.folder / "model.fm", "--key-file", tmp_path / "none"), "no such key file")
    refused(ran("card", "--model", other, "--key-file", trained.folder / "key"), "not a Foremark bundle")
    refused(ran("card", "--model", tmp_path / "none", "--key-file", other), "there is no such model")


def test_what_cannot_be_predicted_is_told(trained: Trained) -> None:
    refused(
        ran("predict", trained.data, *trained.model, "--as-of", "2030-01-01"), "No exam lies ahead of 1 January 2030"
    )
    refused(ran("predict", *trained.model), "Say which data")


NEW_MODEL = ["--model", "{here}/model.fm", "--key-file", "{here}/key"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["check", "{here}/nowhere"], "there is no such file or folder"),
        (["check", "{here}"], "holds none of the tables"),
        (["check", "{data}/exams.csv"], "say with --target which column is to be predicted"),
        (["check", "{data}/exams.csv", "--target", "mark"], "mark: there is no such column"),
        (["check", "{data}/exams.csv", "--target", "mark", "--scale", "mark=high"], "expected COLUMN=LOW:HIGH"),
        (["guess", "{data}"], "invalid choice: 'guess'"),
        ([], "the following arguments are required: command"),
        (["train", "{data}", *NEW_MODEL, "--as-of", "2026-13-01"], "expected a day such as 2026-05-15, but it says"),
        (["train", "{data}", *NEW_MODEL], "at least 100 of 40 students are needed"),
        (["train", "{data}", *NEW_MODEL, "--leads", "-3"], "leads: expected at least one number of days"),
        (["train", "{data}", *NEW_MODEL, "--pass-mark", "900"], "pass_mark: expected a percentage"),
        (["train", "{data}", *NEW_MODEL, "--card", "{here}/card.pdf"], "a card can be written as md, html, json"),
        (["train", "{data}", *NEW_MODEL, "--report", "{here}/no/report"], "there is no folder"),
        (["train", "{data}", "--model", "{here}/m", "--key-file", "{data}"], "there is a folder of this name"),
        (["train", "{data}", "--model", "{data}", "--key-file", "{here}/k"], "there is a folder of this name"),
        (["predict", "{data}", *NEW_MODEL, "--out", "{here}/no/scores.csv"], "there is no folder"),
        (["made-up", "{here}/new", "--today", "soon"], "expected a day such as 2026-05-15, but it says soon"),
        (["made-up", "{here}/new", "--today", TODAY, "--students", "0"], "needs at least one student"),
        (["made-up", "{data}/exams.csv", "--today", TODAY], "there is a file of this name"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(
    tmp_path: Path, school: Path, arguments: list[str], sentence: str
) -> None:
    before = things_in(tmp_path)
    refused(ran(*(each.format(here=tmp_path, data=school) for each in arguments)), sentence)
    assert things_in(tmp_path) == before


def test_every_fault_of_the_tables_is_told_on_a_line_of_its_own(school: Path) -> None:
    students = school / "students.csv"
    lines = students.read_text().splitlines()
    students.write_text("\n".join([lines[0], lines[1].replace("-", ".", 2), *lines[2:]]))
    (school / "marks.csv").write_text("a\n1\n")
    said = ran("check", school)
    assert (said.code, said.out) == (2, "")
    stray, cell = said.err.splitlines()
    assert stray == "marks.csv: there is no table of this name."
    assert cell.startswith("students.csv, line 2, birth_date: expected a date")


def test_a_folder_with_something_in_it_is_not_written_over(school: Path) -> None:
    before = (school / "students.csv").read_bytes()
    refused(ran("made-up", school, "--students", "5", "--today", TODAY), "expected a new or an empty folder")
    assert (school / "students.csv").read_bytes() == before


@pytest.mark.parametrize(
    "spoiled", [("--seed", "-1"), ("--least-r2", "nan"), ("--least-history", "-1"), ("--most-mae", "-3")]
)
def test_a_choice_that_cannot_be_meant_is_told(trained: Trained, tmp_path: Path, spoiled: tuple[str, str]) -> None:
    said = ran("train", trained.data, "--model", tmp_path / "m", "--key-file", tmp_path / "key", *spoiled)
    assert said.code == 2
    assert "expected" in said.err
    assert not list(tmp_path.iterdir())


def test_a_table_that_is_there_twice_is_told(school: Path) -> None:
    pytest.importorskip("fastparquet")
    assert ran("made-up", school.parent / "other", "--students", "5", "--today", TODAY, "--parquet").code == 0
    (school.parent / "other" / "students.parquet").rename(school / "students.parquet")
    refused(ran("check", school), "students.csv: this table is there twice.")


def test_from_the_shell_it_is_the_same(trained: Trained, tmp_path: Path) -> None:
    def shell(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mlcore", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )

    card = shell("card", *trained.model)
    assert (card.returncode, card.stderr) == (0, "")
    assert card.stdout.strip() == (trained.folder / "card.md").read_text(encoding="utf-8").strip()
    bad = shell("check", str(tmp_path / "nowhere"))
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr == f"{tmp_path / 'nowhere'}: there is no such file or folder.\n"
