"""Which libraries are installed here, and what it means for a bundle that others made it."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = ("numpy", "scipy", "scikit-learn", "pandas", "xgboost", "catboost")
OTHER_NAMES = {"xgboost": ("xgboost", "xgboost-cpu")}
STRICT = ("scikit-learn",)  # promises nothing about opening what another minor version pickled


def installed() -> dict[str, str]:
    """The version of Python and of each library; a library that is not installed is left out."""
    told = {"python": platform.python_version()}
    for library in LIBRARIES:
        for name in OTHER_NAMES.get(library, (library,)):
            try:
                told[library] = version(name)
                break
            except PackageNotFoundError:
                continue
    return told


def refusal(then: Mapping[str, str]) -> str:
    """Why a bundle made with these versions cannot be opened here; empty if it can."""
    now = installed()
    for library in STRICT:
        if _minor(then.get(library, "")) != _minor(now.get(library, "")):
            return (
                f"This bundle was made with {library} {then.get(library, 'of an unknown version')}, and here is "
                f"{now.get(library, 'none')}: its model may not open rightly. Install that version, or train again."
            )
    return ""


def differences(then: Mapping[str, str]) -> tuple[str, ...]:
    """One sentence for each library that is another than when the bundle was made."""
    now = installed()
    return tuple(
        f"Made with {library} {then[library]}; here is {now.get(library, 'none')}."
        for library in then
        if then[library] != now.get(library)
    )


def _minor(told: str) -> list[str]:
    return told.split(".")[:2]
