"""For a person who lost phone, passkeys and recovery codes, after the office has made sure who is asking."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.accounts import people
from portal.accounts.models import User


class Command(BaseCommand):
    help = "Remove every second factor of one account and end its sessions; the person sets up a new one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"].strip()).first()
        if user is None:
            raise CommandError("No account has this e-mail address.")
        removed = people.reset_second_factor(user)
        self.stdout.write(f"Removed {removed} second factors and recovery codes of account {user.pk}.")
