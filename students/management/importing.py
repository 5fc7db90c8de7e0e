"""What the commands that import share: a file through the same rooms as on the pages, in this process, and how they end.

They end with 0 if it was applied or there was nothing to do, with 1 if errors were found in the file, with 2 if a guard asks
for a yes, with 3 if nothing could be begun: no such file, school, profile or person, no right, or records that changed.
"""

from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import CommandError, CommandParser

from portal.jobs import following
from portal.jobs.models import Job
from portal.kit import shell
from portal.kit.shell import Answer
from students import orders
from students.importing import batches, told
from students.importing.batches.keeping import delete
from students.importing.batches.looking_over import Looked
from students.importing.batches.receiving import prepare
from students.importing.told import FindingsTold, PlanTold
from students.management.finding import find_person, find_school
from students.models import ImportBatch, ImportProfile, ImportState, School

APPLIED, FINDINGS, GUARD, REFUSED = 0, 1, 2, 3
FIRST_FINDINGS = 10


def several(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise ArgumentTypeError(f"expected a number of rows from 1 to 1,000,000, but it says {text}")
    return int(text)


class ImportDoor(shell.Door):
    """A command that brings one file into one school."""

    refused = REFUSED
    kind: ClassVar[str]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--school", required=True, metavar="SLUG", help="the school, by its slug")
        parser.add_argument("--profile", metavar="NAME", help="read it as this profile of the school says")
        parser.add_argument("--source", metavar="NAME", help="the system the file comes from; its ids belong to it")
        parser.add_argument("--dry-run", action="store_true", help="show findings and plan; store and change nothing")
        parser.add_argument("--truncate", action="store_true", help="marks of this source that the file lacks go")
        parser.add_argument("--set-aside", action="store_true", help="leave rows with errors out and import the others")
        parser.add_argument("--yes", action="store_true", help="say yes where so much would go that a guard asks")
        parser.add_argument(
            "--batch-size", type=several, metavar="N", help="rows read at once (fewer need less memory)"
        )
        super().add_arguments(parser)

    def reply(self, options: dict[str, Any]) -> Answer:
        school, by = find_school(options["school"]), find_person(options["by"])
        self.prepare(school, options)
        path = Path(options["file"])
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        with path.open("rb") as file:
            batch = prepare(
                school, file, path.name, by=by, profile=self.profile(school, options), options=_asked(options)
            )
        try:
            if batch.kind != self.kind:
                raise CommandError(
                    f"{path.name} is a file of the kind {batch.get_kind_display()}; there is a command for those."
                )
            batch.mapping = self.mapping(options) or batch.mapping
            batch.source = options["source"] or batch.source
            if options["dry_run"]:
                return self.look_only(batch, by, options)
            batch.save()
        except BaseException:
            if not batch.pk:
                delete([batch.path])
            raise
        return self.carry_out(batch, by, options)

    def prepare(self, school: School, options: dict[str, Any]) -> None:
        """What is to be refused before the file is touched."""

    def mapping(self, options: dict[str, Any]) -> dict[str, Any]:
        """As a file of one's own says it; empty where the profile or the file itself tell."""
        return {}

    def profile(self, school: School, options: dict[str, Any]) -> ImportProfile | None:
        if not options["profile"]:
            return None
        profiles = ImportProfile.objects.filter(school=school)
        if found := profiles.filter(name=options["profile"]).first():
            return found
        known = ", ".join(profiles.filter(kind=self.kind).values_list("name", flat=True)[:20])
        raise CommandError(f"{school} has no import profile “{options['profile']}”. There are: {known or 'none yet'}.")

    def look_only(self, batch: ImportBatch, by: Any, options: dict[str, Any]) -> Answer:
        """Nothing is left of it, the stored file neither."""
        say = self.saying(options)
        try:
            looked = batches.look_over(batch, by=by, on=batch.school.today(), progress=_telling(say))
        finally:
            delete([batch.path])
        return _answer(batch, looked.plan.told if looked.plan else PlanTold(), looked.findings_told, options, looked)

    def carry_out(self, batch: ImportBatch, by: Any, options: dict[str, Any]) -> Answer:
        """As jobs, so that it is seen on the pages, can be stopped there, and goes on should this process be killed."""
        say = self.saying(options)
        job = _followed(orders.order_plan(batch, by=by), batch, say)
        if batch.state not in (ImportState.PLANNED, ImportState.REFUSED):
            return _failed(batch, job)
        answer = _answer(batch, told.read_plan(batch.plan), told.read_findings(batch.findings), options)
        if answer.ending or not told.read_plan(batch.plan).does:
            return answer
        order = orders.order_apply(batch, batch.fingerprint, by=by, accepted_guards=options["yes"])
        job = _followed(order, batch, say)
        if batch.state != ImportState.APPLIED:
            return _failed(batch, job)
        facts = {**answer.facts, "state": str(batch.state), "seconds": round(batch.seconds or 0, 2)}
        return Answer(
            f"{answer.sentence}\n{job.told} Import no. {batch.pk}; undo_import {batch.pk} takes it back.", facts
        )


def _asked(options: dict[str, Any]) -> dict[str, Any]:
    return {"truncate": options["truncate"], "set_aside": options["set_aside"], "block": options["batch_size"]}


def _telling(say: Callable[[str], None]) -> Callable[..., None]:
    said: list[str] = []

    def progress(done: int, total: int = 0, sentence: str = "", **facts: Any) -> None:
        if sentence and said[-1:] != [sentence]:
            said[:] = [sentence]
            say(sentence)

    return progress


def _followed(job: Job, batch: ImportBatch, say: Callable[[str], None]) -> Job:
    ended = following.follow(job, here=True, say=say)
    batch.refresh_from_db()
    batches.settled(batch)
    return ended


def _failed(batch: ImportBatch, job: Job) -> Answer:
    facts = {"import": batch.pk, "state": str(batch.state), "error": str(job.state), "sentence": job.told}
    return Answer(f"{job.told} Import no. {batch.pk} is “{batch.get_state_display()}”.", facts, REFUSED)


def _answer(
    batch: ImportBatch, plan: PlanTold, findings: FindingsTold, options: dict[str, Any], looked: Looked | None = None
) -> Answer:
    is_refused = batch.state == ImportState.REFUSED or (looked is not None and looked.plan is None)
    ending = _ending(plan, findings, options, is_refused=is_refused)
    state = "dry run" if looked else str(batch.state)
    facts: dict[str, Any] = {"import": batch.pk, "state": state, "source": batch.source, **_facts(plan, findings)}
    return Answer(_in_words(batch, plan, findings, ending), facts, ending)


def _ending(plan: PlanTold, findings: FindingsTold, options: dict[str, Any], *, is_refused: bool) -> int:
    if is_refused or (findings.errors and not options["set_aside"]):
        return FINDINGS
    return GUARD if plan.guards and not options["yes"] else APPLIED


def _facts(plan: PlanTold, findings: FindingsTold) -> dict[str, Any]:
    counts = ("read", "added", "changed", "ended", "removed", "unchanged", "kept")
    return {
        "files": dict(plan.files),
        "tables": {each.table: {name: getattr(each, name) for name in counts} for each in plan.tables},
        "errors": findings.errors,
        "notes": findings.notes,
        "conflicts": findings.conflicts,
        "set_aside": findings.rows_set_aside,
        "findings": [told.as_json(each) for each in findings.shown],
        "guards": [told.as_json(each) for each in plan.guards],
        "forewarnings": [told.as_json(each) for each in plan.forewarnings],
    }


def _in_words(batch: ImportBatch, plan: PlanTold, findings: FindingsTold, ending: int) -> str:
    lines = [f"{batch.file_name}, of the source “{batch.source}”: {plan.read:,} rows read.", *_table(plan)]
    lines += [_finding(each) for each in findings.shown[:FIRST_FINDINGS]]
    if findings.count > FIRST_FINDINGS:
        lines.append(f"… and {findings.count - FIRST_FINDINGS:,} findings more.")
    lines += _asked_then(plan) if ending == FINDINGS else [each.sentence for each in plan.guards]
    return "\n".join([*lines, _closing(batch, plan, findings, ending)])


def _table(plan: PlanTold) -> list[str]:
    names = ("added", "changed", "ended", "removed", "unchanged", "kept")
    rows = [each for each in plan.tables if each.does or each.unchanged or each.kept]
    if not rows:
        return []
    head = f"{'':<24}" + "".join(f"{name:>11}" for name in names)
    return [head, *(f"{each.label:<24}" + "".join(f"{getattr(each, name):>11,}" for name in names) for each in rows)]


def _finding(each: Any) -> str:
    place = ", ".join(filter(None, (each.file, f"line {each.line}" if each.line else "", each.column)))
    value = f" “{each.value}”" if each.value else ""
    return f"{each.severity}: {place}:{value} {each.expected}"


def _asked_then(plan: PlanTold) -> list[str]:
    """What a guard will ask however the errors are mended."""
    head = ["As the file stands, without its rows with errors, a guard would ask:"] if plan.forewarnings else []
    return [*head, *(each.sentence for each in plan.forewarnings)]


def _closing(batch: ImportBatch, plan: PlanTold, findings: FindingsTold, ending: int) -> str:
    left = f" The file waits as import no. {batch.pk}." if batch.pk else ""
    if ending == FINDINGS:
        return f"{findings.errors:,} errors. Nothing was changed; --set-aside leaves rows with errors out.{left}"
    if ending == GUARD:
        return f"Nothing was changed; --yes says that this is meant.{left}"
    if not plan.does:
        return "Nothing to do: the records say all of this already."
    return "" if batch.pk else "Nothing was changed: this was a dry run."
