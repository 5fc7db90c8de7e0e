"""`make test`: the whole suite on the embedded default, and again on PostgreSQL and Redis where they answer."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field

import psycopg
from redis import Redis
from redis.exceptions import RedisError

LAST_REDIS_DATABASE = 15
CORES = min(os.cpu_count() or 2, 8)
HOST = "127.0.0.1"
# What a browser makes of a page, which words it holds, and plain arithmetic do not hang on the database below: once is enough.
NEEDS_NO_DATABASE = (
    "tests/browser",
    "tests/mlcore",
    "tests/house/test_german.py",
    "tests/house/test_german_pages.py",
    "tests/house/test_translatable.py",
    "tests/house/test_templates.py",
)


@dataclass
class Part:
    """One run of the suite: on what, with which variables, or why not."""

    name: str
    variables: dict[str, str] = field(default_factory=dict)
    leaves_out: tuple[str, ...] = ()
    why_not: str = ""
    outcome: str = ""


def postgres() -> tuple[str, str]:
    """A URL whose role may create databases, or the reason why there is none."""
    named = os.environ.get("TEST_DATABASE_URL")
    roles = [os.environ.get("PGUSER"), os.environ.get("USER"), "root", "postgres"]
    urls = [named] if named else [f"postgres://{role}@{HOST}:5432/postgres" for role in roles if role]
    reason = ""
    for url in urls:
        try:
            with psycopg.connect(url, connect_timeout=2) as connection:
                row = connection.execute(
                    "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                ).fetchone()
        except psycopg.Error as error:
            reason = reason or f"PostgreSQL does not let us in ({str(error).splitlines()[0]})"
            continue
        if row and row[0]:
            base, _, _ = url.rpartition("/")
            return f"{base}/foremark_{os.getpid()}", ""
        reason = "the role for PostgreSQL may not create databases"
    return "", reason


def redis() -> tuple[str, str]:
    """Databases of Redis that hold nothing, one for each parallel worker, or the reason why there are none."""
    if named := os.environ.get("TEST_REDIS_URL"):
        return named, ""
    try:
        for number in range(LAST_REDIS_DATABASE - CORES + 1, LAST_REDIS_DATABASE + 1):
            with Redis.from_url(f"redis://{HOST}:6379/{number}", socket_connect_timeout=2) as server:
                if server.dbsize():
                    return "", f"database {number} of the Redis on this machine is not empty"
    except RedisError as error:
        return "", f"Redis does not answer ({error})"
    return f"redis://{HOST}:6379/{LAST_REDIS_DATABASE}", ""


def parts() -> list[Part]:
    clean = {"TEST_DATABASE_URL": "", "TEST_REDIS_URL": ""}
    database, no_database = postgres()
    queue, no_queue = redis()
    real = {"TEST_DATABASE_URL": database, "TEST_REDIS_URL": queue}
    return [
        Part("SQLite and the embedded queue", clean),
        Part("PostgreSQL and Redis", real, NEEDS_NO_DATABASE, " and ".join(filter(None, [no_database, no_queue]))),
    ]


def run(part: Part, arguments: list[str]) -> bool:
    if part.why_not:
        part.outcome = f"skipped: {part.why_not}"
        return True
    print(f"\n=== On {part.name} ===", flush=True)
    start = time.monotonic()
    less = [f"--ignore={folder}" for folder in part.leaves_out]
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(CORES), "--dist", "loadgroup", *less, *arguments]
    code = subprocess.run(command, env={**os.environ, **part.variables}, check=False).returncode
    part.outcome = f"{'passed' if code == 0 else 'FAILED'} in {time.monotonic() - start:.0f} s"
    return code == 0


def main() -> int:
    todo = parts()
    good = [run(part, sys.argv[1:]) for part in todo]
    print("\n=== What ran on what ===")
    for part in todo:
        print(f"  {part.name}: {part.outcome}")
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
