"""The commands about models and predictions: what they say, how they end, and that they need neither web nor worker."""

import json
import os
import signal
import time
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from mlcore.train import Outcome
from portal.jobs import following
from portal.jobs.models import Job, JobState
from predictions import artifacts, registry, training
from predictions.models import Approval, ModelPolicy, ModelVersion, ScoringRun, TrainingRun
from predictions.training import Trained
from tests import make
from tests.cast import Cast
from tests.predictions.shell import AT, facts, refused, serving, told
from tests.trained import make_version, trained_bundle
from tests.workers import work_off

pytestmark = pytest.mark.django_db


def learns(monkeypatch: pytest.MonkeyPatch, *, passes: bool) -> None:
    """Training takes no time: it finds the small model, which passes every check or none."""
    verdict = trained_bundle().report["verdict"]
    checks = [{**check, "passed": passes, "sentence": f"The {check['name']}."} for check in verdict["checks"]]
    report = {**trained_bundle().report, "verdict": {"fit_to_serve": passes, "checks": checks}}
    bundle = replace(trained_bundle(), report=report)
    data = artifacts.written(bundle)
    outcome = Outcome(bundle, None)  # type: ignore[arg-type]  # the register reads the bundle alone
    found = Trained(outcome, artifacts.store(data), len(data), artifacts.probe_of(bundle), None, 1.5)
    monkeypatch.setattr(training, "execute_run", lambda run, progress: found)


# --- train_model ---------------------------------------------------------------------------------------------


def test_a_training_is_ordered_and_its_job_is_named(school: Cast) -> None:
    said = facts("train_model", *AT, "--effort", "quick", "--seed", "7", "--by", "hana@lakeside.example")
    run = TrainingRun.objects.get()
    assert said == {
        "run": run.pk, "job": str(run.job_id), "state": "queued", "address": run.get_absolute_url()
    }  # fmt: skip
    assert (run.seed, run.cause, run.job.requested_by, run.promotes) == (7, "command", school.hana, False)
    assert run.spec["train"]["effort"] == "quick"


def test_a_training_says_what_is_left_out_and_of_which_days_it_knows(school: Cast) -> None:
    since, as_of = make.TODAY - timedelta(days=300), make.TODAY - timedelta(days=3)
    days = ("--since", since.isoformat(), "--as-of", as_of.isoformat())
    told(
        "train_model", *AT, *days, "--leave-out", "attendance", "participation", "--subject", school.maths.subject.code
    )
    run = TrainingRun.objects.get()
    assert (run.as_of, run.subject) == (as_of, school.maths.subject)
    assert run.spec["reading"]["since"] == since.isoformat()
    assert run.spec["reading"]["leave_out"] == ["attendance", "participation"]


def test_a_training_that_passes_its_gate_ends_with_nought(school: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    learns(monkeypatch, passes=True)
    ModelPolicy.objects.create(school=school.lakeside, needs_second_person=False)
    said = facts("train_model", *AT, "--here", "--promote")
    version = ModelVersion.objects.get()
    assert (said["state"], said["version"], said["passed_gate"], said["serves"]) == ("succeeded", 1, True, True)
    assert said["sha256"] == version.sha256
    assert {check["passed"] for check in said["checks"]} == {True}
    assert "serves from now on" in said["sentence"]


def test_a_training_that_fails_its_gate_ends_with_one_and_says_which_check(
    school: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    learns(monkeypatch, passes=False)
    ending, sentence = refused("train_model", *AT, "--wait")
    assert ending == 1
    assert "did not pass its gate" in sentence
    assert f"The {trained_bundle().report['verdict']['checks'][0]['name']}." in sentence


def test_too_little_data_ends_with_two_and_says_what_is_missing(school: Cast) -> None:
    ending, sentence = refused("train_model", *AT, "--wait")
    assert ending == 2
    assert sentence
    assert Job.objects.get().state == JobState.FAILED
    assert sentence == Job.objects.get().sentence


def test_while_a_worker_is_alive_the_command_waits_for_it(school: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    learns(monkeypatch, passes=True)
    monkeypatch.setattr(following, "worker_is_alive", lambda: True)
    monkeypatch.setattr("time.sleep", lambda seconds: work_off())
    assert facts("train_model", *AT, "--wait")["state"] == "succeeded"


@pytest.mark.django_db(transaction=True)
def test_ctrl_c_stops_the_job_at_its_next_step(school: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def learn(run: TrainingRun, progress: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        for step in range(200):
            progress(step, 200, "Learning.")
            time.sleep(0.05)

    monkeypatch.setattr(training, "execute_run", learn)
    before = signal.getsignal(signal.SIGINT)
    ending, sentence = refused("train_model", *AT, "--here")
    assert (ending, sentence) == (2, "Stopped as asked.")
    assert Job.objects.get().state == JobState.CANCELLED
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--school", "nowhere"), "There are: hillside-school, lakeside-school, north-district."),
        ((*AT, "--subject", "NONE"), "No subject of Lakeside School has the code “NONE”."),
        ((*AT, "--by", "nobody@lakeside.example"), "No active account"),
        ((*AT, "--as-of", "yesterday"), "expected a day such as"),
        ((*AT, "--as-of", "2199-01-01"), "lies in the future"),
        ((*AT, "--leave-out", "marks"), "invalid choice"),
        ((*AT, "--effort", "heroic"), "invalid choice"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(school: Cast, arguments: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused("train_model", *arguments)[1]
    assert not TrainingRun.objects.exists()


def test_a_program_gets_the_refusal_as_json(school: Cast) -> None:
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("train_model", "--school", "nowhere", "--json", stdout=out)
    assert json.loads(out.getvalue())["error"] == "not_found"


# --- promote, approve_model ------------------------------------------------------------------------------------


def test_a_version_is_promoted_once_somebody_else_approved_it(school: Cast) -> None:
    make_version(school.lakeside)
    by_hana = (*AT, "--version", "1", "--by", "hana@lakeside.example")
    ending, sentence = refused("promote", *by_hana)
    assert (ending, "second person" in sentence) == (2, True)
    facts("approve_model", *AT, "--version", "1", "--by", "dora@north-district.example", "--why", "Looks right.")
    said = facts("promote", *by_hana, "--why", "It is nearer.")
    assert (said["version"], said["before"]) == (1, None)
    champion = registry.champion(school.lakeside)
    assert champion is not None
    move = champion.moves.get()
    assert (move.by, move.why) == (school.hana, "It is nearer.")
    assert Approval.objects.get().reason == "Looks right."


def test_one_goes_back_to_the_champion_before(school: Cast) -> None:
    first = serving(school)
    registry.promote(make_version(school.lakeside, seed=1), by=None, why="nearer")
    assert "Version 1 of Lakeside School serves from now on instead of Version 2" in told("promote", *AT, "--previous")
    assert registry.champion(school.lakeside) == first
    assert first.moves.latest("pk").why == "from the shell"
    assert ScoringRun.objects.filter(version=first, cause="model").exists()
    assert "no earlier champion" in refused("promote", *AT, "--previous")[1]


def test_a_rejected_version_cannot_serve(school: Cast) -> None:
    make_version(school.lakeside)
    decide = ("approve_model", *AT, "--version", "1", "--reject", "--by", "hana@lakeside.example")
    assert "Say why" in refused(*decide)[1]
    assert facts(*decide, "--why", "Unfair.")["approved"] is False
    assert "was rejected" in refused("promote", *AT, "--version", "1")[1]
    assert "say whose" in refused("approve_model", *AT, "--version", "1")[1]


def test_a_version_that_is_not_there_is_refused(school: Cast) -> None:
    make_version(school.hillside)
    make_version(school.district)
    assert refused("promote", "--school", "hillside-school", "--version", "2")[0] == 2
    assert "name that with --school" in refused("promote", *AT, "--version", "1")[1]
    with pytest.raises(CommandError, match="required"):
        told("promote", *AT)


def test_no_worker_is_alive_where_the_queue_cannot_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> float:
        raise OSError("no queue")

    monkeypatch.setattr(following, "seconds_since_heartbeat", away)
    assert not following.worker_is_alive()
    monkeypatch.setattr(following, "seconds_since_heartbeat", lambda: 3.0)
    assert following.worker_is_alive()
    monkeypatch.setattr(following, "seconds_since_heartbeat", lambda: 300.0)
    assert not following.worker_is_alive()
