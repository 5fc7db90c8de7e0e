"""`make run` as a newcomer meets it: real processes, a real sign-in, and nothing left behind."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from portal import embedded

BASE_DIR = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
SIGN_IN = re.compile(r"(\S+@\S+)\s+(\S+)\s*$")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def variables(var: Path, port: int) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "PYTHONDONTWRITEBYTECODE")
    }
    return {**kept, "VAR_DIR": str(var), "PORT": str(port), "DEMO_STUDENTS": "60"}


def start(var: Path, port: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "portal.runner"]
    return subprocess.Popen(
        command, cwd=BASE_DIR, env=variables(var, port), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def said_until_ready(process: "subprocess.Popen[str]") -> list[str]:
    """The lines printed until the last one of the greeting."""
    lines: list[str] = []
    deadline = time.monotonic() + PATIENCE
    assert process.stdout
    while time.monotonic() < deadline:
        line = process.stdout.readline()
        lines.append(line.rstrip())
        if "Ctrl-C" in line or (not line and process.poll() is not None):
            break
    return lines


def family_of(process: "subprocess.Popen[str]") -> set[int]:
    """Every process below the runner, by asking the kernel."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found, level = set(), {process.pid}
    while level:
        level = {child for child, parent in parents.items() if parent in level}
        found |= level
    return found


def alive(pids: set[int]) -> set[int]:
    return {
        pid
        for pid in pids
        if Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]
    }


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[str]", int, list[str]]]:
    port = free_port()
    process = start(tmp_path / "var", port)
    lines = said_until_ready(process)
    yield process, port, lines
    if process.poll() is None:
        process.kill()
    process.wait()
    assert process.stdout
    process.stdout.close()


def sign_in(port: int, email: str, password: str) -> tuple[requests.Session, requests.Response]:
    session = requests.Session()
    page = session.get(f"http://127.0.0.1:{port}/accounts/login/", timeout=20)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token, page.text[:500]
    data = {"login": email, "password": password, "csrfmiddlewaretoken": token.group(1)}
    return session, session.post(page.url, data=data, timeout=20, headers={"Referer": page.url})


def models_once_trained(session: requests.Session, port: int) -> str:
    """The page of the models, as soon as the first of them is there; nobody ordered it."""
    deadline = time.monotonic() + PATIENCE
    while "Version 1" not in (page := session.get(f"http://127.0.0.1:{port}/models/", timeout=20).text):
        assert time.monotonic() < deadline, page
        time.sleep(0.5)
    return page


def trainings_of(var: Path) -> list[tuple[str, str, int | None]]:
    """Why each training was ordered, how it stands, and by whom; as the database of the run has it."""
    ask = "SELECT cause, state, requested_by_id FROM predictions_trainingrun run JOIN jobs_job job ON job.id = job_id"
    with closing(sqlite3.connect(var / "foremark.sqlite3")) as database:
        return database.execute(f"{ask} ORDER BY run.id").fetchall()


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux's /proc which processes are left")
def test_a_newcomer_starts_it_signs_in_as_a_teacher_and_stops_it(
    running: tuple["subprocess.Popen[str]", int, list[str]], tmp_path: Path
) -> None:
    process, port, lines = running
    assert any(f"http://localhost:{port}/" in line for line in lines), "\n".join(lines)
    people = {line.split()[0]: found.groups() for line in lines if (found := SIGN_IN.search(line))}
    assert {"leader", "office", "teacher", "counsellor", "student", "guardian", "analyst"} <= set(people)

    session, home = sign_in(port, *people["teacher"])
    assert home.status_code == 200
    classes = session.get(f"http://127.0.0.1:{port}/classes/", timeout=20)
    assert "/classes/" in classes.text

    leader, _ = sign_in(port, *people["leader"])
    models = models_once_trained(leader, port)
    assert trainings_of(tmp_path / "var")[0] == ("demo", "succeeded", None)
    # Sixty students may be too few for a model that may serve; then the page says so.
    assert "No version has passed its checks so far" in models or "Nothing serves yet" not in models

    ready = requests.get(f"http://127.0.0.1:{port}/readyz", timeout=20).json()
    assert ready["checks"]["database"] == ready["checks"]["queue"] == "ok"

    family = family_of(process)
    assert len(family) >= 4  # queue, web server and its workers, worker
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert alive(family) == set()


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(tmp_path / "var", port)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out.strip().splitlines() == [
        f"Foremark did not start: Port {port} is in use. Stop what runs there, or choose another: PORT={port + 10} make run"
    ]


def test_a_port_that_is_no_number_is_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "portal.runner"],
        cwd=BASE_DIR, env=variables(tmp_path, 0) | {"PORT": "eighty"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.strip() == "Foremark did not start: PORT is 'eighty'; expected a number from 1 to 65535."


def test_a_folder_for_the_queue_that_somebody_else_made_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    where = embedded.socket_path(tmp_path / ("long" * 40))
    where.parent.mkdir(mode=0o700)
    embedded.prepare(where, tmp_path / "queue")
    us = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: us + 1)
    with pytest.raises(embedded.NoEmbeddedQueue, match="belongs to somebody else"):
        embedded.prepare(where, tmp_path / "queue")
