"""Words where no page of a test may lead: in the source of templates, and in what rooms and doors tell people."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.marked import CLOSE, OPEN, WORD, Reading, pattern_of, unmarked

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
NAMES = pattern_of({"Foremark", "CSV", "Excel", "PDF"})
# The back office speaks English; the design page is for who builds Foremark; 500.html is shown when nothing else works.
ENGLISH = ("admin/", "design/", "500.html")
PAGES = sorted(
    name
    for path in TEMPLATES.rglob("*.*")
    if not (name := path.relative_to(TEMPLATES).as_posix()).startswith(ENGLISH) and path.suffix in (".html", ".txt")
)
COMMENT = re.compile(r"{% comment [^%]*%}.*?{% endcomment %}|{% comment %}.*?{% endcomment %}|{#.*?#}", re.DOTALL)
BLOCK = re.compile(r"{% blocktranslate\b.*?{% endblocktranslate %}", re.DOTALL)
NO_TEXT = re.compile(r"{% block page_class %}.*?{% endblock %}")
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
NAMELESS = re.compile(r"<\s+(?:a\b)?")  # an element whose name is a tag of the template
GIVEN = re.compile(r"\b(?:label|title|text|action|here|said|back)=\"([^\"]+)\"")
FILTER = re.compile(r"\|(?:default|default_if_none|yesno|pluralize):\"([^\"]*)\"")
CODE_WORDS = {"en-gb", "auto", "comfortable", "text", "post", "inbox", "q"}

REFUSALS = {"Conflict", "NotAllowed", "DomainError", "NotReady", "ValidationError", "Http404"}
TOLD = {"success", "info", "warning", "error"}  # of django.contrib.messages
# The back office, programs and the shell of the machine are no readers of pages.
NOT_PAGES = {"admin", "backoffice", "api", "management", "migrations", "demo"}
SOURCES = sorted(
    path.relative_to(ROOT).as_posix()
    for app in ("portal", "students", "predictions")
    for path in (ROOT / app).rglob("*.py")
    if not NOT_PAGES.intersection(path.relative_to(ROOT).parts)
)
SCRIPTS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "static" / "js").rglob("*.js"))
SENTENCE = re.compile(r"[\"'`]([A-Z][a-z]+(?: [a-z]+)*[ .!?…][^\"'`]*)[\"'`]")
SINGLE = re.compile(r"[\"'`]([A-Z][a-z]{2,})[\"'`]")
KEYS = {"Escape", "Tab", "Enter", "Home", "End", "Delete", "Backspace", "Shift", "Space"}


@pytest.mark.parametrize("name", PAGES)
def test_a_template_has_no_words_of_its_own(name: str) -> None:
    source = COMMENT.sub("", (TEMPLATES / name).read_text(encoding="utf-8"))
    tags = " ".join(TAG.findall(BLOCK.sub("", source)))
    given = [text for pattern in (GIVEN, FILTER) for text in pattern.findall(tags) if text not in CODE_WORDS]
    html = NAMELESS.sub("<div ", TAG.sub(" ", NO_TEXT.sub("", BLOCK.sub(" ", source))))
    assert unmarked([*Reading(html).texts, *given], NAMES) == []


@pytest.mark.parametrize("name", SOURCES)
def test_what_code_tells_people_passes_gettext(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    bare = [f"line {text.lineno}: {ast.unparse(text)}" for call in calls(tree) for text in told(call)]
    assert bare == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_has_no_words_of_its_own(name: str) -> None:
    """They stand in the page, translated. The page of the design speaks to who builds Foremark."""
    source = re.sub(r"//.*|/\*.*?\*/", "", (ROOT / name).read_text(encoding="utf-8"))
    assert SENTENCE.findall(source) == []
    assert [word for word in SINGLE.findall(source) if word not in KEYS] == []


@pytest.mark.parametrize("name", SOURCES)
def test_gettext_goes_by_names_that_the_collector_of_texts_knows(name: str) -> None:
    source = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"^from django\.utils\.translation import .*\bas (?!_\b)\w+", source, re.MULTILINE) == []


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_is_translated_before_somebody_asks(name: str) -> None:
    """What stands outside functions is read once, at the start, when nobody's language is known: only lazily."""
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    eager = {
        each.asname or each.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for each in node.names
        if each.name in ("gettext", "ngettext", "pgettext", "npgettext")
    }
    called = [ast.unparse(call) for call in calls_at_once(tree) if getattr(call.func, "id", "") in eager]
    assert called == []


def calls_at_once(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from calls_at_once(child)


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def told(call: ast.Call) -> list[ast.expr]:
    """The words of a refusal, of a message, or of a label that stand there bare."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    said: list[ast.expr] = [each.value for each in call.keywords if each.arg in ("label", "help_text", "empty_label")]
    if ast.unparse(call.func).startswith("models."):
        said = []  # the back office alone shows the help of a model's field
    if name in REFUSALS:
        said += [
            *call.args[:1],
            *(value for each in call.args[:1] if isinstance(each, ast.Dict) for value in each.values),
        ]
    elif name in TOLD and ast.unparse(call.func).startswith("messages."):
        said += call.args[1:2]
    return [each for each in said if is_bare(each)]


def is_bare(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(is_bare(part) for part in node.values if isinstance(part, ast.Constant))
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(WORD.search(node.value))


def test_a_bare_word_is_found_and_a_marked_one_is_not() -> None:
    html = f'<p>{OPEN}Good <b title="{OPEN}day{CLOSE}">morning</b>{CLOSE} all</p><input type="submit" value="Send it">'
    assert unmarked(Reading(html).texts, NAMES) == [f"{OPEN}{CLOSE} all", "Send it"]
    call = ast.parse('raise Conflict(f"{name} is here already.")')
    assert [ast.unparse(text) for each in calls(call) for text in told(each)] == ["f'{name} is here already.'"]
