"""The README of a dump: as of when and by whom, what is in it, what was left out, and what it still gives away."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from students.exporting.dump_rows import DumpTable
from students.exporting.wishes import DumpWish


def readme(wish: DumpWish, tables: list[DumpTable], rows: dict[str, int], *, by: Any, on: date) -> str:
    facts = {
        "school": wish.school.name,
        "day": on.isoformat(),
        "who": str(by) if by is not None else _("the machine’s shell"),
    }
    parts = [
        _("Records of %(school)s, as they were on %(day)s, ordered by %(who)s.") % facts,
        _names(wish),
        _protected(wish),
        _rare(),
        _("What each column means, its type, its unit and its allowed values: data_dictionary.csv."),
        _("The files"),
        "\n".join(_file(table, f"{table.name}.{wish.format}", rows) for table in tables),
        _days(),
    ]
    return "\n\n".join(parts) + "\n"


def _names(wish: DumpWish) -> str:
    if wish.with_names:
        return _("This dump has names, addresses and days of birth in it. It was made in the shell of the machine. "
                 "Whoever holds it holds the records of children: keep it encrypted, and delete it when it has served.")  # fmt: skip
    return _("Students and staff are numbers. A number stands for the same person in every file of this dump, and in no other "
             "dump: two dumps cannot be joined by them. Left out are names, mail addresses, days of birth (only the year is "
             "there), ids of other systems, notes, and everything that was written about somebody in free text, such as the "
             "goals of planned help. Names of classes, exams, clubs and indicators are as the school wrote them: look through "
             "them before you hand this on.")  # fmt: skip


def _protected(wish: DumpWish) -> str:
    if wish.protected:
        return _("Protected facts (gender, ethnicity, parental education, lunch programme, home language, and indicators "
                 "marked as protected) were asked for and are in it.")  # fmt: skip
    return _("Protected facts (gender, ethnicity, parental education, lunch programme, home language, and indicators marked "
             "as protected) are not in it.")  # fmt: skip


def _rare() -> str:
    return _("Pseudonymous is not anonymous. Who knows a child knows its classes, its days of absence, a club or a score, and "
             "finds the row by them; a student who is the only one of a grade, club or status is found at once. Treat these "
             "files as personal data: give them to nobody who may not see the records, do not try to find out who somebody "
             "is, and publish no figure about fewer than ten students.")  # fmt: skip


def _days() -> str:
    return _("Days are first and last days, both included. “known_on” is the day from which the school knew something; what is "
             "to be learned for a day must not use what became known later.")  # fmt: skip


def _file(table: DumpTable, name: str, rows: dict[str, int]) -> str:
    return _("%(file)s (%(rows)s rows): %(meaning)s") % {
        "file": name, "rows": f"{rows.get(name, 0):,}", "meaning": table.meaning,
    }  # fmt: skip
