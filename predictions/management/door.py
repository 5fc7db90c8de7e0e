"""What the commands about models share: a school and what belongs to it, found or refused in a sentence; and how they end.

They end with 0 if all went well, with 2 if they were refused or failed, with 1 for what each of them says of itself.
"""

import json
from argparse import ArgumentTypeError
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Never

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mlcore.errors import MLError
from portal.accounts.models import User
from portal.kit.errors import DomainError
from predictions.models import ModelVersion
from students.models import Exam, School, SchoolClass, Subject

REFUSED = 2


@dataclass(frozen=True)
class Answer:
    """The same for a person and, as JSON, for a program."""

    sentence: str
    facts: dict[str, Any]
    ending: int = 0


class Door(BaseCommand):
    """A command that asks a room and says what it answered; with `--json` on one line, whatever became of it."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Versions are what these commands are about, so `--version` asks for one of a model."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--school", required=True, metavar="SLUG", help="the school, by its slug")
        parser.add_argument("--by", metavar="EMAIL", help="who is noted as the one who asked (default: nobody)")
        parser.add_argument("--json", action="store_true", help="say it as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = self.answer(find_school(options["school"]), options)
        except (DomainError, MLError) as refusal:
            self.refuse(refusal.sentence, refusal.code, options)
        except CommandError as refusal:
            self.refuse(str(refusal), "not_found", options)
        if options["json"]:
            self.stdout.write(json.dumps(answer.facts))
        if answer.ending:
            raise CommandError(answer.sentence, returncode=answer.ending)
        if not options["json"]:
            self.stdout.write(answer.sentence)

    def answer(self, school: School, options: dict[str, Any]) -> Answer:
        """What the command does; each of them says it."""
        raise NotImplementedError

    def refuse(self, sentence: str, code: str, options: dict[str, Any]) -> Never:
        if options["json"]:
            self.stdout.write(json.dumps({"error": code, "sentence": sentence}))
        raise CommandError(sentence, returncode=REFUSED)

    def saying(self, options: dict[str, Any]) -> Callable[[str], None]:
        """How progress is told: a line of its own each time, and none where a program listens."""
        if options["json"] or not options["verbosity"]:
            return lambda line: None
        return partial(_write_line, self.stdout)


def _write_line(stdout: Any, line: str) -> None:
    stdout.write(line)
    stdout.flush()


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"expected a day such as 2026-11-21, but it says {text}") from None


def find_school(slug: str) -> School:
    if school := School.objects.filter(slug=slug).first():
        return school
    known = ", ".join(School.objects.order_by("slug").values_list("slug", flat=True)[:20])
    raise CommandError(f"No school has the slug “{slug}”. There are: {known or 'none yet'}.")


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


def find_person(email: str | None) -> User | None:
    if email is None:
        return None
    if user := User.objects.filter(email__iexact=email.strip(), is_active=True).first():
        return user
    raise CommandError(f"No active account has the e-mail address “{email}”.")
