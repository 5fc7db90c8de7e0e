"""The letters of a whole school: class by class into one PDF, or into a zip with a PDF for each class.

As many letters are held at once as one document may have, however large the school (docs/decisions/0017-pdf-by-typst.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any, BinaryIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kit.errors import NotReady
from portal.kit.pdf import PDF_TYPE
from portal.kit.scoping import grants_of
from predictions.access import ORDERS_LETTERS
from predictions.reports.class_letters import ClassLetters, class_letters
from predictions.reports.letter import letters_pdf
from students.models import School, SchoolClass, Sitting, Student

ZIP_TYPE = "application/zip"
MOST_IN_ONE = 500  # letters in one document: a good second of work, and a third of a gigabyte at most


class LettersForm(models.TextChoices):
    ONE = "one", gettext_lazy("one PDF to print")
    CLASSES = "classes", gettext_lazy("a zip with a PDF for each class")


@dataclass(frozen=True)
class LettersWish:
    """Which letters: of these exams, of one grade level where it is named."""

    school: School
    exams: Sequence[int]
    form: str = LettersForm.ONE
    grade_level: int | None = None


@dataclass
class Printed:
    """What was written: whose letters, how many, and as what."""

    students: dict[int, Student] = field(default_factory=dict)
    letters: int = 0
    is_zip: bool = False

    @property
    def name(self) -> str:
        return "letters.zip" if self.is_zip else "letters.pdf"

    @property
    def content_type(self) -> str:
        return ZIP_TYPE if self.is_zip else PDF_TYPE


def may_order(user: Any, school_id: int | None) -> bool:
    return school_id in grants_of(user).of(ORDERS_LETTERS)


def sittings_of(wish: LettersWish, *, by: Any, on: date) -> list[Sitting]:
    """Which classes before which exams: by class, the next exam first. Only what the person sees today."""
    if not may_order(by, wish.school.pk):
        return []
    classes = SchoolClass.objects.visible_to(by).filter(school=wish.school)
    if wish.grade_level is not None:
        classes = classes.filter(grade_level=wish.grade_level)
    rows = Sitting.objects.visible_to(by).filter(
        exam__in=list(wish.exams), exam__school=wish.school, exam__day__gte=on, school_class__in=classes.values("pk")
    )
    framed = rows.select_related("school_class__school", "exam__school", "exam__subject")
    return list(framed.order_by("school_class__grade_level", "school_class__name", "exam__day", "pk"))


def write_letters(wish: LettersWish, out: BinaryIO, *, by: Any, on: date, progress: Any) -> Printed:
    """Raises NotReady where there is no letter to print, for whoever's right ended meanwhile too."""
    sittings = sittings_of(wish, by=by, on=on)
    printed = Printed(is_zip=wish.form == LettersForm.CLASSES)
    told = _told(sittings, printed, by=by, on=on, progress=progress)
    documents = _one_each(told, on) if printed.is_zip else _together(told, wish.school, on)
    _write(documents, out, printed)
    if not printed.letters:
        raise NotReady(_("There is no letter to print: nobody you see sits one of these exams."), code="no_letters")
    return printed


def _told(
    sittings: Sequence[Sitting], printed: Printed, *, by: Any, on: date, progress: Any
) -> Iterator[ClassLetters]:  # fmt: skip
    for place, sitting in enumerate(sittings):
        progress(place, len(sittings), sitting.school_class.name)
        letters = class_letters(sitting.school_class, sitting.exam, user=by, on=on)
        printed.letters += len(letters.letters)
        printed.students.update({each.pk: each for each in letters.students})
        if letters.letters:
            yield letters
    progress(len(sittings), len(sittings))


def _one_each(told: Iterable[ClassLetters], on: date) -> Iterator[tuple[str, bytes]]:
    names: set[str] = set()
    for each in told:
        plain = slugify(f"{each.school_class.name} {each.exam.title}")[:80] or f"class-{each.school_class.pk}"
        name = plain if plain not in names else f"{plain}-{each.school_class.pk}-{each.exam.pk}"
        names.add(name)
        yield f"{name}.pdf", each.pdf(on)


def _together(told: Iterable[ClassLetters], school: School, on: date) -> Iterator[tuple[str, bytes]]:
    """Documents of no more letters than one may have; a class is not cut in two where it fits into one."""
    waiting: list[dict[str, Any]] = []
    number = 1
    for each in told:
        if waiting and len(waiting) + len(each.letters) > MOST_IN_ONE:
            yield _document(waiting, number, school, on)
            waiting, number = [], number + 1
        waiting.extend(each.letters)
    if waiting:
        yield _document(waiting, number, school, on)


def _document(letters: list[dict[str, Any]], number: int, school: School, on: date) -> tuple[str, bytes]:
    title = _("Letters of %s") % school.name
    return f"letters-{number:02d}.pdf", letters_pdf(letters, title=title, school=school, on=on)


def _write(documents: Iterator[tuple[str, bytes]], out: BinaryIO, printed: Printed) -> None:
    """A single document as it is, unless a zip was asked for; several in a zip, each written before the next is made."""
    first = next(documents, None)
    second = next(documents, None) if first else None
    if first is None:
        return
    if second is None and not printed.is_zip:
        out.write(first[1])
        return
    printed.is_zip = True
    with ZipFile(out, "w", ZIP_STORED) as bundle:
        for name, content in chain([first], [second] if second else [], documents):
            bundle.writestr(ZipInfo(name), content)
