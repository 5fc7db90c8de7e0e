"""What a family is told, in words that need no explanation: the range first, no verdict, no classmates, nothing promised."""

from collections.abc import Iterable

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from predictions.outlooks.chances import in_words
from predictions.outlooks.contract import OutlookRow, Reason, Trust
from predictions.wording import in_own_words

# Points below which a reason says nothing that a family could do anything with.
LEAST_POINTS = 0.5
ATTENDANCE, ACTIVITIES = "Attendance", "Activities"


def range_told(row: OutlookRow, *, is_over: bool) -> str:
    if not row.has_score:
        return _("Nothing was said for this exam.") if is_over else _("Nothing can be said for this exam yet.")
    told = {"low": row.low_told, "high": row.high_told}
    if is_over:
        return _("Before the exam: probably between %(low)s and %(high)s per cent.") % told
    return _("Probably between %(low)s and %(high)s per cent.") % told


def chance_told(row: OutlookRow) -> str:
    """Of passing; never that it is out of reach."""
    if not row.has_score or row.passing is None:
        return ""
    told = {"mark": number_format(f"{row.scale.pass_mark:g}"), "chance": in_words(row.passing)}
    if row.passing >= 0.97:
        return _("Reaching the pass mark of %(mark)s per cent is almost certain.") % told
    if row.passing < 0.03:
        return _("Reaching the pass mark of %(mark)s per cent would be a big step from here.") % told
    return _("Chance of reaching the pass mark of %(mark)s per cent: %(chance)s.") % told


def what_helps(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """A sentence for each group of facts that still can change and stands lower than it could, the largest first."""
    lower = [each for each in reasons if each.is_changeable and each.points <= -LEAST_POINTS]
    return tuple(_help(each.label) for each in sorted(lower, key=lambda each: each.points))


def what_goes_well(reasons: Iterable[Reason]) -> tuple[str, ...]:
    higher = [each for each in reasons if each.is_changeable and each.points >= LEAST_POINTS]
    return tuple(_well(each.label) for each in sorted(higher, key=lambda each: -each.points))


def _help(label: str) -> str:
    if label == in_own_words(ATTENDANCE):
        return _("Being at school every day and on time tends to go along with better results.")
    if label == in_own_words(ACTIVITIES):
        return _(
            "Clubs and sports at school tend to go along with better results for many; there may be one that fits."
        )
    return (
        _("“%s” can still change, and tends to go along with better results. The teacher knows what would fit.") % label
    )


def _well(label: str) -> str:
    if label == in_own_words(ATTENDANCE):
        return _("Being at school every day: that goes along with good results.")
    if label == in_own_words(ACTIVITIES):
        return _("Taking part in clubs and sports: that goes along with good results.")
    return _("“%s”: that goes along with good results.") % label


def trust_told(trust: Trust) -> str:
    """How often such ranges were right, without a word about models."""
    if trust.held is None:
        return _("How often ranges like this one are right is not known yet. It will be once results have come.")
    held = {"held": round(10 * trust.held)}
    if trust.is_measured:
        return _("In this school, ranges like this one held %(held)s of 10 results in the last six months.") % held
    return _("Tried on results of earlier years, ranges like this one held %(held)s of 10.") % held


def came_told(row: OutlookRow, percent: float | None) -> str:
    """What came, beside what was said."""
    if percent is None:
        return ""
    told = {"percent": number_format(f"{percent:.0f}")}
    prediction = row.prediction
    if prediction is None or prediction.low_80 is None or prediction.high_80 is None:
        return _("The result: %(percent)s per cent.") % told
    if percent > prediction.high_80:
        return _("The result: %(percent)s per cent, better than the range.") % told
    if percent < prediction.low_80:
        return _("The result: %(percent)s per cent, under the range.") % told
    return _("The result: %(percent)s per cent, inside the range.") % told
