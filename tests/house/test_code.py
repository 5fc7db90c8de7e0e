"""Rules about the whole tree: sizes, layers, documents, migrations, and what must never be committed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import documents

BASE_DIR = Path(__file__).resolve().parents[2]
LONGEST_FILE = 300
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "services.py", "managers.py"}
MIGRATION_NAME = re.compile(r"\d{4}_[a-z0-9_]+\.py")


def committed(*endings: str) -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (BASE_DIR / line for line in done.stdout.splitlines())
    return [path for path in paths if path.suffix in endings and path.is_file()]


def test_a_file_fits_in_the_head() -> None:
    long = {
        path.relative_to(BASE_DIR).as_posix(): length
        for path in committed(".py", ".html", ".css", ".js")
        if "migrations" not in path.parts
        and (length := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_no_room_has_a_name_that_says_nothing() -> None:
    assert [path for path in committed(".py") if path.name in FORBIDDEN_NAMES] == []


def test_every_module_opens_with_a_sentence_about_itself() -> None:
    silent = [
        path.relative_to(BASE_DIR).as_posix()
        for path in committed(".py")
        if path.parent.parts[-1] != "migrations"
        and path.name not in ("__init__.py", "apps.py")
        and not path.read_text(encoding="utf-8").removeprefix("#!/usr/bin/env python3\n").startswith('"""')
    ]
    assert silent == []


def test_packages_import_only_what_stands_below_them() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_link_and_command_in_the_documents_exists() -> None:
    assert documents.faults() == []


def test_migrations_are_named_for_what_they_do() -> None:
    names = [path.name for path in committed(".py") if path.parent.name == "migrations" and path.name != "__init__.py"]
    assert all(MIGRATION_NAME.fullmatch(name) and "_auto_" not in name for name in names), names


@pytest.mark.parametrize(
    "lock",
    [
        "requirements.lock",
        "requirements-dev.lock",
        "requirements-saml.lock",
        "requirements-mlflow.lock",
        "requirements-s3.lock",
        "requirements-bench.lock",
    ],
)
def test_the_lock_names_no_registry_and_pins_by_hash(lock: str) -> None:
    text = (BASE_DIR / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert text.count("--hash=sha256:") > 50


def test_only_what_we_wrote_is_committed() -> None:
    paths = [path.relative_to(BASE_DIR).as_posix() for path in committed(".js", ".css", ".py", ".html")]
    assert [path for path in paths if ".min." in path or "vendor/" in path] == []


def test_the_architecture_names_every_file() -> None:
    text = (BASE_DIR / "docs" / "architecture.md").read_text(encoding="utf-8")
    tree = text[text.index("## 2. The file tree") : text.index("Still to be built")]
    missing = [
        path.relative_to(BASE_DIR).as_posix()
        for path in committed(".py")
        if path.relative_to(BASE_DIR).parts[0] in ("portal", "students", "predictions", "mlcore")
        and "migrations" not in path.parts
        and path.name not in ("__init__.py", "apps.py")
        and f"{path.name} " not in tree
    ]
    assert missing == []
