"""Ways through the portal that apps add to the bar above every page, each by name and for some roles."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """`label` is translated when it is shown; `name` is that of the address."""

    label: Any
    name: str
    roles: frozenset[str]


_places: dict[str, Place] = {}


def add_place(place: Place) -> None:
    """Called once for each place, by the app whose page it is, when it is ready."""
    _places[place.name] = place


def added_places() -> tuple[Place, ...]:
    return tuple(_places.values())
