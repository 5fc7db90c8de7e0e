"""A chance in words that a parent can read: “about 8 in 10”, and never more certainty than there is."""

from django.utils.translation import gettext as _


def in_words(chance: float | None) -> str:
    """“almost certain” from 97 %, “very unlikely” under 3 %; between them tenths, and what lies beyond them is said so."""
    if chance is None:
        return ""
    if chance >= 0.97:
        return _("almost certain")
    if chance < 0.03:
        return _("very unlikely")
    if chance < 0.05:
        return _("under 1 in 10")
    if chance >= 0.95:
        return _("over 9 in 10")
    return _("about %s in 10") % min(9, max(1, round(chance * 10)))


def percent_told(chance: float | None) -> str:
    """In whole per cent, never 0 or 100: nothing ahead is certain."""
    if chance is None:
        return ""
    if chance < 0.01:
        return _("under 1 %")
    if chance > 0.99:
        return _("over 99 %")
    return f"{min(99, max(1, round(chance * 100)))}\N{NO-BREAK SPACE}%"
