"""`python -m benchmarks.scoring`: how fast a whole school is scored on PostgreSQL, beside what it cannot do without.

BENCH_DATABASE_URL names a seeded database; otherwise one is made for each of --students and dropped again.
"""

import argparse
import os
import subprocess
import sys
import tempfile

import psycopg

from benchmarks.__main__ import manage, variables
from tests.run import postgres

SEEDED = os.environ.get("BENCH_DATABASE_URL", "")
YEARS = "2"


def measured(database: str, var: str, workers: int) -> None:
    """In a process of its own, for settings are read once."""
    keys = os.environ.get("ARTIFACT_KEYS", "benchmark")  # secret keys are new each time, and would open no older model
    environment = {**variables(database, var), "ARTIFACT_DIR": f"{var}/artifacts", "ARTIFACT_KEYS": keys}
    subprocess.run([sys.executable, "-m", "benchmarks.scoring.one", str(workers)], env=environment, check=True)


def main(students: list[int], workers: int) -> None:
    print("| students | predictions | planning s | from order to last row s | predictions/s | floors: read + answer + write s |"
          " times the floors | largest worker MB | quick training s |", flush=True)  # fmt: skip
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    with tempfile.TemporaryDirectory(prefix="foremark-bench-") as var:
        if SEEDED:
            measured(SEEDED, os.environ.get("BENCH_VAR_DIR", var), workers)
            return
        server, reason = postgres()
        if not server:
            raise SystemExit(reason)
        for count in students:
            _with_own_database(server.rpartition("/")[0], count, var, workers)


def _with_own_database(server: str, students: int, var: str, workers: int) -> None:
    name = f"foremark_bench_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            environment = variables(f"{server}/{name}", var)
            manage(environment, "migrate", "--verbosity", "0")
            options = ["--students", str(students), "--years", YEARS, "--no-model", "--verbosity", "0"]
            manage(environment, "seed_demo", *options)
            measured(f"{server}/{name}", var, workers)
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--students", nargs="+", type=int, default=[1_000, 10_000, 100_000])
    given.add_argument("--workers", type=int, default=2)
    told = given.parse_args()
    main(told.students, told.workers)
