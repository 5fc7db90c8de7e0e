"""`manage.py promote`: let a version serve, or the one that served before; everybody is then scored by it."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from predictions.management.door import Answer, Door, find_person, find_subject, find_version
from predictions.models import AliasMove
from predictions.orders.promoting import promote, roll_back
from students.models import School

WHY = "from the shell"


class Command(Door):
    help = "Move the alias “champion” by the same rules as the pages: the gate, and a second person where one is asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--version", type=int, metavar="N", help="the version that is to serve")
        which.add_argument("--previous", action="store_true", help="back to the champion before the present one")
        parser.add_argument("--subject", metavar="CODE", help="the champion of this subject (default: of all together)")
        parser.add_argument("--why", default=WHY, metavar="TEXT", help="noted beside the move")

    def answer(self, school: School, options: dict[str, Any]) -> Answer:
        subject, by = find_subject(school, options["subject"]), find_person(options["by"])
        version = find_version(school, options["version"])
        if version is None:
            return _moved(roll_back(school, by=by, why=options["why"], subject=subject))
        if version.school_id != school.pk:
            raise CommandError(f"{version} is one of {version.school}; name that with --school.")
        if subject is not None and version.subject_id != subject.pk:
            raise CommandError(f"{version} was not trained for {subject} alone.")
        return _moved(promote(version, by=by, why=options["why"]))


def _moved(move: AliasMove) -> Answer:
    version, before = move.version, move.before
    facts = {
        "school": move.school.slug,
        "subject": move.subject.code if move.subject else None,
        "version": version.number if version else None,
        "before": before.number if before else None,
        "move": move.pk,
    }
    instead = f" instead of {before}" if before else ""
    return Answer(f"{version} of {move.school} serves from now on{instead}. Scoring everybody by it is ordered.", facts)
