"""/readyz of a process whose database or queue is really not there: it answers, whatever is gone."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

ASK = """
import django, json
django.setup()
from django.test import Client
answer = Client(headers={"Host": "localhost"}).get("/readyz")
print(json.dumps([answer.status_code, answer.json()]))
"""


def readyz_with(folder: Path, **variables: str) -> list[Any]:
    own = {"DJANGO_SETTINGS_MODULE": "portal.settings", "VAR_DIR": str(folder), "REDIS_URL": f"unix://{folder}/no.sock"}
    (folder / "static").mkdir()
    asked = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=settings.BASE_DIR,
        env={**os.environ, **own, **variables},
        capture_output=True,
        check=True,
        timeout=60,
    )
    return list(json.loads(asked.stdout))


def test_a_database_that_is_gone_makes_it_unready(tmp_path: Path) -> None:
    status, told = readyz_with(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/nowhere/at-all.sqlite3")
    assert (status, told["status"]) == (503, "not ready")
    assert told["checks"]["database"] == "OperationalError"
    assert told["checks"]["queue"] == "ConnectionError"


def test_a_database_that_was_not_migrated_makes_it_unready(tmp_path: Path) -> None:
    status, told = readyz_with(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/empty.sqlite3")
    assert (status, told["checks"]["database"], told["checks"]["migrations"]) == (503, "ok", "pending")
