"""What the shell names: a school by its slug and a person by the e-mail address, found or refused in a sentence."""

from django.core.management.base import CommandError

from portal.accounts.models import User
from students.models import School


def find_school(slug: str) -> School:
    if school := School.objects.filter(slug=slug).first():
        return school
    known = ", ".join(School.objects.order_by("slug").values_list("slug", flat=True)[:20])
    raise CommandError(f"No school has the slug “{slug}”. There are: {known or 'none yet'}.")


def find_person(email: str | None) -> User | None:
    if email is None:
        return None
    if user := User.objects.filter(email__iexact=email.strip(), is_active=True).first():
        return user
    raise CommandError(f"No active account has the e-mail address “{email}”.")
