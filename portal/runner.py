"""`make run`: prepares database, queue and demo school, starts web and worker together, and ends them together."""

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

from portal import embedded, env, languages

BASE_DIR = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
READY_SECONDS = 60.0
STOP_SECONDS = 10.0
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


class CannotRun(RuntimeError):
    """One clear sentence about why nothing was started."""


class Stopped(Exception):
    """Somebody pressed Ctrl-C or ended the runner."""


def environment(var: Path, port: int, given: Mapping[str, str]) -> dict[str, str]:
    """What a person at their own machine need not set: a secret that stays, this host, no HTTPS. Theirs wins."""
    host = f"http://{HOST}:{port}"
    own = {"SECRET_KEY": _secret(var), "ALLOWED_HOSTS": f"{HOST},localhost", "HTTPS": "0", "VAR_DIR": str(var)}
    own |= {"CSRF_TRUSTED_ORIGINS": f"{host},http://localhost:{port}", "LOG_LEVEL": "WARNING", "SITE_URL": host}
    # Where writing bytecode is switched off, every start would compile the project anew.
    return {**own, **given, "PYTHONDONTWRITEBYTECODE": ""}


def _secret(var: Path) -> str:
    var.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = var / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return path.read_text(encoding="ascii")


def chosen_port(given: Mapping[str, str]) -> int:
    text = given.get("PORT", "8000")
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise CannotRun(f"PORT is {text!r}; expected a number from 1 to 65535.")
    return int(text)


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            sentence = f"Port {port} is in use. Stop what runs there, or choose another: PORT={port + 10} make run"
            raise CannotRun(sentence) from error


def _end_with_runner() -> None:
    """In the child, before it starts: it must not outlive a runner that was killed without warning."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)


class Children:
    """The processes of one run, in the order they were started."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = dict(variables)
        self.running: list[tuple[str, subprocess.Popen[bytes]]] = []

    def start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches the runner alone, which then ends the children in the right order.
        process = subprocess.Popen(  # noqa: S603  # the commands are ours
            command, cwd=BASE_DIR, env=self.variables, start_new_session=True, preexec_fn=_end_with_runner,
        )  # fmt: skip
        self.running.append((name, process))
        return process

    def check(self) -> None:
        for name, process in self.running:
            if process.poll() is not None:
                raise CannotRun(f"The {name} ended by itself (code {process.returncode}); its reason stands above.")

    def stop(self) -> None:
        """Web and worker first, the queue last, each with time to finish and then without."""
        for _, process in reversed(self.running):
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def prepare_database() -> list[str]:
    """Bring the database up to date and, if it is empty, fill it with the demo school. Returns what to tell."""
    import django
    from django.core.management import call_command

    django.setup()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Preparing the database …", flush=True)
        call_command("migrate", interactive=False, verbosity=0)
    from django.apps import apps

    if not apps.get_model("students", "School").objects.exists():
        print("Filling it with the demo school …", flush=True)
        call_command("seed_demo", **demo_options(os.environ), verbosity=0)
    connection.close()
    return sign_ins()


def demo_options(given: Mapping[str, str]) -> dict[str, str | int]:
    """How many students the first start makes, and with which password, where somebody wants to say."""
    options: dict[str, str | int] = {}
    if given.get("DEMO_STUDENTS"):
        options["students"] = int(given["DEMO_STUDENTS"])
    if given.get("DEMO_PASSWORD"):
        options["password"] = given["DEMO_PASSWORD"]
    return options


def sign_ins() -> list[str]:
    from django.conf import settings

    path = Path(settings.VAR_DIR) / "demo-sign-ins.txt"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def collect_static(var: Path) -> None:
    """Only when a file has changed since: it takes a second that the second start does not have."""
    sources = [*(BASE_DIR / "static").rglob("*"), BASE_DIR / "requirements.lock", BASE_DIR / "portal" / "settings.py"]
    newest = str(max(path.stat().st_mtime_ns for path in sources)) + str(len(sources))
    stamp = var / "static.stamp"
    if stamp.exists() and stamp.read_text(encoding="ascii") == newest:
        return
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(newest, encoding="ascii")


def start_queue(children: Children, var: Path) -> None:
    where = embedded.socket_path(var)
    embedded.prepare(where, var / "queue")
    server = children.start("queue", embedded.command(where, var / "queue"))
    embedded.wait_until_it_answers(where, server)


def start_web_and_worker(children: Children, var: Path, port: int) -> None:
    python = [sys.executable, "-m"]
    web = ["gunicorn", "portal.wsgi", "--bind", f"{HOST}:{port}", "--workers", "2", "--threads", "4"]
    children.start("web server", [*python, *web, "--preload", "--log-level", "warning", "--worker-tmp-dir", str(var)])
    worker = ["celery", "-A", "portal", "-q", "worker", "--queues", "quick,score,train", "--concurrency", "1"]
    beat = ["--beat", "--schedule", str(var / "beat-schedule")]
    calm = ["--loglevel", "warning", "--without-mingle", "--without-gossip"]
    # In a container or on a rented machine one may well be root; the warning about it would drown the greeting.
    quiet = [sys.executable, "-W", "ignore:You're running the worker with superuser privileges", "-m"]
    children.start("worker", [*quiet, *worker, *beat, *calm])


def wait_until_ready(children: Children, port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        children.check()
        try:
            with urlopen(f"http://{HOST}:{port}/readyz", timeout=2):  # our own address
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise CannotRun(f"The web server did not answer within {READY_SECONDS:g} seconds.")


def interrupt(number: int, frame: FrameType | None) -> None:
    raise Stopped


def main() -> int:
    started = time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    children: Children | None = None
    try:
        file_values = env.read_env_file(BASE_DIR / ".env")
        given = {**file_values, **os.environ}
        port = chosen_port(given)
        check_port(port)
        var = Path(given.get("VAR_DIR") or BASE_DIR / "var").resolve()
        os.environ.update(environment(var, port, given))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
        children = Children(os.environ)
        run(children, var, port, started)
    except Stopped:
        print("\nStopping …", flush=True)
    except (CannotRun, embedded.NoEmbeddedQueue) as reason:
        print(f"Foremark did not start: {reason}", file=sys.stderr)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if children:
            children.stop()
    return 0


def run(children: Children, var: Path, port: int, started: float) -> None:
    if embedded.is_embedded(os.environ.get("REDIS_URL") or embedded.address(var)):
        start_queue(children, var)
    languages.compile_catalogues()
    told = prepare_database()
    collect_static(var)
    start_web_and_worker(children, var, port)
    wait_until_ready(children, port)
    print(f"\nForemark is ready after {time.monotonic() - started:.1f} s at http://localhost:{port}/\n")
    print("\n".join(told), "\nMails are written to", var / "mail", "— Ctrl-C stops everything.", flush=True)
    while True:
        children.check()
        time.sleep(0.5)


if __name__ == "__main__":
    raise SystemExit(main())
