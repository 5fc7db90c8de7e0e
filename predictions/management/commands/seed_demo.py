"""`manage.py seed_demo`: a believable school in an empty database; same seed and day, same school."""

import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mlcore.errors import MLError
from portal.kit.errors import DomainError
from predictions.demo import seeding
from predictions.demo.signins import SignIn
from predictions.orders.demo import order_first_model
from students.models import School


class Command(BaseCommand):
    help = "Fill an empty database with the demo school. Refuses to touch a database with real records."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--students", type=int, default=300, help="students ever on the roll (default 300)")
        parser.add_argument("--years", type=int, default=3, help="school years recorded (default 3)")
        parser.add_argument("--seed", type=int, default=1, help="another number makes another school (default 1)")
        parser.add_argument(
            "--today", type=date.fromisoformat, help="the day up to which things happened (default now)"
        )
        parser.add_argument("--no-model", action="store_true", help="order no training; nothing is predicted then")
        parser.add_argument("--password", help="for the demo's sign-ins (default: a new one, printed)")

    def handle(self, *args: Any, **options: Any) -> None:
        start = time.monotonic()
        try:
            seeded = seeding.seed(
                count=options["students"], years=options["years"], seed_number=options["seed"],
                today=options["today"] or timezone.localdate(),
                password=options["password"] or seeding.made_up_password(),
                say=self.say if options["verbosity"] else lambda done, total: None,
            )  # fmt: skip
        except (DomainError, MLError) as refusal:
            raise CommandError(str(refusal)) from refusal
        seeding.refresh_statistics()
        if not options["no_model"]:
            order_first_model(School.objects.get())
        keep(seeded.sign_ins)
        if options["verbosity"]:
            seconds = time.monotonic() - start
            self.stdout.write(f"{seeded.students:,} students and {seeded.rows:,} rows in {seconds:.1f} s. Sign in as:")
            self.stdout.write("\n".join(each.line() for each in seeded.sign_ins))

    def say(self, done: int, total: int) -> None:
        self.stdout.write(f"{done:,} of {total:,} students", ending="\r" if done < total else "\n")
        self.stdout.flush()


def keep(sign_ins: list[SignIn]) -> None:
    """`make run` prints them at every start, so they are kept where only this user can read them."""
    path = Path(settings.VAR_DIR) / "demo-sign-ins.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("\n".join(each.line() for each in sign_ins), encoding="utf-8")
