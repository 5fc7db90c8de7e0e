"""When the clock's turn was last, by the hour and weekday a school has chosen and in its own zone. Pure arithmetic."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def last_turn(now: datetime, zone: str, hour: int, weekday: int | None = None) -> datetime:
    """The latest moment, now or before, at which it was that hour there (on that weekday; 0 is Monday).

    Who asks whether something was ordered since then does it once a turn, and late rather than never.
    """
    there = now.astimezone(ZoneInfo(zone))
    day = there.date() if there.hour >= hour else there.date() - timedelta(days=1)
    if weekday is not None:
        day -= timedelta(days=(day.weekday() - weekday) % 7)
    return datetime.combine(day, time(hour), tzinfo=there.tzinfo)
