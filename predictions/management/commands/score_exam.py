"""`manage.py score_exam`: predict an exam now, or as it would have been predicted on an earlier day. Ends with 1 if only in part."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db.models import Count

from portal.jobs import following
from portal.jobs.models import JobState
from predictions.management.door import REFUSED, Answer, Door, day, find_class, find_exam, find_person, find_version
from predictions.models import Prediction, ScoringCause, ScoringRun
from predictions.orders.scoring import order_replay, order_scoring
from students.models import School

ENDINGS = {JobState.SUCCEEDED: 0, JobState.PARTIALLY_SUCCEEDED: 1}


class Command(Door):
    help = "Predict one exam for everybody who sits it. With --as-of or --version, what people see stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--exam", type=int, required=True, metavar="ID", help="the exam")
        parser.add_argument("--as-of", type=day, metavar="DATE", help="what would have been said on that day")
        parser.add_argument("--version", type=int, metavar="N", help="by that version (default: the one that served)")
        parser.add_argument("--class", type=int, dest="school_class", metavar="ID", help="for that class alone")
        following.add_arguments(parser)

    def answer(self, school: School, options: dict[str, Any]) -> Answer:
        run = _order(school, options)
        if not (options["wait"] or options["here"]):
            facts = _facts(run)
            return Answer(f"Scoring {run.pk} is ordered as job {run.job_id}; see /jobs/{run.job_id}/", facts)
        run.job = following.follow(run.job, here=options["here"], say=self.saying(options))
        return _ended(run)


def _order(school: School, options: dict[str, Any]) -> ScoringRun:
    exam, by = find_exam(school, options["exam"]), find_person(options["by"])
    version, school_class = find_version(school, options["version"]), find_class(school, options["school_class"])
    shared: dict[str, Any] = {"by": by, "school_class": school_class, "cause": ScoringCause.COMMAND}
    if version is None and options["as_of"] is None:
        (run,) = order_scoring(school, as_of=school.today(), exam=exam, **shared)
        return run
    as_of = options["as_of"] or school.today()
    if as_of > school.today():
        raise CommandError(f"{as_of} lies in the future, so nobody knows yet what could be said then.")
    return order_replay(exam, as_of=as_of, version=version, **shared)


def _facts(run: ScoringRun) -> dict[str, Any]:
    facts = {"run": run.pk, "job": str(run.job_id), "state": str(run.job.state), "version": run.version.number}
    return {**facts, "as_of": run.as_of.isoformat(), "shown": run.is_shown}


def _ended(run: ScoringRun) -> Answer:
    job, ending = run.job, ENDINGS.get(JobState(run.job.state), REFUSED)
    run = ScoringRun.objects.select_related("version", "job").get(pk=run.pk)
    seconds = round((job.ended_at - job.requested_at).total_seconds(), 2) if job.ended_at else None
    unscored = Prediction.objects.filter(run=run, exam__in=run.exams, score=None).order_by("cause").values_list("cause")
    causes = dict(unscored.annotate(count=Count("pk")))
    facts = {"sentence": job.sentence, "scored": run.scored, "causes": causes, "seconds": seconds}
    if ending == REFUSED:
        return Answer(job.sentence, _facts(run) | facts, ending)
    without = "".join(f", {count:,} without a prediction ({cause})" for cause, count in causes.items())
    sentence = f"{run.scored:,} scored{without}, by {run.version} as of {run.as_of}, in {seconds} s (run {run.pk})."
    if ending or not (run.scored or causes):
        sentence = f"{sentence} {job.sentence}".rstrip()
    return Answer(sentence, _facts(run) | facts, ending)
