"""`manage.py export_predictions`: what was predicted of one exam as a CSV, JSON or Parquet file for another system."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from predictions.exporting import Wanted, export
from predictions.management.door import Answer, Door, day, find_exam, find_person
from predictions.models import ScoringRun
from students.models import Exam, School


class Command(Door):
    help = "Write the predictions of one exam, in the exam's own points, into a file that only its owner can read."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--exam", type=int, required=True, metavar="ID", help="the exam")
        parser.add_argument(
            "--output", type=Path, required=True, metavar="FILE", help="ends in .csv, .json or .parquet"
        )
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--run", type=int, metavar="N", help="of this scoring run (default: what is shown now)")
        which.add_argument("--as-of", type=day, metavar="DATE", help="what was said by that day, or replayed for it")

    def answer(self, school: School, options: dict[str, Any]) -> Answer:
        exam, by = find_exam(school, options["exam"]), find_person(options["by"])
        wanted = Wanted(exam, run=_find_run(exam, options["run"]), as_of=options["as_of"])
        rows = export(wanted, options["output"], by=by)
        return Answer(
            f"{rows:,} predictions written to {options['output']}.", {"rows": rows, "file": str(options["output"])}
        )


def _find_run(exam: Exam, key: int | None) -> ScoringRun | None:
    if key is None:
        return None
    run = ScoringRun.objects.filter(school=exam.school, pk=key).first()
    if run is None or exam.pk not in run.exams:
        raise CommandError(f"“{exam}” was not scored by a run {key}.")
    return run
