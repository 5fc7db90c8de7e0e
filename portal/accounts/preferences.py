"""What a person prefers about pages: language, theme, density, and which columns their tables show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import models, transaction

from portal.accounts.models import User

READ = "read"  # of each text that is signed, the newest edition the person has signed


class Theme(models.TextChoices):
    AUTO = "auto", "as the device says"
    LIGHT = "light", "light"
    DARK = "dark", "dark"


class Density(models.TextChoices):
    COMFORTABLE = "comfortable", "comfortable"
    COMPACT = "compact", "compact"


@dataclass(frozen=True, slots=True)
class Preferences:
    """`language` is empty for whatever the browser asks for; `columns` names the shown columns of each table,
    `figures` whole numbers by what they are for.
    """

    theme: str = Theme.AUTO.value
    density: str = Density.COMFORTABLE.value
    language: str = ""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    figures: Mapping[str, int] = field(default_factory=dict)


DEFAULTS = Preferences()


def preferences_of(user: Any) -> Preferences:
    """Without a query. What is stored and no longer known counts as not chosen."""
    stored = getattr(user, "preferences", None) or {}
    return Preferences(
        theme=_known(stored.get("theme"), Theme.values, DEFAULTS.theme),
        density=_known(stored.get("density"), Density.values, DEFAULTS.density),
        language=_known(stored.get("language"), [code for code, _ in settings.LANGUAGES], ""),
        columns={table: tuple(names) for table, names in (stored.get("columns") or {}).items()},
        figures={what: int(figure) for what, figure in (stored.get("figures") or {}).items()},
    )


def language_of(user: Any) -> str:
    """In which language to write to somebody who is not there to ask their browser."""
    return preferences_of(user).language or str(settings.LANGUAGE_CODE)


def _known(value: Any, values: Sequence[str], otherwise: str) -> str:
    return value if value in values else otherwise


@transaction.atomic
def prefer(user: User, **chosen: str) -> None:
    """Keep a person's own theme, density or language. What they do not name stays as it was."""
    _keep(user, chosen)


@transaction.atomic
def remember_columns(user: User, table: str, names: Sequence[str]) -> None:
    stored = User.objects.select_for_update().get(pk=user.pk).preferences.get("columns") or {}
    _keep(user, {"columns": {**stored, table: list(names)}})


@transaction.atomic
def remember_figure(user: User, what: str, figure: int) -> None:
    stored = User.objects.select_for_update().get(pk=user.pk).preferences.get("figures") or {}
    _keep(user, {"figures": {**stored, what: figure}})


def remember_read(user: User, what: str, edition: int) -> None:
    """Beside the record of it, so that pages can ask without a query. Called inside the transaction that writes that."""
    stored = User.objects.select_for_update().get(pk=user.pk).preferences.get(READ) or {}
    _keep(user, {READ: {**stored, what: edition}})


def _keep(user: User, chosen: Mapping[str, Any]) -> None:
    """Read again under a lock, so that two windows of the same person do not undo each other's choice."""
    stored = User.objects.select_for_update().get(pk=user.pk).preferences
    user.preferences = {**stored, **chosen}
    user.save(update_fields=["preferences"])
