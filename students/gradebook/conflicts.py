"""Who wrote into a cell before somebody else could: the name, the moment, and a sentence with both values."""

from datetime import datetime

from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit.models import Change
from students.gradebook.outcomes import Outcome, State
from students.marksheet import Sheet
from students.models import Result

Writer = tuple[str, datetime | None]
Place = tuple[int | None, int | None, int | None]  # record, exam, student


def name_the_others(outcomes: list[Outcome], sheet: Sheet) -> list[Outcome]:
    """Two queries at most, and none without a conflict."""
    clashes = [each for each in outcomes if each.state == State.CONFLICT]
    if not clashes:
        return outcomes
    stored = {
        (each.cell.exam, each.cell.student): sheet.results.get((each.cell.exam, each.cell.student)) for each in clashes
    }
    names = _names({each.recorded_by_id for each in stored.values() if each and each.recorded_by_id})
    emptied = [each for each in clashes if stored[each.cell.exam, each.cell.student] is None]
    removers = _removers(emptied, sheet.school_class.school_id)
    return [_named(each, sheet, names, removers) if each.state == State.CONFLICT else each for each in outcomes]


def _named(outcome: Outcome, sheet: Sheet, names: dict[int, str], removers: dict[Place, Writer]) -> Outcome:
    stored = sheet.results.get((outcome.cell.exam, outcome.cell.student))
    if stored is None:
        name, at = removers.get((_key(outcome), outcome.cell.exam, outcome.cell.student), ("", None))
        name = name or _("Somebody")
        return outcome.by_whom(name, at, _("{by} emptied this cell in the meantime.").format(by=name))
    name = names.get(stored.recorded_by_id or 0) or _("Somebody")
    sentence = _("{by} entered {theirs} in the meantime.").format(by=name, theirs=outcome.text)
    return outcome.by_whom(name, stored.recorded_at, sentence)


def _names(keys: set[int]) -> dict[int, str]:
    return dict(User.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def _removers(outcomes: list[Outcome], school_id: int) -> dict[Place, Writer]:
    """A record's number is theirs to send: it names nobody unless that record stood in this very cell."""
    keys = [key for each in outcomes if (key := _key(each)) is not None]
    if not keys:
        return {}
    removed = Change.objects.filter(model=Result._meta.label, record_id__in=keys, kind=Change.Kind.REMOVED)
    here = removed.filter(school_id=school_id, student_id__in={each.cell.student for each in outcomes})
    return {
        (each.record_id, each.before.get("exam"), each.student_id): (each.actor.name if each.actor else "", each.at)
        for each in here.select_related("actor")
    }


def _key(outcome: Outcome) -> int | None:
    """The record that the person saw; a token is theirs to send, so it may be anything."""
    key = outcome.cell.seen.partition(".")[0]
    return int(key) if key.isascii() and key.isdigit() and len(key) < 19 else None
