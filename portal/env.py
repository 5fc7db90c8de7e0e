"""Typed reading of environment variables; every complaint names the variable and what was expected."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
POSTGRES_SCHEMES = frozenset({"postgres", "postgresql"})
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA temp_store=MEMORY;"
    "PRAGMA cache_size=-20000;PRAGMA mmap_size=134217728;"
)


@dataclass(frozen=True)
class Env:
    """The variables of this process, and the names that were asked for (so that a test can list them)."""

    values: Mapping[str, str]
    asked: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, default: str | None = None) -> str:
        self.asked[name] = "" if default is None else default
        value = self.values.get(name, "").strip()
        if value:
            return value
        if default is None:
            raise ImproperlyConfigured(f"{name} is not set. See .env.example for what it should hold.")
        return default

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.text(name, "1" if default else "0").lower()
        if value not in TRUE | FALSE:
            raise ImproperlyConfigured(f"{name} is {value!r}; expected 1 or 0.")
        return value in TRUE

    def number(self, name: str, default: int, *, least: int = 0) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal() or int(value) < least:
            raise ImproperlyConfigured(f"{name} is {value!r}; expected a whole number of {least} or more.")
        return int(value)

    def names(self, name: str, default: str = "") -> list[str]:
        """A list written with commas."""
        return [part.strip() for part in self.text(name, default).split(",") if part.strip()]

    def choice(self, name: str, default: str, allowed: frozenset[str]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise ImproperlyConfigured(f"{name} is {value!r}; expected one of {', '.join(sorted(allowed))}.")
        return value

    def database(self, name: str, default: str) -> dict[str, Any]:
        return database_from_url(name, self.text(name, default))


def database_from_url(name: str, url: str) -> dict[str, Any]:
    """Django's DATABASES entry for `postgres://user:password@host:port/name?option=value` or `sqlite:///path`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and parts.path:
        return _sqlite(Path(unquote(parts.path[1:])))
    if parts.scheme in POSTGRES_SCHEMES and parts.path.strip("/"):
        return _postgres(parts)
    raise ImproperlyConfigured(
        f"{name} is not understood; expected postgres://user:password@host:5432/name or sqlite:///path/to/file."
    )


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS},
    }


def _postgres(parts: SplitResult) -> dict[str, Any]:
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }


def read_env_file(path: Path) -> dict[str, str]:
    """The lines `NAME=value` of a private `.env`; blank lines and comments are skipped."""
    if not path.is_file():
        return {}
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, sign, value = line.partition("=")
        if not sign:
            raise ImproperlyConfigured(f"{path.name} line {number} is not NAME=value.")
        found[name.strip()] = value.strip().strip('"').strip("'")
    return found


def from_process(env_file: Path) -> Env:
    return Env({**read_env_file(env_file), **os.environ})
