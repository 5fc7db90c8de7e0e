"""Every setting is read once, and `.env.example` tells all of them with the defaults that hold."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.env import Env, database_from_url, read_env_file

BASE_DIR = Path(__file__).resolve().parents[2]
ASK = """
import json, os
os.environ.clear()
os.environ.update(SECRET_KEY="x", ALLOWED_HOSTS="h")
from portal import env
env.read_env_file = lambda path: {}
import portal.settings
print(json.dumps(portal.settings.ENV.asked))
"""
EXAMPLE = re.compile(r"^#? ?([A-Z][A-Z0-9_]+)=(.*)$", re.MULTILINE)


def asked() -> dict[str, str]:
    """What a process without any environment of its own asks for, with the defaults."""
    done = subprocess.run([sys.executable, "-c", ASK], cwd=BASE_DIR, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_example_names_every_variable_and_no_other() -> None:
    named = {name for name, _ in EXAMPLE.findall((BASE_DIR / ".env.example").read_text())}
    named = {name for name in named if "LAKESIDE" not in name}  # one provider stands there as an example
    assert named - {"PORT", "DEMO_STUDENTS", "DEMO_PASSWORD", "TEST_DATABASE_URL", "TEST_REDIS_URL"} == set(asked())


def test_the_example_shows_the_defaults_that_hold() -> None:
    shown = dict(EXAMPLE.findall((BASE_DIR / ".env.example").read_text()))
    for name, default in asked().items():
        if str(BASE_DIR) not in default and default:
            assert shown[name] == default, name


def test_no_other_file_reads_the_environment() -> None:
    readers = {
        path.relative_to(BASE_DIR).as_posix()
        for package in ("portal", "students", "predictions", "mlcore")
        for path in (BASE_DIR / package).rglob("*.py")
        if re.search(r"os\.environ|os\.getenv|\bgetenv\(", path.read_text(encoding="utf-8"))
    }
    # The runner makes the environment of its children; the celery and wsgi doors name the settings module.
    assert readers == {"portal/env.py", "portal/runner.py", "portal/celery.py", "portal/wsgi.py"}


@pytest.mark.parametrize(
    ("ask", "value", "sentence"),
    [
        (lambda env: env.flag("X"), "maybe", "X is 'maybe'; expected 1 or 0."),
        (lambda env: env.number("X", 3, least=1), "0", "X is '0'; expected a whole number of 1 or more."),
        (lambda env: env.number("X", 3), "many", "X is 'many'; expected a whole number of 0 or more."),
        (lambda env: env.text("X"), "", "X is not set. See .env.example for what it should hold."),
        (lambda env: env.database("X", ""), "mysql://a/b", "X is not understood"),
        (lambda env: env.database("X", ""), "postgres://host", "X is not understood"),
    ],
)
def test_a_bad_value_is_refused_by_name_and_expectation(ask: object, value: str, sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=re.escape(sentence)):
        ask(Env({"X": value}))


def test_a_database_url_may_hold_what_passwords_hold() -> None:
    made = database_from_url("X", "postgres://fore%40mark:p%2Fw%3A@db.example:6432/school?sslmode=require")
    assert (made["USER"], made["PASSWORD"], made["PORT"]) == ("fore@mark", "p/w:", "6432")
    assert made["OPTIONS"] == {"sslmode": "require"}


def test_a_broken_line_of_the_env_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# fine\nDEBUG=1\nnonsense\n")
    with pytest.raises(ImproperlyConfigured, match="line 3"):
        read_env_file(tmp_path / ".env")
