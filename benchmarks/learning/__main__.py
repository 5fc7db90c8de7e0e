"""`make bench-ml`: all measures of mlcore one after the other, as Markdown to paste into docs; `--only name …` chooses."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence

PARTS = {
    "imports": "What an import costs",
    "training": "What a training costs",
    "serving": "How fast scores come",
    "matrix": "What a matrix costs",
    "reasons": "How fast reasons come, and how exact they are",
    "statistics": "How fast insights come",
    "coverage": "Whether ranges and chances hold later",
    "whole": "Real sets through the whole product",
    "accuracy": "How near scores come on real sets",  # last: it takes longest
}


def main(names: Sequence[str]) -> int:
    """Each in a process of its own, so that none finds the memory of another; tells how many could not be finished."""
    failed = []
    for name in [name for name in PARTS if not names or name in names]:
        print(f"\n## {PARTS[name]}\n", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.learning.{name}"]).returncode:
            failed.append(name)
            print(f"\nCould not be finished: what went wrong stands above; again with `--only {name}`.", flush=True)
    return len(failed)


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--only", nargs="+", default=[], choices=list(PARTS), metavar="name", help=", ".join(PARTS))
    sys.exit(main(given.parse_args().only))
