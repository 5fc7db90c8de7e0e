"""Terms, subjects and classes of the file, held against those of the school."""

from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from portal.kit.names import fold
from students.importing.incoming import Table
from students.importing.plan import NOBODY
from students.importing.planning.desk import Desk
from students.importing.planning.knowing import known, records
from students.importing.planning.matching import NOWHERE, folded, places
from students.importing.planning.settling import handles_of, outcome_of, refuse_taken, settle
from students.importing.planning.work import HANGS, Work, require
from students.models import Term

YEAR = "year:"  # begins the id of a school year that a reader made up for rows that name none
LONG_TERM = np.timedelta64(250, "D")
LONGEST_CODE = 20


def plan_terms(desk: Desk) -> None:
    work = Work(desk, Table.TERMS, known(Table.TERMS, records(Table.TERMS, desk.school), desk.incoming.source))
    work.match_by_id()
    _match_years(work)
    work.match_to(places([work.rows["name"]], [work.known.fields["name"]])[0], work.said["name"])
    _match_days(work)
    _check_days(work)
    require(work)
    _fill_kind(work)
    work.refuse_doubles(places([work.rows["name"]], [work.rows["name"]])[0])
    refuse_taken(work, ("name",), "name", _("Another term has this name already."))
    _find_parents(work)
    desk.outcomes[Table.TERMS] = outcome_of(work, settle(work))


def _match_years(work: Work) -> None:
    """A year that the reader made up stands for any term of the school that covers its middle, a school year first."""
    made_up = np.array([each.startswith(YEAR) for each in work.rows["id"]], dtype=bool) & (work.found == NOWHERE)
    starts, ends, kinds = (work.known.fields[name] for name in ("starts", "ends", "kind"))
    for row in np.flatnonzero(made_up & work.said["starts"] & work.said["ends"]).tolist():
        first, last = work.rows["starts"][row], work.rows["ends"][row]
        middle = first + (last - first) // 2
        covers = np.flatnonzero((starts <= middle) & (middle <= ends))
        years = covers[kinds[covers] == Term.Kind.YEAR]
        chosen = years if len(years) else covers
        if len(chosen):
            work.found[row] = chosen[np.argmax(starts[chosen])]
    work.refers_only |= made_up & (work.found != NOWHERE)


def _match_days(work: Work) -> None:
    """A term without a name, or under another one, is known by its kind and its days."""
    names = ("kind", "starts", "ends")
    days = work.said["kind"] & work.said["starts"] & work.said["ends"]
    place, count = places([work.values[name] for name in names], [work.known.fields[name] for name in names])
    among = np.isin(place, work.found[work.found != NOWHERE])  # another row has that one by id or name
    work.match_to(place, days & (count == 1) & ~among)


def _check_days(work: Work) -> None:
    starts, ends = work.after("starts"), work.after("ends")
    apart = work.matched & ~work.by_id & work.said["starts"] & work.said["ends"]
    apart &= (ends < work.known_value("starts")) | (starts > work.known_value("ends"))
    apart &= work.known_value("name") == work.values["name"]
    work.refuse(apart, "term_other_days", "name", _("The school has a term of this name on other days."))
    work.refuse(work.good & (ends < starts), "days_in_order", "ends", _("The last day lies before the first."))


def _fill_kind(work: Work) -> None:
    length = work.values["ends"] - work.values["starts"]
    kind = np.where(length > LONG_TERM, Term.Kind.YEAR.value, Term.Kind.TERM.value)
    work.fill("kind", ~work.said["kind"], kind)


def _find_parents(work: Work) -> None:
    """Terms refer to terms of the same file; what hangs on a refused one is refused too, however deep."""
    ids = {each: row for row, each in enumerate(work.rows["id"].tolist())}
    parents = work.rows["parent"]
    outer = np.array([ids.get(each, NOWHERE) for each in parents], dtype=np.int64)
    refused = work.desk.refused.get(Table.TERMS, set())
    named = (parents != "") & (outer == NOWHERE)
    lost = np.array([each in refused for each in parents], dtype=bool)
    hangs = _("This row hangs on a row that was set aside because of an error.")
    work.refuse(named & lost & work.good, HANGS, "parent", hangs)
    work.refuse(
        named & ~lost & work.good, "unknown_reference", "parent",
        _("Neither the file nor the school's records know this id."),
    )  # fmt: skip
    for _round in range(len(work)):
        hanging = work.good & (outer != NOWHERE) & ~work.good[outer]
        if not hanging.any():
            break
        work.refuse(hanging, HANGS, "parent", hangs)
    handles = handles_of(work)
    years = work.after("kind") == Term.Kind.YEAR.value  # a school year is part of nothing
    has = work.alive & (outer != NOWHERE) & ~years & (handles[outer] != handles)
    work.values["parent_id"] = np.where(has, handles[outer], NOBODY)
    work.said["parent_id"] = has


def plan_subjects(desk: Desk) -> None:
    work = Work(desk, Table.SUBJECTS, known(Table.SUBJECTS, records(Table.SUBJECTS, desk.school), desk.incoming.source))
    work.match_by_id()
    work.match_to(places([work.rows["code"]], [work.known.fields["code"]])[0], work.said["code"])
    names, held = folded(work.rows["name"]), folded(work.known.fields["name"])
    place, count = places([names], [held])
    once = places([names], [names])[1] == 1
    work.match_to(place, (names != "") & (count == 1) & (once | ~work.said["code"]), "name")
    require(work)
    _make_codes(work)
    work.refuse_doubles(places([work.values["code"]], [work.values["code"]])[0])
    refuse_taken(work, ("code",), "code", _("Another subject has this code already."))
    desk.outcomes[Table.SUBJECTS] = outcome_of(work, settle(work))


def _make_codes(work: Work) -> None:
    """A new subject without a code gets one out of its name, which nobody has yet."""
    taken = set(work.known.fields["code"].tolist()) | set(work.rows["code"].tolist())
    codes, made = work.values["code"].copy(), dict[str, str]()
    for row in np.flatnonzero(work.fresh & ~work.said["code"]).tolist():
        name = work.rows["name"][row]
        if fold(name) not in made:
            made[fold(name)] = code_of(name, LONGEST_CODE, taken).upper()
            taken.add(made[fold(name)])
        codes[row] = made[fold(name)]
    work.values["code"] = codes


def code_of(name: str, longest: int, taken: set[str], between: str = "") -> str:
    """A short code made of a name: its letters, and a number where somebody has it."""
    plain = between.join("".join(char for char in fold(name) if char.isascii()).split())
    base = plain[:longest].strip(between or None) or "x"
    code, number = base, 2
    while code in taken or code.upper() in taken:
        code = f"{base[: longest - len(str(number)) - 1]}{between or '-'}{number}"
        number += 1
    return code


def plan_classes(desk: Desk) -> None:
    work = Work(desk, Table.CLASSES, known(Table.CLASSES, records(Table.CLASSES, desk.school), desk.incoming.source))
    work.match_by_id()
    names, held = folded(work.rows["name"]), folded(work.known.fields["name"])
    frame: dict[str, Any] = {name: work.known.fields[name] for name in ("term_id", "subject_id")}
    place, count = places([names, *(work.values[name] for name in frame)], [held, *frame.values()])
    ours = work.said["name"] & work.said["term_id"] & work.said["subject_id"]
    several = ours & (work.found == NOWHERE) & (count > 1)
    work.refuse(several, "ambiguous", "name", _("Several classes of this subject and term have this name."))
    work.match_to(place, ours & (count == 1), "name")
    require(work)
    work.fill("is_home_class", ~work.said["is_home_class"], 0)
    same = [names, work.values["term_id"], work.values["subject_id"]]
    work.refuse_doubles(places(same, same)[0])
    refuse_taken(
        work, ("term_id", "subject_id", "name"), "name", _("There is a class of this name in that subject and term already.")
    )  # fmt: skip
    desk.outcomes[Table.CLASSES] = outcome_of(work, settle(work))
