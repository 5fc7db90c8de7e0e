"""`manage.py export_oneroster`: a school's roster and gradebook as a OneRoster bundle for another system."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from portal.kit.shell import Answer, Door
from students.exporting.placing import bundle_at
from students.exporting.wishes import BundleWish, Version
from students.management.finding import find_person, find_school


class Command(Door):
    help = "Write the roster and gradebook of one school as a OneRoster bundle that only its owner can read."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--school", required=True, metavar="SLUG", help="the school, by its slug")
        parser.add_argument("--to", type=Path, required=True, metavar="ZIP", help="the file, which is not there yet")
        parser.add_argument(
            "--oneroster", choices=Version.values, default=Version.V1_1.value, help="which version (1.1)"
        )
        parser.add_argument("--demographics", action="store_true", help="with days of birth and protected facts")
        parser.add_argument("--attendance", action="store_true", help="with attendance.csv, an extension")

    def reply(self, options: dict[str, Any]) -> Answer:
        school, by = find_school(options["school"]), find_person(options["by"])
        facts = {"demographics": options["demographics"], "attendance": options["attendance"]}
        wish, say = BundleWish(school, options["oneroster"], **facts), self.saying(options)
        written = bundle_at(wish, options["to"], by=by, on=school.today(), progress=lambda *told: None)
        say(written.told)
        facts = {"file": str(options["to"]), "rows": written.rows, "left_out": dict(written.left_out)}
        return Answer(f"{school} written to {options['to']}.", facts)
