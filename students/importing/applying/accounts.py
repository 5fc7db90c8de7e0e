"""Accounts that an import makes: nobody can sign in with one until its owner has proved the address. Others are left alone."""

from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password

from portal.accounts.models import User
from portal.kit.bulk import Column, values_of
from portal.kit.names import fold


def columns(given: dict[str, Column], at: datetime) -> dict[str, Any]:
    """Every column of the table of accounts. Passwords that cannot be used differ from each other, as Django's do."""
    rows = len(given["id"])
    longest = User._meta.get_field("search_name").max_length
    emails = [each.lower() for each in values_of(given["email"], 0, rows)]
    names = values_of(given.get("name", ""), 0, rows)
    return {
        "id": given["id"],
        "password": [make_password(None) for _ in range(rows)],
        "last_login": None,
        "is_superuser": False,
        "email": emails,
        "name": list(names),
        "search_name": [
            fold(name, email.partition("@")[0])[:longest] for name, email in zip(names, emails, strict=True)
        ],
        "is_active": True,
        "is_demo": False,
        "joined_at": at,
        "preferences": "{}",
    }
