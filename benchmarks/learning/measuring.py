"""What all these benchmarks measure with: a clock, the most memory held, a process of one's own, and tables to paste."""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlcore.report import Figure

STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class Took:
    """Seconds on the wall, and of the processor: on a busy machine only the latter says what the work costs."""

    wall: float
    processor: float


def took(work: Callable[[], object]) -> Took:
    """Once."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - wall, time.process_time() - processor)


def quickest(work: Callable[[], object], least: float = 1.0) -> Took:
    """Of several runs the one that other programs disturbed least."""
    each: list[Took] = []
    while sum(one.wall for one in each) < least or len(each) < 3:
        each.append(took(work))
    return Took(min(one.wall for one in each), min(one.processor for one in each))


def peak_megabytes() -> float:
    """The most memory this process has held; unlike `ru_maxrss` not what its parent held before it began."""
    if STATUS.exists():
        lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
        return float(lines["VmHWM"].split()[0]) / 1024
    per_megabyte = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / per_megabyte


def in_own_process(module: str, *arguments: object) -> Any:
    """What `python -m module --one …` prints last, read as JSON; whatever else it says goes to stderr."""
    words = [sys.executable, "-m", module, "--one", *map(str, arguments)]
    return json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """In Markdown: a column of figures stands to the right."""
    told = [[_told(cell) for cell in row] for row in rows]
    sides = [":" if any(_is_figure(row[place]) for row in rows) else "" for place in range(len(head))]
    lines = [_line(head), f"|{'|'.join(f'---{side}' for side in sides)}|", *map(_line, told)]
    return "\n".join(lines)


def interval(figure: Figure, form: str) -> str:
    """A figure and, if it has one, its interval."""
    if figure.value is None:
        return "cannot be said"
    if figure.low is None or figure.high is None:
        return form.format(figure.value)
    return f"{form.format(figure.value)} ({form.format(figure.low)} to {form.format(figure.high)})"


def machine() -> str:
    """What it was measured on, and how busy that was."""
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; "
        f"{os.getloadavg()[0]:.1f} programs wanted a core in the minute before."
    )


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _is_figure(cell: object) -> bool:
    return isinstance(cell, int | float)


def _told(cell: object) -> str:
    """Three digits that count; whole numbers and large ones in full."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return str(cell)
    if isinstance(cell, int) or abs(cell) >= 100:
        return f"{cell:,.0f}"
    return f"{cell:.1f}" if abs(cell) >= 10 else f"{cell:.2f}" if abs(cell) >= 1 else f"{cell:.3f}"
