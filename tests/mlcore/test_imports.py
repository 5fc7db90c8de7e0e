"""`import mlcore` costs nothing: heavy libraries are loaded by the work that needs them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"numpy", "pandas", "scipy", "sklearn", "joblib", "xgboost", "catboost", "fastparquet"}
TABLES_ONLY = {"numpy", "pandas"}
PLAIN = ["errors", "spec", "report", "gate", "console.arguments"]
FOR_ANSWERS = ["metrics", "chances", "sufficiency", "tables", "folder", "wide", "bundle", "console.commands"]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "mlcore").rglob("*.py")
    if path.name != "__main__.py"
)


def loaded_by(statement: str) -> set[str]:
    """The top names of all that a new Python has loaded after it."""
    told = f"import sys; {statement}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_mlcore_loads_none_of_the_heavy_libraries() -> None:
    assert not loaded_by("import mlcore") & HEAVY


def test_what_a_person_may_choose_and_read_is_plain_python() -> None:
    statement = f"import {', '.join(f'mlcore.{name}' for name in PLAIN)}"
    assert not loaded_by(statement) & HEAVY


@pytest.mark.parametrize("door", ["train", "predict"])
def test_the_doors_load_tables_and_no_model(door: str) -> None:
    assert loaded_by(f"from mlcore.{door} import {door}") & HEAVY <= TABLES_ONLY


def test_what_reads_and_judges_loads_tables_and_no_model() -> None:
    statement = f"import {', '.join(f'mlcore.{name}' for name in FOR_ANSWERS)}"
    assert loaded_by(statement) & HEAVY <= TABLES_ONLY


def test_no_module_loads_a_booster_or_django_by_being_imported() -> None:
    statement = f"import {', '.join(MODULES)}"
    assert not loaded_by(statement) & {"xgboost", "catboost", "fastparquet", "django", "celery", "rest_framework"}
