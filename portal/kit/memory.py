"""Answers kept for some minutes, so that a page does not ask the same thing again; never needed for a right answer."""

import logging
from collections.abc import Callable
from typing import TypeVar, cast

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")


def remembered(key: str, seconds: int, make: Callable[[], Answer]) -> Answer:
    """The kept answer or a fresh one. Without a cache server it is made each time; error pages must still render."""
    try:
        kept = cache.get(key)
        if kept is None:
            kept = make()
            cache.set(key, kept, seconds)
        return cast(Answer, kept)
    except RedisError:
        logger.warning("cache unreachable")
        return make()


def forget(key: str) -> None:
    """For who has just made the kept answer untrue. Without a cache server there is nothing to forget."""
    try:
        cache.delete(key)
    except RedisError:
        logger.warning("cache unreachable")
