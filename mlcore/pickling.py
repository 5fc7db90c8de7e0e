"""Python objects as bytes that come out equal whenever the objects are: no clock, no chance, no order of sets."""

from __future__ import annotations

import io
import pickle
import zlib
from functools import cached_property
from typing import Any

from mlcore.errors import BadBundle

PROTOCOL = 5
LEVEL = 3  # above it, bundles shrink by a few per cent and saving takes three times as long
BY_THE_CLOCK = ("train_finish_time", "model_guid")  # what CatBoost writes into a model beside the model

OPENING_FAULTS = (
    pickle.UnpicklingError,
    ImportError,
    AttributeError,
    TypeError,
    ValueError,
    LookupError,
    EOFError,
    zlib.error,
)


def freeze(objects: dict[str, Any]) -> bytes:
    stream = io.BytesIO()
    _Pickler(stream, PROTOCOL).dump(objects)
    return zlib.compress(stream.getvalue(), LEVEL)


def thaw(data: bytes) -> dict[str, Any]:
    """Only for bytes whose signature was checked: opening a pickle runs what it says. Raises BadBundle."""
    try:
        objects: dict[str, Any] = _Unpickler(io.BytesIO(zlib.decompress(data))).load()
    except OPENING_FAULTS as fault:
        raise BadBundle(
            f"This bundle cannot be opened by the programs installed here ({fault}); train again.", "unreadable"
        ) from fault
    return objects


class _Pickler(pickle.Pickler):
    """Equal texts become one text, sets are sorted, and what was only kept for speed is left out."""

    def __init__(self, stream: io.BytesIO, protocol: int) -> None:
        super().__init__(stream, protocol)
        self._texts: dict[str, str] = {}

    def persistent_id(self, value: Any) -> Any:
        """Whether two equal texts are one object depends on how they came about, so here they always are."""
        if type(value) is str:
            return self._texts.setdefault(value, value)
        if type(value) in (set, frozenset):
            return type(value), sorted(value, key=repr)
        return None

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        if hasattr(value, "get_metadata") and any(base.__module__.startswith("catboost") for base in kind.__mro__):
            return _without_clock(value)
        if cached := _cached(kind):
            return _without(cached, value.__reduce_ex__(PROTOCOL))
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, told: Any) -> Any:
        return told if isinstance(told, str) else told[0](told[1])


def _cached(kind: type) -> set[str]:
    return {name for base in kind.__mro__ for name, each in vars(base).items() if isinstance(each, cached_property)}


def _without(cached: set[str], reduced: Any) -> Any:
    """The state less what is worked out anew when it is asked for."""
    if not isinstance(reduced, tuple) or len(reduced) < 3 or not isinstance(reduced[2], dict):
        return reduced
    state = {name: each for name, each in reduced[2].items() if name not in cached}
    return *reduced[:2], state, *reduced[3:]


def _without_clock(model: Any) -> Any:
    """CatBoost notes the second in which it was ready and a random name; neither is part of what it learned."""
    if model.is_fitted():
        told = model.get_metadata()
        for name in BY_THE_CLOCK:
            told[name] = ""
    return model.__reduce_ex__(PROTOCOL)
