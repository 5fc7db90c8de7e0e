"""The engine of PDFs: tagged, in the reader's language, and whatever somebody is called is printed as it is written."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from portal.kit import pdf
from portal.kit.pdf import make_pdf, make_pictures
from tests.predictions.printed import catalogue_of, is_accessible, pages_of, text_of, title_of

RANGE: dict[str, Any] = {
    "low": 43.0, "high": 73.0, "score": 59.0, "pass": 50.0, "pass_label": "pass mark 50", "is_below": False, "alt": "43 to 73",
    "grades": [{"name": "E", "from": 0.0, "to": 50.0}, {"name": "A", "from": 50.0, "to": 100.0}],
}  # fmt: skip
NONE: dict[str, Any] = {"title": "", "rows": [], "note": ""}


def letter(name: str, **facts: Any) -> dict[str, Any]:
    told: dict[str, Any] = dict.fromkeys(
        ("about", "exam", "draft", "headline", "chance", "why", "remedy", "comment", "comment_title", "comment_by", "agreed",
         "estimate_title", "estimate", "ask_title", "ask"), "",
    )  # fmt: skip
    return {
        **told,
        "name": name,
        "range": RANGE,
        "well": NONE,
        "help": NONE,
        "points": NONE,
        "size": 11.5,
        "name_size": 24,
        **facts,
    }


def printed(*letters: dict[str, Any], title: str = "Letters") -> bytes:
    frame = {"title": title, "school": "Lakeside School", "date": "21 November 2026", "foot": "Lakeside School"}
    return make_pdf("student_letter.typ", {**frame, "letters": list(letters)})


def test_a_document_is_tagged_and_has_title_and_language() -> None:
    content = printed(letter("Sam Okafor"), title="Letters: 9B")
    assert is_accessible(content)
    assert title_of(content) == "Letters: 9B"
    assert catalogue_of(content)["/Lang"] == "en"
    with translation.override("de"):
        assert catalogue_of(printed(letter("Sam Okafor")))["/Lang"] == "de"


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x")', "*Sam* _Okafor_", "@ref <label>", "$x^2$ #let a = 1", "= Heading", "- item", "\\u{41} // no comment",
        "O’Brien-Łukasz Ægir", "Ελένη Иван", "`raw` [x](y) #read(\"/etc/passwd\")",
    ],
)  # fmt: skip
def test_a_name_is_printed_as_it_is_written(name: str) -> None:
    content = printed(letter(name))
    assert name in text_of(content)
    assert is_accessible(content)


@pytest.mark.parametrize("name", ["שלום", "محمد", "\u202eturned", "a\x00\x07b\ufffe\ud800c"])
def test_no_script_and_no_control_sign_stops_the_printing(name: str) -> None:
    content = printed(letter(name))
    assert is_accessible(content)
    assert len(pages_of(content)) == 1


def test_two_hundred_letters_without_a_space_stay_on_one_page() -> None:
    (page,) = pages_of(printed(letter("x" * 200, comment="y" * 600, comment_title="From the school")))
    assert page.replace("\u200b", "").replace(" ", "").count("x" * 200) == 1


def test_letters_without_a_font_are_printed_all_the_same() -> None:
    """As boxes, which is why a school with such names is told of `PDF_FONT_DIR`."""
    content = printed(letter("王小明 Sam"), letter("Mia"))
    assert "Sam" in text_of(content)
    assert not is_accessible(content)
    assert catalogue_of(content)["/MarkInfo"]["/Marked"]


def test_each_letter_begins_on_a_page_of_its_own() -> None:
    pages = pages_of(printed(letter("Sam"), letter("Mia"), letter("Zoe")))
    assert [next(name for name in ("Sam", "Mia", "Zoe") if name in page) for page in pages] == ["Sam", "Mia", "Zoe"]


def test_the_drawing_has_a_text_alternative() -> None:
    assert b"/Alt" in printed(letter("Sam"))


def test_pages_can_be_looked_at_as_pictures() -> None:
    pictures = make_pictures(
        "student_letter.typ",
        {"title": "x", "school": "x", "date": "x", "foot": "x", "letters": [letter("Sam"), letter("Mia")]},
    )
    assert [picture[:4] for picture in pictures] == [b"\x89PNG"] * 2


@pytest.mark.parametrize("source", ["../base.html", "/etc/passwd", "student_letter", "a/b.typ", ""])
def test_only_sources_of_reports_are_compiled(source: str) -> None:
    with pytest.raises(ValueError, match="no source"):
        make_pdf(source, {"title": "x"})


def test_no_source_asks_the_network_or_holds_words_of_its_own() -> None:
    for path in pdf.SOURCES.glob("*.typ"):
        text = path.read_text(encoding="utf-8")
        assert "@preview" not in text
        assert "@local" not in text
        assert "read(" not in text


def test_sources_lie_in_one_folder_of_the_project() -> None:
    assert Path(settings.BASE_DIR) / "templates" / "reports" == pdf.SOURCES


def test_a_source_that_is_wrong_is_an_error_and_no_page() -> None:
    import typst

    with pytest.raises(typst.TypstError):
        make_pdf("student_letter.typ", {"title": "x", "school": "x", "letters": [{}]})
