"""Small files that a school's office would send in, and how an import is carried through in a test, without a page."""

from io import BytesIO
from pathlib import Path
from typing import Any

from students import orders
from students.importing import batches
from students.importing.spreadsheet.mapping_file import as_json, from_toml
from students.models import ImportBatch
from tests.cast import Cast
from tests.workers import work_off

MARKS = """\
layout = "results"
source = "sis"
[student]
external_id = "Id"
name = "Name"
[row]
exam = "Exam"
subject = "Subject"
day = "Day"
maximum = "Maximum"
score = "Score"
"""
HEAD = "Id;Name;Exam;Subject;Day;Maximum;Score\n"
TWO = HEAD + "s1;Sam Okafor;Quiz 1;Mathematics;2026-03-02;20;14\ns2;Mia Lindqvist;Quiz 1;Mathematics;2026-03-02;20;17\n"
WRONG = (
    HEAD + "s1;Sam Okafor;Quiz 1;Mathematics;2026-03-02;20;14\ns2;Mia Lindqvist;Quiz 1;Mathematics;2026-03-02;20;many\n"
)


def mapping() -> dict[str, Any]:
    return as_json(from_toml(MARKS))


def known(school: Cast) -> None:
    """Sam and Mia have ids in the office's system."""
    for student, key in ((school.sam, "s1"), (school.mia, "s2")):
        type(student).objects.filter(pk=student.pk).update(source="sis", external_id=key, origin="import")


def received(school: Cast, text: str = TWO, *, name: str = "marks.csv", **options: Any) -> ImportBatch:
    batch = batches.receive(school.lakeside, BytesIO(text.encode()), name, by=school.otto, options=options)
    batches.choose_mapping(batch, mapping(), by=school.otto, source="sis")
    return batch


def planned(school: Cast, text: str = TWO, **facts: Any) -> ImportBatch:
    batch = received(school, text, **facts)
    orders.order_plan(batch, by=school.otto)
    return after_work(batch)


def applied(school: Cast, text: str = TWO, **facts: Any) -> ImportBatch:
    batch = planned(school, text, **facts)
    orders.order_apply(batch, batch.fingerprint, by=school.otto, accepted_guards=True)
    return after_work(batch)


def after_work(batch: ImportBatch) -> ImportBatch:
    work_off()
    batch.refresh_from_db()
    return batches.settled(batch)


def written(folder: Path, text: str, name: str = "marks.csv") -> str:
    (folder / name).write_text(text)
    return str(folder / name)
