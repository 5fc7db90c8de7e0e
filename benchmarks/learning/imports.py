"""`python -m benchmarks.learning.imports`: what importing parts of mlcore costs each process, and which heavy libraries come with it."""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median
from time import perf_counter

from benchmarks.learning.measuring import machine, table

MODULES = ("mlcore", "mlcore.spec", "mlcore.bundle", "mlcore.predict", "mlcore.train")
HEAVY = ("numpy", "pandas", "scipy", "sklearn", "joblib", "xgboost", "catboost", "lightgbm", "django")
RUNS, GOAL = 11, 50.0  # milliseconds that `import mlcore` may add


def main(runs: int = RUNS) -> None:
    print(machine(), "\n")
    told = added(runs)
    lines = [(f"`import {name}`", round(told[name]), ", ".join(heavy(name)) or "none") for name in MODULES]
    print(table([f"median of {runs} processes", "ms more than `pass`", "heavy libraries"], lines))
    kept = "kept" if told["mlcore"] < GOAL else f"missed by {told['mlcore'] - GOAL:.0f} ms"
    print(f"\nThe goal of {GOAL:.0f} ms for `import mlcore` is {kept}.")


def added(runs: int) -> dict[str, float]:
    """Milliseconds that each import adds to a bare start; by turns, so that a busy moment hits them alike."""
    asked = {"": "pass", **{name: f"import {name}" for name in MODULES}}
    for words in asked.values():
        _milliseconds(words)  # from now on the files are in the cache
    turns = [{name: _milliseconds(words) for name, words in asked.items()} for _ in range(runs)]
    medians = {name: median(turn[name] for turn in turns) for name in asked}
    return {name: medians[name] - medians[""] for name in MODULES}


def heavy(module: str) -> list[str]:
    words = f"import json, sys, {module}; print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", words], check=True, capture_output=True, text=True)
    found: list[str] = json.loads(done.stdout)
    return found


def _milliseconds(words: str) -> float:
    start = perf_counter()
    subprocess.run([sys.executable, "-c", words], check=True)
    return 1e3 * (perf_counter() - start)


if __name__ == "__main__":
    main()
