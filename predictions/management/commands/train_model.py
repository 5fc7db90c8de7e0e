"""`manage.py train_model`: order a training run, and with `--wait` see it through. Ends with 1 if the gate was not passed."""

from typing import Any

from django.core.management.base import CommandParser

from portal.jobs import following
from portal.jobs.models import JobState
from predictions.frames.asked import SOURCES
from predictions.management.door import REFUSED, Answer, Door, day, find_person, find_subject
from predictions.models import Alias, Effort, ModelAlias, ModelVersion, TrainingCause, TrainingRun
from predictions.orders.training import order_training
from predictions.specs import TrainingWish
from students.models import School


class Command(Door):
    help = "Train a model on a school's records, as the pages do."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--subject", metavar="CODE", help="exams of this subject alone (default: all together)")
        parser.add_argument("--effort", choices=Effort.values, default="", help="default: what the school has chosen")
        parser.add_argument(
            "--as-of", type=day, metavar="DATE", help="the records as known on that day (default today)"
        )
        parser.add_argument("--since", type=day, metavar="DATE", help="leave out exams before that day")
        parser.add_argument("--leave-out", nargs="+", choices=SOURCES, default=[], help="sources that are not read")
        parser.add_argument("--promote", action="store_true", help="let it serve if it passes and nobody must approve")
        parser.add_argument("--seed", type=int, default=0, help="the same run with the same seed gives the same bytes")
        following.add_arguments(parser)

    def answer(self, school: School, options: dict[str, Any]) -> Answer:
        wish = TrainingWish(
            school, options["as_of"] or school.today(), find_subject(school, options["subject"]),
            effort=options["effort"], since=options["since"], leave_out=tuple(options["leave_out"]), seed=options["seed"],
        )  # fmt: skip
        by = find_person(options["by"])
        run = order_training(wish, by=by, cause=TrainingCause.COMMAND, promotes=options["promote"])
        if not (options["wait"] or options["here"]):
            return _ordered(run)
        run.job = following.follow(run.job, here=options["here"], say=self.saying(options))
        return _ended(run)


def _facts(run: TrainingRun) -> dict[str, Any]:
    address = run.get_absolute_url()
    return {"run": run.pk, "job": str(run.job_id), "state": str(run.job.state), "address": address}


def _ordered(run: TrainingRun) -> Answer:
    return Answer(f"Training {run.pk} is ordered as job {run.job_id}; see {run.get_absolute_url()}", _facts(run))


def _ended(run: TrainingRun) -> Answer:
    run.refresh_from_db(fields=["report", "fingerprint", "seconds"])
    facts = {**_facts(run), "sentence": run.job.sentence}
    version = ModelVersion.objects.filter(run=run).first()
    if version is None or run.job.state != JobState.SUCCEEDED:
        return Answer(run.job.sentence, facts, REFUSED)
    report = run.report or {}
    facts |= {
        "version": version.number,
        "passed_gate": version.passed_gate,
        "serves": ModelAlias.objects.filter(version=version, name=Alias.CHAMPION).exists(),
        "sha256": version.sha256,
        "fingerprint": run.fingerprint,
        "seconds": run.seconds,
        "checks": report["verdict"]["checks"],
    }
    failed = [check["sentence"] for check in report["verdict"]["checks"] if not check["passed"]]
    return Answer(" ".join([run.job.sentence, *failed]), facts, 0 if version.passed_gate else 1)
