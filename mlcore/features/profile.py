"""Who the student is: protected facts, each used only if the school turned it on by name."""

from __future__ import annotations

import numpy as np

from mlcore.arrays import Words
from mlcore.features.base import RawColumn
from mlcore.features.context import PEOPLE
from mlcore.features.making import category
from mlcore.features.view import View
from mlcore.layout.keys import codes_of, distinct, rows_of, text_at
from mlcore.schema import TABLES

NAMES = tuple(column.name for column in TABLES["demographics"].columns if column.name != "student")


def profile(view: View) -> list[RawColumn]:
    names = [name for name in NAMES if name in (view.protected if view.wanted is None else view.wanted)]
    if not names:
        return []
    row = rows_of(view.tables.demographics["student"], view.students)[view.student]
    row = np.where(view.row < 0, -1, row)
    return [
        RawColumn(category(name, name.replace("_", " "), PEOPLE, protected=True), _words(view, name)[row])
        for name in names
    ]


def _words(view: View, name: str) -> Words:
    """The column as words, with a last None for who is not in it."""
    facts = view.tables.demographics[name]
    words = distinct(facts)
    return text_at(words, np.append(codes_of(facts, words), -1))
