"""Files of the watched folder that were taken in and put aside hold what uploaded ones do, so they go after as many days."""

import logging
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from portal.audit.record import record
from students.importing.nightly import DONE, REFUSED, places

logger = logging.getLogger("students.importing")
PLACE = os.O_RDONLY | os.O_DIRECTORY


def empty(folder: Path, *, now: datetime, kept: timedelta) -> int:
    """Regular files that were put into done/ and refused/ of a profile so long ago; nothing else. Returns how many."""
    count, before = 0, (now - kept).timestamp()
    for own, profile in places(folder):
        if profile is None:
            continue  # nobody's place: what lies there is nothing of ours
        if removed := sum(
            _emptied(folder, (*own.relative_to(folder).parts, where), before) for where in (DONE, REFUSED)
        ):
            record(None, "watched folder emptied", profile, files=removed)
        count += removed
    return count


def _emptied(folder: Path, way: tuple[str, ...], before: float) -> int:
    try:
        with _opened(folder, way) as place:
            return sum(_removed(name, place) for name in _old(place, before))
    except FileNotFoundError:
        return 0  # nothing was put aside yet
    except OSError as error:
        logger.warning("import folder not emptied", exc_info=error)
        return 0


@contextmanager
def _opened(folder: Path, way: tuple[str, ...]) -> Iterator[int]:
    """Each step from within the one before and never through a link, so that none can be put in the way meanwhile."""
    with ExitStack() as stack:
        place = os.open(folder, PLACE)
        stack.callback(os.close, place)
        for name in way:
            place = os.open(name, PLACE | os.O_NOFOLLOW, dir_fd=place)
            stack.callback(os.close, place)
        yield place


def _old(place: int, before: float) -> list[str]:
    """By when they were put there, which no sender can set. Links stay, whatever they lead to; hidden files are not ours."""
    found = []
    with os.scandir(place) as entries:
        for entry in entries:
            try:
                facts = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # somebody empties it as well
            if stat.S_ISREG(facts.st_mode) and facts.st_ctime < before and not entry.name.startswith("."):
                found.append(entry.name)
    return found


def _removed(name: str, place: int) -> int:
    try:
        os.unlink(name, dir_fd=place)
    except FileNotFoundError:
        return 0
    except OSError as error:
        logger.warning("file of the import folder not removed", exc_info=error)
        return 0
    return 1
