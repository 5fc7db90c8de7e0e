"""Compiles the catalogues of other languages, so that pages and mails can speak them."""

from typing import Any

from django.core.management.base import BaseCommand

from portal import languages


class Command(BaseCommand):
    help = "Compile the catalogues under locale/ that changed since; needs no gettext tools."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for path in languages.compile_catalogues():
            self.stdout.write(f"Compiled {path.relative_to(languages.LOCALE)}")
