"""What of an import is kept from keepers who may not see protected facts: plans that hold some, their lists, and cells of such columns."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from portal.kit.errors import NotAllowed
from portal.kit.scoping import grants_of
from students.importing.closed import ProtectedIndicators
from students.importing.incoming import Table
from students.importing.mapping import PROTECTED_FACTS, Mapping
from students.importing.protected import protected_indicators, protected_tables
from students.importing.spreadsheet.synonyms import says_protected
from students.importing.told import PlanTold, read_plan
from students.models import ImportBatch
from students.roles import DEMOGRAPHICS
from students.web.import_preview import HIDDEN, Look, samples_of


def hidden_tables(batch: ImportBatch, user: Any) -> frozenset[Table]:
    """A plan that somebody with the right to protected facts had made tells what they were and will be."""
    return frozenset() if _has_right(batch, user) else protected_tables(batch)


def _has_right(batch: ImportBatch, user: Any) -> bool:
    return batch.school_id in grants_of(user).of({DEMOGRAPHICS})


def check_may_see_all(batch: ImportBatch, user: Any) -> None:
    """Raises NotAllowed for whom something of it has to be kept back."""
    if hidden_tables(batch, user):
        raise NotAllowed(_kept_back())


def check_may_see(batch: ImportBatch, table: str, user: Any) -> None:
    """The same about one kind of record."""
    if table in hidden_tables(batch, user):
        raise NotAllowed(_kept_back())


def _kept_back() -> str:
    return _(
        "Protected facts were read from this file, and you may not see them. Somebody who may goes on with it, "
        "or you bring the file in again: then they are left out."
    )


def plan_shown(batch: ImportBatch, user: Any) -> PlanTold:
    """The counts are for every keeper, examples name the values."""
    plan, hidden = read_plan(batch.plan), hidden_tables(batch, user)
    return replace(plan, examples=tuple(each for each in plan.examples if each.table not in hidden))


def tables_listed(batch: ImportBatch, user: Any) -> frozenset[str]:
    """Of which records every one can be looked at, as long as the lists are kept."""
    tables = batch.plan.get("tables", ()) if batch.plan and batch.lists_path else ()
    return frozenset(each["table"] for each in tables) - hidden_tables(batch, user)


def left_shown(batch: ImportBatch, user: Any) -> Sequence[str]:
    """Sentences about what stayed when it was undone. They name records, and who has a protected one is protected too."""
    return () if hidden_tables(batch, user) else tuple(batch.undone.get("left", ()))


def look_shown(look: Look, mapping: Mapping, batch: ImportBatch, user: Any) -> Look:
    """Whoever brought the file knows what is in it; to others cells are hidden that are protected by name or by mapping."""
    if batch.by_id == user.pk or _has_right(batch, user):
        return look
    indicators = protected_indicators(batch.school)
    named = {
        facts[fact] for facts in (mapping.student, look.guess.student) for fact in PROTECTED_FACTS if fact in facts
    }
    places = {
        place
        for place, head in enumerate(look.heads)
        if head in named or says_protected(head) or indicators.has(head, slugify(head))
    }
    rows = [_hidden(row, places, indicators) for row in look.rows]
    columns = [replace(each, samples=samples_of(rows, place)) for place, each in enumerate(look.columns)]
    return replace(look, columns=columns, rows=rows)


def _hidden(row: Sequence[str], places: set[int], indicators: ProtectedIndicators) -> list[str]:
    """Of a row that names a protected indicator nothing else is shown: which cell is its value, only a mapping says."""
    names = {place for place, cell in enumerate(row) if indicators.has(cell.strip())}
    shown = names or set(range(len(row)))
    return [cell if place in shown - places or not cell else HIDDEN for place, cell in enumerate(row)]
