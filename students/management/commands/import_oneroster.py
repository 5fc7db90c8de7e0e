"""`manage.py import_oneroster`: bring in a OneRoster bundle. Ends with 1 for findings, 2 for a guard, 3 where nothing began."""

from django.core.management.base import CommandParser

from students.management.importing import ImportDoor
from students.models import ImportKind


class Command(ImportDoor):
    help = (
        "Import a OneRoster 1.1 or 1.2 zip into a school: all of it or nothing, and the same zip again changes nothing."
    )
    kind = ImportKind.ONEROSTER

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="ZIP", help="a zip of OneRoster CSV files, bulk or delta")
        super().add_arguments(parser)
