"""What must not go through unasked: a plan by which many students, enrolments, half a class, or many marks would go.

And what of it is told before the errors of a file are mended: only what will be asked whatever those rows say in the end.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.kit.figures import counted, plain
from students.importing.incoming import Table
from students.importing.planning.desk import Desk
from students.importing.planning.words import table_label
from students.importing.told import ClassTold, GuardTold
from students.models import StudentStatus

MANY = 0.10
NAMED = 10  # classes in one sentence
MARKS = (Table.RESULTS, Table.ATTENDANCE, Table.OBSERVATIONS)


def guards_of(desk: Desk, classes: tuple[ClassTold, ...]) -> tuple[GuardTold, ...]:
    return tuple(
        [*_students(desk), *_doubled(desk), *_enrolments(desk), *_halved(classes), *_removed(desk), *_empty(desk)]
    )


def forewarnings_of(desk: Desk, classes: tuple[ClassTold, ...]) -> tuple[GuardTold, ...]:
    """The guards that stay however the rows with errors are mended. Good rows alone say who leaves and who is doubled; what
    ends because no row names it may be named by one that could not be read, so as many are taken off.
    """
    if not desk.findings.errors:
        return guards_of(desk, classes)
    doubt = desk.unread.get(Table.ENROLMENTS, 0)
    sure = [each for each in classes if each.is_halved and (each.ended - doubt) * 2 >= each.now]
    empty = () if any(map(desk.refused.get, desk.incoming.complete)) else _empty(desk)
    return tuple(
        [*_students(desk), *_doubled(desk), *_enrolments(desk, doubt), *_halved(sure), *_removed(desk), *empty]
    )


def _students(desk: Desk) -> Iterator[GuardTold]:
    held, outcome = desk.held[Table.STUDENTS], desk.outcomes[Table.STUDENTS]
    enrolled = StudentStatus.ENROLLED.value
    before = held.fields["status"] == enrolled
    leaving = before & (outcome.fields["status"][: len(held)] != enrolled)
    facts = _facts(int(leaving.sum()), int(before.sum()))
    told = _("%(gone)s of %(all)s students on the roll would leave (%(percent)s %%).")
    if _are_many(int(leaving.sum()), int(before.sum())):
        yield GuardTold("students_leaving", told % facts)


def _doubled(desk: Desk) -> Iterator[GuardTold]:
    """A file with ids of its own, of a school whose students are known already without them or under others."""
    known = len(desk.held[Table.STUDENTS])
    if _are_many(desk.doubles, known):
        told = _(
            "%(count)s students would be there twice: they would be added under new ids, and students of the same names are on record."
        )
        yield GuardTold("students_doubled", told % {"count": counted(desk.doubles)})


def _enrolments(desk: Desk, doubt: int = 0) -> Iterator[GuardTold]:
    """`doubt`: how many of those that would end may not."""
    held, outcome = desk.held[Table.ENROLMENTS], desk.outcomes[Table.ENROLMENTS]
    ends, then, today = held.fields["ends"], outcome.fields["ends"][: len(held)], desk.today
    is_open = (held.fields["starts"] <= today) & (np.isnat(ends) | (ends >= today))
    gone = is_open & ~np.isnat(then) & (then < today)
    told = _("%(gone)s of %(all)s enrolments in force would end (%(percent)s %%).")
    if _are_many(int(gone.sum()) - doubt, int(is_open.sum())):
        yield GuardTold("enrolments_ending", told % _facts(int(gone.sum()), int(is_open.sum())))


def _halved(classes: Sequence[ClassTold]) -> Iterator[GuardTold]:
    halved = [each for each in classes if each.is_halved]
    if not halved:
        return
    named = [
        _("%(name)s (%(gone)s of %(all)s)") % {"name": each.name, "gone": each.ended, "all": each.now}
        for each in halved[:NAMED]
    ]
    told = ngettext(
        "%(count)s class would lose half of its students or more: %(classes)s.",
        "%(count)s classes would lose half of their students or more: %(classes)s.",
        len(halved),
    )
    more = "" if len(halved) <= NAMED else " …"
    yield GuardTold("class_halved", told % {"count": len(halved), "classes": ", ".join(named) + more})


def _removed(desk: Desk) -> Iterator[GuardTold]:
    for table in MARKS:
        gone, among = len(desk.steps[table].removed), desk.of_source.get(table, 0)
        if _are_many(gone, among):
            told = _("%(gone)s of %(all)s %(records)s of this source would be removed (%(percent)s %%).")
            facts = {**_facts(gone, among), "records": table_label(table)}
            yield GuardTold("marks_removed", told % facts)


def _empty(desk: Desk) -> Iterator[GuardTold]:
    for table in sorted(desk.incoming.complete):
        if not len(desk.incoming.rows(table)) and len(desk.steps[table].ended):
            told = _("The file has no rows of %(records)s; all %(count)s of this source would end.")
            facts = {"records": table_label(table), "count": counted(len(desk.steps[table].ended))}
            yield GuardTold("empty_file", told % facts)


def _are_many(gone: int, among: int) -> bool:
    return gone > MANY * among and gone > 0


def _facts(gone: int, among: int) -> dict[str, str]:
    return {"gone": counted(gone), "all": counted(among), "percent": plain(100 * gone / max(among, 1), 1)}
