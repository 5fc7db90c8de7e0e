"""Ids that an export of this school made for records without one: by them its bundle is known again when it comes back."""

import re

import numpy as np

from students.importing.incoming import Array
from students.importing.planning.matching import NOWHERE

# As exports write them; behind @ stands the class that sits the exam, where there are several.
OWN = {kind: re.compile(rf"fm-{kind}-(\d{{1,18}})(?:@.*)?") for kind in ("student", "exam")}


def by_own_id(kind: str, ids: Array, keys: Array) -> Array:
    """The place of the record whose key is in the id. Another school's bundle has such ids too: the caller has to compare
    what else the row says.
    """
    read = OWN[kind].fullmatch
    wanted = np.array([int(found[1]) if (found := read(text)) else NOWHERE for text in ids.tolist()], dtype=np.int64)
    if not len(keys):
        return np.full(len(ids), NOWHERE, dtype=np.int64)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, place, NOWHERE)
