"""What all chunks of a scoring run share: the school's plans, and how everybody did in each exam; made once, not by each."""

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from redis.exceptions import RedisError

from predictions import frames, specs
from predictions.artifacts import logger
from predictions.models import ScoringRun
from students.models import Student

KEPT_SECONDS = 3600
LATELY_SECONDS = 600
KEPT_RUNS = 2
COUNTERS = 2  # at the same time: while one reads, the other counts
MANY = 16_384  # students; fewer are counted in one go
_here: "OrderedDict[str, Shared]" = OrderedDict()


@dataclass(frozen=True)
class Shared:
    plans: frames.Plans
    tallies: pd.DataFrame


def of(run: ScoringRun) -> Shared:
    """In this process for its next chunk; the tallies also beside the queue, for other processes."""
    name = _name(run)
    if name not in _here:
        plans = frames.school_plans([run.school], _reading(run))
        _here[name] = Shared(plans, _tallies(run, plans))
        while len(_here) > KEPT_RUNS:
            _here.popitem(last=False)
    return _here[name]


def _name(run: ScoringRun) -> str:
    """A key alone may come again, once a database is put back to what it was."""
    return f"scoring:tallies:{run.pk}:{run.ordered_at.timestamp()}"


def _reading(run: ScoringRun) -> frames.Reading:
    return specs.reading_of(run.version.run).with_until(run.as_of)


def _tallies(run: ScoringRun, plans: frames.Plans) -> pd.DataFrame:
    """A run for a few students of a large school takes what another counted some minutes ago: what the last marks say
    of everybody moves nobody's score, and counting seven million marks for one pupil would.
    """
    mine, lately = _name(run), f"scoring:tallies:{run.school_id}:{run.version_id}:{run.as_of}"
    asked = [mine, lately] if run.students is not None and len(run.students) <= settings.SCORE_CHUNK else [mine]
    kept = _kept(asked)
    if kept is not None:
        return kept
    fresh = counted(run, plans)
    _keep(mine, fresh, KEPT_SECONDS)
    if Student.objects.filter(school=run.school_id)[MANY : MANY + 1].exists():
        _keep(lately, fresh, LATELY_SECONDS)
    return fresh


def _kept(keys: list[str]) -> pd.DataFrame | None:
    try:
        found = cache.get_many(keys)
    except (RedisError, OSError):
        return None
    return next((found[key] for key in keys if key in found), None)


def _keep(key: str, tallies: pd.DataFrame, seconds: int) -> None:
    try:
        cache.set(key, tallies, seconds)
    except (RedisError, OSError) as error:
        logger.warning("tallies not kept", exc_info=error)


def counted(run: ScoringRun, plans: frames.Plans) -> pd.DataFrame:
    """Every mark of the school, by exam, class and day; of a large one in two halves at the same time."""
    keys = np.fromiter(Student.objects.filter(school=run.school_id).values_list("pk", flat=True), dtype=np.int64)
    if len(keys) <= MANY or connection.vendor != "postgresql" or connection.in_atomic_block:
        return frames.school_tallies([run.school], _reading(run), plans=plans)
    keys.sort()
    parts = [(int(part[0]), int(part[-1])) for part in np.array_split(keys, COUNTERS)]
    with ThreadPoolExecutor(COUNTERS) as pool:
        return frames.added(list(pool.map(lambda part: _of_some(run, plans, part), parts)))


def _of_some(run: ScoringRun, plans: frames.Plans, students: tuple[int, int]) -> Any:
    try:
        return frames.school_tallies([run.school], _reading(run), students=students, plans=plans)
    finally:
        connection.close()  # this thread's own
