"""What is asked for: which rows of a school are read, and of which students."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Self
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from portal.kit.reading import Columns, columns, joined
from predictions.frames.cells import kept, zone_of
from students.models import School, Student

SOURCES = ("attendance", "observations", "participation")
LISTS = ("leave_out", "indicators_out", "protected")
AT_ONCE = 4096  # students; their marks of some years are read as one string of bytes
MOST_NAMED = 10_000  # students in one list
MOST_STRANGERS = 4  # times as many keys as students: beyond that, others are not even counted
Keys = NDArray[np.int64]
Students = tuple[int, int] | Sequence[int] | NDArray[np.integer[Any]] | None  # a pair is a range, last key included


@dataclass(frozen=True, slots=True)
class Reading:
    """Which records count, as plain data; a run keeps it, so that scoring reads what training read.

    `since`: exams before it are not read, nor their results. `leave_out`: sources; `indicators_out`: codes.
    `known_after`: by code, how many days after its day an observation is known, whatever its record says.
    `result_delay`: the same for marks of which nobody noted when they became known. `until`: what became known later
    may stay unread; it is still `SchoolTables.until` that hides the future. `protected`: facts that were turned on by
    name: demographic ones, "age", and codes of protected indicators; no other protected fact is read.
    """

    since: date | None = None
    leave_out: tuple[str, ...] = ()
    indicators_out: tuple[str, ...] = ()
    known_after: Mapping[str, int] = field(default_factory=dict)
    result_delay: int = 14
    until: date | None = None
    protected: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if unknown := sorted(set(self.leave_out) - set(SOURCES)):
            raise ValueError(f"leave_out: expected {', '.join(SOURCES)}, but it says {', '.join(unknown)}")

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        days = {name: day and day.isoformat() for name, day in (("since", self.since), ("until", self.until))}
        return asdict(self) | days | {name: [*getattr(self, name)] for name in LISTS}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """From what `as_dict` said; what is not said is as usual."""
        days = {name: told[name] and date.fromisoformat(told[name]) for name in ("since", "until") if name in told}
        lists = {name: tuple(told[name]) for name in LISTS if name in told}
        facts: dict[str, Any] = {**told, **days, **lists}
        return cls(**facts)

    def with_until(self, day: date) -> Self:
        return replace(self, until=day)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The students whose records are read, and the stretches of their keys in which that is done."""

    schools: tuple[int, ...]
    zone: ZoneInfo
    students: Columns
    stretches: tuple[Q, ...]

    @classmethod
    def of(cls, schools: Sequence[School], students: Students = None, *, born: bool = False) -> Self:
        """Two queries, whatever their number. `born`: with their birthdays, which no other use than age needs."""
        keys = tuple(school.pk for school in schools)
        rows = Student.objects.filter(_of_keys("pk", students), school__in=keys)
        wanted = {"student": "pk", "starts": "starts", "ends": "ends"}
        found = columns(rows, **wanted, **({"birth_date": "birth_date"} if born else {}))
        found = kept(found, _among(found["student"], students))
        order = np.argsort(found["student"], kind="stable")
        sorted_ = {name: column[order] for name, column in found.items()}
        return cls(keys, zone_of(schools), sorted_, _stretches(sorted_["student"].astype(np.int64)))

    def read(self, rows: Any, wanted: Mapping[str, Any], then: Callable[[Columns], Columns] = dict) -> Columns:
        """The rows of these students: one query for each stretch, and `then` what is done to each by itself."""
        return joined(then(columns(rows.filter(stretch), **wanted)) for stretch in self.stretches)


def _of_keys(name: str, students: Students) -> Q:
    if students is None:
        return Q()
    if isinstance(students, tuple):
        first, last = students
        return Q(**{f"{name}__gte": first, f"{name}__lte": last})
    keys = np.asarray(students)
    if len(keys) > MOST_NAMED:
        return _of_keys(name, (int(keys.min()), int(keys.max())))
    return Q(**{f"{name}__in": keys.tolist()})


def _among(keys: Keys, students: Students) -> Any:
    """Which of the keys were asked for: a long list is read as the range it spans, for databases bound their lists."""
    if students is None or isinstance(students, tuple):
        return np.ones(len(keys), dtype=np.bool_)
    return np.isin(keys, np.asarray(students, dtype=np.int64))


def _stretches(keys: Keys) -> tuple[Q, ...]:
    """Ranges where nobody else has a key in between, which an index answers best; lists of keys otherwise."""
    if not len(keys):
        return (_of_keys("student", (1, 0)),)
    pieces = [keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE)]
    if _is_all(keys):
        return tuple(_of_keys("student", (int(piece[0]), int(piece[-1]))) for piece in pieces)
    return tuple(Q(student__in=piece.tolist()) for piece in pieces)


def _is_all(keys: Keys) -> bool:
    first, last = int(keys[0]), int(keys[-1])
    if last - first >= MOST_STRANGERS * len(keys):
        return False
    return Student.objects.filter(pk__gte=first, pk__lte=last).count() == len(keys)
