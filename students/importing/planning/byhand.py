"""Which fields of which records a person typed: the record itself was, or its latest change was not an import's."""

from collections import defaultdict

import numpy as np

from portal.audit.models import Change
from students.importing.incoming import Array, Table
from students.importing.planning.desk import Desk
from students.importing.planning.shapes import model_of

AT_ONCE = 5_000  # keys in one question; databases bound their lists


def typed_since(desk: Desk, table: Table, keys: Array, attrs: list[str]) -> dict[str, Array]:
    """For each attribute a mark where the latest change of it was a person's. Asks only for the given records."""
    marks = {attr: np.zeros(len(keys), dtype=bool) for attr in attrs}
    meta = model_of(table)._meta
    names = {meta.get_field(attr).name: attr for attr in attrs}
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE].tolist()
        by_people = _by_people(desk, meta.label, part)
        for place, key in enumerate(part, start):
            for name in by_people.get(key, set()) & set(names):
                marks[names[name]][place] = True
    return marks


def _by_people(desk: Desk, label: str, keys: list[int]) -> dict[int, set[str]]:
    """The fields of each record that a person was the last to change."""
    changes = Change.objects.filter(model=label, record_id__in=keys)
    edited = set(changes.exclude(batch__in=desk.marks).values_list("record_id", flat=True))
    if not edited:
        return {}
    ours, last = set(desk.marks), defaultdict[int, dict[str, bool]](dict)
    told = changes.filter(record_id__in=edited).order_by("pk").values_list("record_id", "batch", "after")
    for key, batch, after in told.iterator():
        last[key].update(dict.fromkeys(after, batch not in ours))
    return {key: {name for name, by_person in fields.items() if by_person} for key, fields in last.items()}
