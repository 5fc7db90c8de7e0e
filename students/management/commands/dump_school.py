"""`manage.py dump_school`: all records of a school as tables for its analysts, pseudonymous unless names are asked for."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from portal.kit.shell import Answer, Door
from students.exporting.placing import dump_at
from students.exporting.wishes import DumpWish, Format
from students.management.finding import find_person, find_school


class Command(Door):
    help = "Write all records of one school as tables, with a dictionary of every column, for its owner alone to read."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--school", required=True, metavar="SLUG", help="the school, by its slug")
        parser.add_argument(
            "--to", type=Path, required=True, metavar="FOLDER_OR_ZIP", help="a new folder, or a new file ending in .zip"
        )
        parser.add_argument("--format", choices=Format.values, default=Format.CSV.value, help="of the tables (csv)")
        parser.add_argument("--protected", action="store_true", help="with protected facts about students")
        parser.add_argument("--with-names", action="store_true", help="with names, addresses and the records' own keys")

    def reply(self, options: dict[str, Any]) -> Answer:
        school, by = find_school(options["school"]), find_person(options["by"])
        wish = DumpWish(school, options["format"], options["protected"], options["with_names"])
        written = dump_at(wish, options["to"], by=by, on=school.today(), progress=lambda *told: None)
        return Answer(f"{written.told} {options['to']}", {"to": str(options["to"]), "rows": written.rows})
