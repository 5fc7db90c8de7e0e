"""PDFs as a test reads them: their text, and what they promise to a screen reader."""

import re
from io import BytesIO
from typing import Any

from pypdf import PdfReader


def pages_of(content: bytes) -> list[str]:
    """The text of each page, its white space plain."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(BytesIO(content)).pages]


def text_of(content: bytes) -> str:
    return " ".join(pages_of(content))


def catalogue_of(content: bytes) -> Any:
    return PdfReader(BytesIO(content)).trailer["/Root"]


def title_of(content: bytes) -> str:
    return str(PdfReader(BytesIO(content)).metadata.title)


def is_accessible(content: bytes) -> bool:
    """Tagged, with a language, a title that is shown, and the mark of PDF/UA-1."""
    root = catalogue_of(content)
    marks = (root["/MarkInfo"]["/Marked"], root["/Lang"], root["/ViewerPreferences"].get("/DisplayDocTitle"))
    told = root["/Metadata"].get_object().get_data()
    return all(marks) and "/StructTreeRoot" in root and b"pdfuaid:part>1<" in told.replace(b" ", b"")
