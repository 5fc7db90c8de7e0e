"""Were we right, on paper: what was said of one exam, held against its results. It names no student."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.kit.pdf import make_pdf
from predictions.reports.drawing import day_told, frame
from predictions.summaries.accuracy import OF_PARTS, Look
from predictions.summaries.tables import Table

SOURCE = "were_we_right.typ"


def accuracy_pdf(looks: Sequence[Look], *, on: date) -> bytes:
    """`looks`: at one exam, as `exam_looks` tells them for a person."""
    return make_pdf(SOURCE, accuracy_data(looks, on=on))


def accuracy_data(looks: Sequence[Look], *, on: date) -> dict[str, Any]:
    measured = looks[0].measured
    exam: Any = measured.exam  # what is held against the results of an exam names it
    title = _("Were we right? %s") % exam.title
    about = (exam.subject.name, day_told(exam.day), _("what was said last before it, held against its results"))
    return {
        **frame(title, measured.school, on),
        "heading": title,
        "about": " · ".join(about),
        "looks": [_look(look) for look in looks],
    }


def _look(look: Look) -> dict[str, Any]:
    hidden = _("Parts of fewer than ten students are named without figures.") if look.has_hidden else ""
    return {
        "title": str(look.measured.version),
        "sentence": look.sentence,
        "tables": [_table(table) for table in look.tables if is_for_paper(table)],
        "note": hidden,
    }


def is_for_paper(table: Table) -> bool:
    """Tables of protected groups stay on the screen: paper lies about."""
    return not table.key.startswith("by-") or table.key.startswith(OF_PARTS)


def _table(table: Table) -> dict[str, Any]:
    rows = [{"name": row.name, "note": row.note, "cells": [cell.text for cell in row.cells]} for row in table.rows]
    return {"title": table.title, "sentence": table.sentence, "head": list(table.head), "rows": rows}
