"""The commands that score and export: now and as of an earlier day, by any version, with neither web nor worker."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from portal.jobs.models import Job
from predictions import artifacts
from predictions.models import Prediction, ScoringKind, ScoringRun
from students.models import Enrolment, Exam
from tests import make
from tests.cast import Cast
from tests.predictions.shell import AT, facts, refused, serving, told

pytestmark = pytest.mark.django_db


def test_an_exam_is_scored_without_any_worker(school: Cast) -> None:
    serving(school)
    said = facts("score_exam", *AT, "--exam", str(school.final.pk), "--wait")
    assert (said["state"], said["version"], said["shown"]) == ("succeeded", 1, True)
    assert said["scored"] + sum(said["causes"].values()) == 2
    assert said["seconds"] >= 0
    assert Prediction.objects.current().filter(exam=school.final).count() == 2


def test_an_exam_is_scored_for_one_class(school: Cast) -> None:
    serving(school)
    said = facts("score_exam", *AT, "--exam", str(school.final.pk), "--class", str(school.maths.pk), "--here")
    assert ScoringRun.objects.get(pk=said["run"]).students == sorted([school.sam.pk, school.mia.pk])
    art = ("--class", str(school.art.pk))
    assert "Nobody sits" in told("score_exam", *AT, "--exam", str(school.final.pk), *art, "--here")


def test_a_replay_is_by_the_version_of_that_day_and_shows_nothing(school: Cast) -> None:
    version = serving(school)
    earlier = make.TODAY - timedelta(days=9)
    exam = ("--exam", str(school.final.pk))
    assert "No model served" in refused("score_exam", *AT, *exam, "--as-of", earlier.isoformat())[1]
    said = facts("score_exam", *AT, *exam, "--as-of", earlier.isoformat(), "--version", "1", "--here")
    assert (said["as_of"], said["shown"]) == (earlier.isoformat(), False)
    assert ScoringRun.objects.get().kind == ScoringKind.REPLAY
    assert not Prediction.objects.current().exists()
    version.moves.update(at=version.made_at - timedelta(days=20))
    assert facts("score_exam", *AT, *exam, "--as-of", earlier.isoformat(), "--here")["version"] == 1


def test_an_order_for_scores_names_its_job(school: Cast) -> None:
    serving(school)
    said = told("score_exam", *AT, "--exam", str(school.final.pk))
    assert f"/jobs/{Job.objects.get(kind='scoring').pk}/" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--exam", "999999"), "no exam with the id 999999"),
        (("--exam", "{final}", "--class", "999999"), "no class with the id"),
        (("--exam", "{final}", "--version", "9"), "no version 9"),
        (("--exam", "{final}", "--as-of", "2199-01-01"), "lies in the future"),
        (("--exam", "{test}"), "does not lie ahead"),
        (("--exam", "{test}", "--as-of", make.TODAY.isoformat()), "nothing can be predicted"),
    ],
)
def test_a_scoring_that_cannot_be_meant_is_refused(school: Cast, arguments: tuple[str, ...], sentence: str) -> None:
    serving(school)
    named = [each.format(final=school.final.pk, test=school.test.pk) for each in arguments]
    ending, said = refused("score_exam", *AT, *named)
    assert ending == 2
    assert sentence in said


def test_a_model_that_is_gone_fails_with_its_sentence(school: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    serving(school)

    def gone(version: Any) -> Any:
        raise artifacts.BadArtifact("Version 1 cannot be opened: its stored model is missing.")

    monkeypatch.setattr(artifacts, "opened", gone)
    ending, sentence = refused("score_exam", *AT, "--exam", str(school.final.pk), "--here")
    assert ending == 2
    assert "can be opened" in sentence or "cannot be opened" in sentence


def test_predictions_are_written_as_shown_and_as_replayed(school: Cast, tmp_path: Path) -> None:
    serving(school)
    exam = ("--exam", str(school.final.pk))
    facts("score_exam", *AT, *exam, "--here")
    path = tmp_path / "out.json"
    assert facts("export_predictions", *AT, *exam, "--output", str(path)) == {"rows": 2, "file": str(path)}
    assert [row["external_id"] for row in json.loads(path.read_text())] == [str(school.sam.pk), str(school.mia.pk)]
    Enrolment.objects.update(created_at=timezone.now() - timedelta(days=60))  # who sits it was known then
    Exam.objects.update(created_at=timezone.now() - timedelta(days=60))
    earlier = (make.TODAY - timedelta(days=9)).isoformat()
    run = facts("score_exam", *AT, *exam, "--as-of", earlier, "--version", "1", "--here")["run"]
    for which in (("--as-of", earlier), ("--run", str(run))):
        assert "2 predictions" in told("export_predictions", *AT, *exam, *which, "--output", str(path))
        assert {row["as_of"] for row in json.loads(path.read_text())} == {earlier}


def test_an_export_that_cannot_be_meant_is_refused(school: Cast, tmp_path: Path) -> None:
    exam = ("--exam", str(school.final.pk))
    for which in (("out.csv",), ("out.xlsx",), ("out.csv", "--run", "77")):
        file, *rest = which
        assert refused("export_predictions", *AT, *exam, "--output", str(tmp_path / file), *rest)[0] == 2
    assert list(tmp_path.iterdir()) == []
