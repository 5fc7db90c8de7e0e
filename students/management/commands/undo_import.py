"""`manage.py undo_import`: take back what an import did. Ends with 1 if something was left because it was changed since."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from portal.jobs import following
from portal.kit import shell
from portal.kit.shell import Answer
from students import orders
from students.importing import batches, told
from students.management.finding import find_person
from students.management.importing import FINDINGS, REFUSED
from students.models import ImportBatch, ImportState


class Command(shell.Door):
    help = "Take back what an import did. What somebody changed since stays, and is listed."
    refused = REFUSED

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", metavar="N", type=int, help="the number of the import")
        super().add_arguments(parser)

    def reply(self, options: dict[str, Any]) -> Answer:
        by = find_person(options["by"])
        batch = ImportBatch.objects.select_related("school").filter(pk=options["number"]).first()
        if batch is None:
            raise CommandError(f"There is no import no. {options['number']}.")
        job = following.follow(orders.order_undo(batch, by=by), here=True, say=self.saying(options))
        batch.refresh_from_db()
        batches.settled(batch)
        facts = {"import": batch.pk, "state": str(batch.state), "sentence": job.told}
        if batch.state != ImportState.UNDONE:
            return Answer(job.told, facts, REFUSED)
        done = told.UndoneTold(**{**batch.undone, "left": tuple(batch.undone.get("left", ()))})
        facts |= {"restored": done.restored, "removed": done.removed, "left": list(done.left)}
        return Answer("\n".join([job.told, *done.left]), facts, FINDINGS if done.left else 0)
