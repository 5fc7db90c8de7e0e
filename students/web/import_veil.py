"""What of an import is kept from keepers who may not see protected facts: a plan that holds some, and the cells of such columns."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from portal.kit.errors import NotAllowed
from portal.kit.scoping import grants_of
from students.importing.incoming import Table
from students.importing.mapping import PROTECTED_FACTS, Mapping
from students.importing.spreadsheet.synonyms import says_protected
from students.importing.told import PlanTold, read_plan
from students.models import ImportBatch
from students.roles import DEMOGRAPHICS
from students.web.import_preview import Look

HIDDEN = "•••"


def may_see_all(batch: ImportBatch, user: Any) -> bool:
    """A plan that somebody with the right to protected facts had made tells what they were and will be."""
    tables = batch.plan.get("tables", ()) if batch.plan else ()
    has_some = any(each["table"] == Table.DEMOGRAPHICS and each["read"] for each in tables)
    return not has_some or _has_right(batch, user)


def _has_right(batch: ImportBatch, user: Any) -> bool:
    return batch.school_id in grants_of(user).of({DEMOGRAPHICS})


def check_may_see_all(batch: ImportBatch, user: Any) -> None:
    """Raises NotAllowed for whom something of it has to be kept back."""
    if not may_see_all(batch, user):
        sentence = _(
            "Protected facts were read from this file, and you may not see them. Somebody who may goes on with it, "
            "or you bring the file in again: then they are left out."
        )
        raise NotAllowed(sentence)


def plan_shown(batch: ImportBatch, user: Any) -> PlanTold:
    """The counts are for every keeper, examples name the values."""
    plan = read_plan(batch.plan)
    return plan if may_see_all(batch, user) else replace(plan, examples=())


def look_shown(look: Look, mapping: Mapping, batch: ImportBatch, user: Any) -> Look:
    """Whoever brought the file knows what is in it; to others columns are hidden that are protected by name or by mapping."""
    if batch.by_id == user.pk or _has_right(batch, user):
        return look
    named = {
        facts[fact] for facts in (mapping.student, look.guess.student) for fact in PROTECTED_FACTS if fact in facts
    }
    places = {place for place, head in enumerate(look.heads) if head in named or says_protected(head)}
    if not places:
        return look
    columns = [replace(each, samples=()) if place in places else each for place, each in enumerate(look.columns)]
    return replace(look, columns=columns, rows=[_hidden(row, places) for row in look.rows])


def _hidden(row: Sequence[str], places: set[int]) -> list[str]:
    return [HIDDEN if place in places and cell else cell for place, cell in enumerate(row)]
