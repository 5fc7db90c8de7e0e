"""What the commands about models share: a school and what belongs to it, found or refused in a sentence; and how they end.

They end with 0 if all went well, with 2 if they were refused or failed, with 1 for what each of them says of itself.
"""

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser

from mlcore.errors import MLError
from portal.kit import shell
from portal.kit.errors import DomainError
from portal.kit.shell import Answer
from predictions.models import ModelVersion
from students.management.finding import find_person, find_school
from students.models import Exam, School, SchoolClass, Subject

__all__ = ["REFUSED", "Answer", "Door", "day", "find_class", "find_exam", "find_person", "find_subject", "find_version"]
REFUSED = shell.Door.refused


class Door(shell.Door):
    """A command about the models of one school."""

    refusals = (DomainError, MLError)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Versions are what these commands are about, so `--version` asks for one of a model."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--school", required=True, metavar="SLUG", help="the school, by its slug")
        super().add_arguments(parser)

    def reply(self, options: dict[str, Any]) -> Answer:
        return self.answer(find_school(options["school"]), options)

    def answer(self, school: School, options: dict[str, Any]) -> Answer:
        """What the command does; each of them says it."""
        raise NotImplementedError


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"expected a day such as 2026-11-21, but it says {text}") from None


def find_subject(school: School, code: str | None) -> Subject | None:
    if code is None:
        return None
    if subject := Subject.objects.select_related("school").filter(school=school, code__iexact=code).first():
        return subject
    known = ", ".join(Subject.objects.filter(school=school).order_by("code").values_list("code", flat=True))
    raise CommandError(f"No subject of {school} has the code “{code}”. There are: {known or 'none yet'}.")


def find_exam(school: School, key: int) -> Exam:
    rows = Exam.objects.select_related("school", "subject__grade_scale")
    if exam := rows.filter(school=school, pk=key).first():
        return exam
    raise CommandError(f"{school} has no exam with the id {key}.")


def find_class(school: School, key: int | None) -> SchoolClass | None:
    if key is None:
        return None
    if school_class := SchoolClass.objects.filter(school=school, pk=key).first():
        return school_class
    raise CommandError(f"{school} has no class with the id {key}.")


def find_version(school: School, number: int | None) -> ModelVersion | None:
    """A version of the school, or of the district above it."""
    above: School | None = school
    while number is not None and above is not None:
        rows = ModelVersion.objects.with_standing().filter(school=above, number=number)
        if version := rows.first():
            return version
        above = above.parent
    if number is None:
        return None
    raise CommandError(f"{school} has no version {number}.")
