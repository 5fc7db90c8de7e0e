"""`make bench`: what docs/performance.md quotes. Seeds 300 students on SQLite and many on PostgreSQL, and asks pages of both.

BENCH_STUDENTS sets how many (default 100,000); BENCH_DATABASE_URL names a database that is already seeded.
"""

import json
import os
import platform
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.run import postgres

BASE_DIR = Path(__file__).resolve().parent.parent
SMALL = 300


@dataclass(frozen=True)
class Made:
    """A seeded database: how long that took, and the most memory the process had."""

    students: int
    where: str
    variables: dict[str, str]
    seconds: float
    megabytes: float


def variables(database: str, var: str) -> dict[str, str]:
    """Settings as `make run` has them; the pages are asked as localhost."""
    own = {
        "DEBUG": "0",
        "STATIC_DIR": f"{Path(var).parent}/static",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "localhost",
        "HTTPS": "0",
        "LOG_LEVEL": "CRITICAL",
    }
    return {**os.environ, **own, "DATABASE_URL": database, "VAR_DIR": var}


def manage(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=BASE_DIR, env=environment, check=True)


def seeded(students: int, where: str, environment: dict[str, str]) -> Made:
    manage(environment, "migrate", "--verbosity", "0")
    start = time.monotonic()
    manage(environment, "seed_demo", "--students", str(students), "--years", "2", "--no-model", "--verbosity", "0")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Made(students, where, environment, time.monotonic() - start, peak)


def asked(environment: dict[str, str]) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pages"],
        cwd=BASE_DIR,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


def print_seeding(made: list[Made]) -> None:
    print("| students | database | seconds | peak memory of the process |\n|---:|---|---:|---:|")
    for each in made:
        if each.seconds:
            print(f"| {each.students:,} | {each.where} | {each.seconds:.1f} | {each.megabytes:.0f} MB |")


def print_pages(made: list[Made]) -> None:
    tables = [asked(each.variables) for each in made]
    sizes = " | ".join(f"queries at {each.students:,} | ms at {each.students:,}" for each in made)
    print(f"\n| page | as | {sizes} |\n|---|---|{'---:|' * 2 * len(made)}")
    for rows in zip(*tables, strict=True):
        figures = " | ".join(f"{row['queries']} | {row['ms']}" for row in rows)
        print(f"| {rows[0]['page']} | {rows[0]['as']} | {figures} |")


def main() -> None:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n", flush=True)
    many = int(os.environ.get("BENCH_STUDENTS", "100000"))
    with tempfile.TemporaryDirectory() as folder:
        manage(variables("", f"{folder}/small"), "collectstatic", "--no-input", "--verbosity", "0")
        small = seeded(SMALL, "SQLite", variables(f"sqlite:///{folder}/small.sqlite3", f"{folder}/small"))
        given = os.environ.get("BENCH_DATABASE_URL")
        if given:
            report([small, Made(many, "PostgreSQL", variables(given, f"{folder}/large"), 0, 0)])
            return
        url, reason = postgres()
        if reason:
            print(f"PostgreSQL left out: {reason}")
            report([small])
            return
        base, _, name = url.rpartition("/")
        with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
            try:
                report([small, seeded(many, "PostgreSQL", variables(url, f"{folder}/large"))])
            finally:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def report(made: list[Made]) -> None:
    print_seeding(made)
    print_pages(made)


if __name__ == "__main__":
    main()
