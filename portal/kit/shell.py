"""A command asks a room and says what it answered: one sentence for a person, one JSON object for a program, and an ending."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Never

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.kit.errors import DomainError


@dataclass(frozen=True)
class Answer:
    """The same for a person and, as JSON, for a program."""

    sentence: str
    facts: dict[str, Any]
    ending: int = 0


class Door(BaseCommand):
    """With `--json` its answer stands on one line, whatever became of it."""

    refused: ClassVar[int] = 2  # what the shell is told where the command was understood and nothing was done
    refusals: ClassVar[tuple[type[Exception], ...]] = (DomainError,)  # each has a sentence and a code

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", metavar="EMAIL", help="who is noted as the one who asked (default: nobody)")
        parser.add_argument("--json", action="store_true", help="say it as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = self.reply(options)
        except self.refusals as refusal:
            self.refuse(str(getattr(refusal, "sentence", refusal)), getattr(refusal, "code", "refused"), options)
        except CommandError as refusal:
            self.refuse(str(refusal), "not_found", options)
        if options["json"]:
            self.stdout.write(json.dumps(answer.facts))
        if answer.ending:
            raise CommandError(answer.sentence, returncode=answer.ending)
        if not options["json"]:
            self.stdout.write(answer.sentence)

    def reply(self, options: dict[str, Any]) -> Answer:
        """What the command does; each of them says it."""
        raise NotImplementedError

    def refuse(self, sentence: str, code: str, options: dict[str, Any]) -> Never:
        if options["json"]:
            self.stdout.write(json.dumps({"error": code, "sentence": sentence}))
        raise CommandError(sentence, returncode=self.refused)

    def saying(self, options: dict[str, Any]) -> Callable[[str], None]:
        """How progress is told: a line of its own each time, and none where a program listens."""
        if options["json"] or not options["verbosity"]:
            return lambda line: None
        return partial(_write_line, self.stdout)


def _write_line(stdout: Any, line: str) -> None:
    stdout.write(line)
    stdout.flush()
