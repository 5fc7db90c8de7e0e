"""Gathers every word that pages and mails show into the catalogues of the other languages; behind `make words`."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands import makemessages

from portal import languages

NO_PAGES = ("tests", "benchmarks", "docs", "mlcore", "static", "var", ".venv")


class Command(makemessages.Command):
    help = "Collect the words of templates and code into the catalogues under --into; needs GNU gettext."
    # A guess by likeness is wrong more often than it saves typing.
    msgmerge_options = ["-q", "--backup=none", "--update", "--no-fuzzy-matching"]

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--into", default=str(languages.LOCALE), help="The folder with one folder per language.")

    def handle(self, *args: Any, **options: Any) -> None:
        into = Path(options.pop("into"))
        found = sorted(path.name for path in into.iterdir() if (path / "LC_MESSAGES").is_dir())
        before, settings.LOCALE_PATHS = settings.LOCALE_PATHS, [into]
        try:
            options |= {"locale": options["locale"] or found, "no_location": True, "no_wrap": True, "no_obsolete": True}
            options["ignore_patterns"] = [*options["ignore_patterns"], *NO_PAGES]
            super().handle(*args, **options)
        finally:
            settings.LOCALE_PATHS = before
        for path in languages.catalogues(into):
            languages.tidy(path)
