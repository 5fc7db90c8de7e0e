"""What a person has read and signed: kept as a record for each edition, and remembered where pages ask without a query."""

from typing import Any

from django.db import transaction

from portal.accounts.models import Acknowledgement, User
from portal.accounts.preferences import READ, remember_read
from portal.audit.record import record


@transaction.atomic
def acknowledge(user: User, what: str, edition: int, *, by: User) -> Acknowledgement:
    """Signed once for each edition: whoever signs again keeps the day of the first time."""
    signed, is_new = Acknowledgement.objects.get_or_create(user=user, what=what, edition=edition)
    if is_new:
        record(by, "acknowledged", signed, what=what, edition=edition)
    if not has_acknowledged(user, what, edition):
        remember_read(user, what, edition)
    return signed


def has_acknowledged(user: Any, what: str, edition: int) -> bool:
    """This edition or a later one. Without a query."""
    read = (getattr(user, "preferences", None) or {}).get(READ)
    newest = read.get(what) if isinstance(read, dict) else None
    return isinstance(newest, int) and newest >= edition
