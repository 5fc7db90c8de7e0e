"""What a job has to say is said again while the database is away for a moment, or while SQLite's one writer is busy."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger("portal.jobs")
PATIENCE_SECONDS = 60.0  # a restart of the database takes less; after that the job waits for its next turn
PAUSE_SECONDS = 0.5
Said = TypeVar("Said")


def patiently(deed: Callable[[], Said]) -> Said:
    """Do it, again and again while the database cannot be reached. The deed must bear that it was done already, for
    a connection may break between the commit and the news of it. Inside a transaction there is only one try.
    """
    if connection.in_atomic_block:
        return deed()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            # Long work leaves its connection alone for so long that the database may have closed it.
            connection.close_if_unusable_or_obsolete()
            return deed()
        except (OperationalError, InterfaceError) as error:
            if time.monotonic() >= deadline:
                raise
            logger.warning("database not reached", exc_info=error)
            connection.close()
            time.sleep(PAUSE_SECONDS)
