"""`manage.py approve_model`: a person's yes or no to a version, noted under their name."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from predictions.management.door import Answer, Door, find_person, find_version
from predictions.registry import approve, reject
from students.models import School


class Command(Door):
    help = "Approve or reject a version. Who promotes it later has to be somebody else, where the school asks for that."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--version", type=int, required=True, metavar="N", help="the version that is decided about")
        parser.add_argument("--reject", action="store_true", help="a no instead of a yes; say why")
        parser.add_argument("--why", default="", metavar="TEXT", help="the reason")

    def answer(self, school: School, options: dict[str, Any]) -> Answer:
        version, by = find_version(school, options["version"]), find_person(options["by"])
        if by is None:
            raise CommandError("A decision is a person's: say whose with --by.")
        assert version is not None  # a number was given, and one that is not there is refused
        decision = (reject if options["reject"] else approve)(version, by=by, reason=options["why"])
        facts = {"version": version.number, "approved": decision.is_yes, "approval": decision.pk}
        return Answer(f"{version} of {version.school} was {'approved' if decision.is_yes else 'rejected'}.", facts)
