"""The one place that knows the engine which makes PDFs (docs/decisions/0017-pdf-by-typst.md): data in, a tagged PDF out.

A source in templates/reports/ says how a page looks and holds no words; words, figures and days come as data, translated
already, and are printed as they are: nothing in a name or a comment is read as markup.
"""

import json
import logging
import re
from typing import Any, Literal

from django.conf import settings
from django.utils import translation

from portal.kit.spreadsheets import UNWRITABLE

logger = logging.getLogger("portal.kit.pdf")
PDF_TYPE = "application/pdf"
SOURCES = settings.BASE_DIR / "templates" / "reports"
NAME = re.compile(r"[a-z_]+\.typ")
TURNING = re.compile(
    "[\u202a-\u202e\u2066-\u2069]"
)  # a mark of direction that is left open would turn the rest of the page
LONG_WORD = re.compile(r"(\S{36})(?=\S)")  # is wider than a page may be, and may be broken anywhere
Form = Literal["pdf", "png"]
LARGE = 1_000_000  # bytes of a document that is worth forgetting
NO_FONT = "could not be displayed with font"
TURNS = 12  # the engine keeps what it made in its last ten turns


def make_pdf(source: str, data: dict[str, Any]) -> bytes:
    """`data["title"]` names the document; its language is the active one. No network, no file outside of the sources."""
    made: bytes = _compiled(source, data, "pdf")
    if len(made) > LARGE:
        _forget()
    return made


def make_pictures(source: str, data: dict[str, Any]) -> list[bytes]:
    """Its pages as PNG: for who wants to see what is printed without a reader of PDFs."""
    made = _compiled(source, data, "png")
    return made if isinstance(made, list) else [made]


def _forget() -> None:
    """Without this a worker would grow by every large document of its last ten."""
    import typst

    for _turn in range(TURNS):
        typst.compile(str(SOURCES / "nothing.typ"), root=str(SOURCES), ignore_system_fonts=True)


def _compiled(source: str, data: dict[str, Any], form: Form) -> Any:
    """A letter for which no font has a sign is printed as a box, and the document then promises less: `PDF_FONT_DIR`."""
    import typst  # only who prints waits for it

    if not NAME.fullmatch(source):
        raise ValueError(f"{source!r} is no source of a report")
    fonts = [settings.PDF_FONT_DIR] if settings.PDF_FONT_DIR else []
    compiler = typst.Compiler(root=str(SOURCES), font_paths=fonts, ignore_system_fonts=True)
    told = {**_printable(data), "lang": (translation.get_language() or "en").split("-")[0]}
    asked: dict[str, Any] = {
        "input": str(SOURCES / source),
        "format": form,
        "sys_inputs": {"data": json.dumps(told, ensure_ascii=False)},
    }
    if form == "png":
        return compiler.compile(**asked, ppi=110)
    try:  # PDF/UA-1, ISO 14289-1
        return compiler.compile(**asked, pdf_standards="ua-1")
    except typst.TypstError as error:
        if NO_FONT not in str(error):
            raise
    made = compiler.compile(**asked)
    logger.warning("a PDF has letters without a font", extra={"source": source})
    return made


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return LONG_WORD.sub("\\1\N{ZERO WIDTH SPACE}", TURNING.sub("", UNWRITABLE.sub("", value)))
    if isinstance(value, dict):
        return {name: _printable(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_printable(each) for each in value]
    return value
