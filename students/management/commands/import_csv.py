"""`manage.py import_csv`: bring in a CSV or Excel file. Ends with 1 for findings, 2 for a guard, 3 where nothing began."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from students.importing.spreadsheet.mapping_file import as_json, from_toml
from students.management.importing import ImportDoor
from students.models import ImportKind

LARGEST_MAPPING = 1 << 20


class Command(ImportDoor):
    help = "Import a CSV or Excel file into a school: all of it or nothing, and the same file again changes nothing."
    kind = ImportKind.SPREADSHEET

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a CSV file of any encoding and delimiter, or .xlsx")
        parser.add_argument("--mapping", metavar="FILE.toml", help="read it as this file says (docs/imports.md)")
        super().add_arguments(parser)

    def mapping(self, options: dict[str, Any]) -> dict[str, Any]:
        if not options["mapping"]:
            return {}
        if options["profile"]:
            raise CommandError("Either --profile or --mapping says how the file is read, not both.")
        path = Path(options["mapping"])
        if not path.is_file():
            raise CommandError(f"There is no mapping file {path}.")
        if path.stat().st_size > LARGEST_MAPPING:
            raise CommandError(f"{path} is larger than a mapping file can be.")
        mapping = from_toml(path.read_bytes())
        options["source"] = options["source"] or mapping.source
        return as_json(mapping)
