"""Why a score changed, in one sentence for a person: figures in tenths that add up as they are read."""

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from predictions.changes import Change
from predictions.wording import in_own_words


def in_words(change: Change) -> str:
    """“3.1 points lower since 14 November: 2.4 by new marks, 0.7 by attendance.”"""
    if change.before is None or change.points is None:
        return _without_points(change)
    told = {"since": _day(change.before.run.as_of, change.after.run.as_of)}
    kinds = change.by_kind()
    whole, *parts = _in_tenths(change.points, list(kinds.values()))
    named = [(part, str(kind.label)) for kind, part in zip(kinds, parts, strict=True) if part]
    if not whole:
        told["parts"] = _same_in_sum(named)
        return (_("The same in sum since %(since)s: %(parts)s.") if named else _("The same since %(since)s.")) % told
    told |= {"points": _tenths(whole), "parts": _one_way(named, whole)}
    return (_higher(whole) if whole > 0 else _lower(whole)) % told


def _higher(tenths: int) -> str:
    count = 1 if tenths == 10 else 2
    return ngettext(
        "%(points)s point higher since %(since)s: %(parts)s.",
        "%(points)s points higher since %(since)s: %(parts)s.",
        count,
    )


def _lower(tenths: int) -> str:
    count = 1 if tenths == -10 else 2
    return ngettext(
        "%(points)s point lower since %(since)s: %(parts)s.",
        "%(points)s points lower since %(since)s: %(parts)s.",
        count,
    )


def _without_points(change: Change) -> str:
    before, after = change.before, change.after
    told = {"day": _day(after.run.as_of, after.run.as_of), "why": in_own_words(after.sentence)}
    if after.score is None:
        if before is not None and before.score is not None:
            return _("No score any more since %(day)s: %(why)s") % told
        return in_own_words(after.sentence)
    if before is None:
        return _("Predicted for the first time on %(day)s.") % told
    return _("There is a score since %(day)s. Before that: %(why)s") % (told | {"why": in_own_words(before.sentence)})


def _in_tenths(whole: float, parts: Sequence[float]) -> list[int]:
    """The whole, then its parts: where rounding leaves a tenth over, the part that was rounded furthest takes it."""
    total, rounded = round(whole * 10), [round(part * 10) for part in parts]
    while rounded and (missing := total - sum(rounded)):
        step = 1 if missing > 0 else -1
        furthest = max(range(len(parts)), key=lambda place: step * (parts[place] * 10 - rounded[place]))
        rounded[furthest] += step
    return [total, *rounded]


def _one_way(named: Sequence[tuple[int, str]], whole: int) -> str:
    """First what led there, then what spoke against it."""
    along = [_("%(points)s by %(kind)s") % _told(each) for each in named if each[0] * whole > 0]
    against = [_("%(points)s the other way by %(kind)s") % _told(each) for each in named if each[0] * whole < 0]
    return ", ".join(along + against)


def _same_in_sum(named: Sequence[tuple[int, str]]) -> str:
    up = [_("%(points)s up by %(kind)s") % _told(each) for each in named if each[0] > 0]
    down = [_("%(points)s down by %(kind)s") % _told(each) for each in named if each[0] < 0]
    return ", ".join(up + down)


def _told(part: tuple[int, str]) -> dict[str, str]:
    return {"points": _tenths(part[0]), "kind": part[1]}


def _tenths(points: int) -> str:
    return number_format(abs(points) / 10, decimal_pos=1)


def _day(day: date, seen_from: date) -> str:
    return date_format(day, "j F" if day.year == seen_from.year else "j F Y")
