"""The page about broken files says what is really said about them."""

from tests.students.importing.broken_listed import DOCUMENT, bundles, sheets


def test_every_kind_stands_on_the_page_with_its_sentence() -> None:
    told = DOCUMENT.read_text(encoding="utf-8")
    kinds = [*sheets(), *bundles()]
    assert len(kinds) >= 100
    missing = [
        kind for kind, line, _sentence in kinds if f"| {kind.replace('|', chr(92) + '|')} | {line} |" not in told
    ]
    assert not missing, "run python -m tests.students.importing.broken_listed"
