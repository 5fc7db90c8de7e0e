"""Every template compiles, and none brings inline script or style, which the content security policy would refuse."""

import re
from pathlib import Path

import pytest
from django.template import engines

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
ALL = sorted(
    path.relative_to(TEMPLATES).as_posix()
    for path in TEMPLATES.rglob("*.*")
    if path.suffix in (".html", ".txt", ".svg")
)
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))[^>]*>", re.IGNORECASE)
INLINE_STYLE = re.compile(r"<style\b|\sstyle\s*=\s*[\"']|\son[a-z]+\s*=\s*[\"']", re.IGNORECASE)


@pytest.mark.parametrize("name", ALL)
def test_the_template_compiles(name: str) -> None:
    engines["django"].get_template(name)


@pytest.mark.parametrize("name", [name for name in ALL if not name.startswith("emails/")])
def test_the_template_has_no_inline_script_or_style(name: str) -> None:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    assert not INLINE_SCRIPT.search(text)
    assert not INLINE_STYLE.search(text)
