"""`make check`: everything about the code that can be told without running the suite."""

import os
import subprocess
import sys
import time
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
PRODUCTION = {
    "SECRET_KEY": "w" + "3x7Kq9" * 12,
    "ALLOWED_HOSTS": "foremark.example",
    "DATABASE_URL": "sqlite:////dev/null",
    "EMAIL_HOST": "mail.example",
    "DEBUG": "0",
    "HTTPS": "1",
}
STEPS = {
    "lint": [str(BIN / "ruff"), "check", "--quiet", "."],
    "format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
    "imports": [str(BIN / "lint-imports"), "--no-cache"],
    "types": [sys.executable, "-m", "mypy", "portal", "students", "predictions", "mlcore"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "deploy": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    "templates": [str(BIN / "djlint"), "templates", "--lint", "--quiet"],
    "Dockerfile": [str(BIN / "hadolint"), "Dockerfile"],
    "compose": [str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
    "documents": [sys.executable, "-m", "tests.house.documents"],
}


def run(name: str, command: list[str]) -> bool:
    start = time.monotonic()
    environment = {**os.environ, **PRODUCTION}
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    good = done.returncode == 0
    print(f"  {name:<12} {'ok' if good else 'FAILED'}  {time.monotonic() - start:.1f} s", flush=True)
    if not good:
        print(done.stdout + done.stderr, flush=True)
    return good


def main() -> int:
    wanted = sys.argv[1:] or list(STEPS)
    good = [run(name, STEPS[name]) for name in wanted]
    print(
        "Everything is in order."
        if all(good)
        else "Not in order; what failed stands above. `make fix` mends some of it."
    )
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
