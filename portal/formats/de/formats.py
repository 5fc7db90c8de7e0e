"""German dates. Pages ask for a date in the English order, and Django asks here first what that form is in German."""

import re

DAY = re.compile(r"\b([jd])(?= [FM]\b)")
WEEKDAY = re.compile(r"^([lD]) (?=[jd]\.)")


def __getattr__(name: str) -> str:
    """'l j F Y' becomes 'l, j. F Y': Freitag, 3. Juli 2026."""
    german = WEEKDAY.sub(r"\1, ", DAY.sub(r"\1.", name))
    if german == name:
        raise AttributeError(name)
    return german
