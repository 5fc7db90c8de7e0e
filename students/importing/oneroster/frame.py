"""The organisations of a bundle, of which one is this school, and its academic sessions, which are our terms."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from students.importing.incoming import Table
from students.importing.oneroster.desk import Desk
from students.importing.oneroster.package import refused
from students.importing.oneroster.sheet import Block, Sheet
from students.models.schools import Term

SCHOOL, SCHOOL_YEAR = "school", "schoolYear"
KINDS = {SCHOOL_YEAR: Term.Kind.YEAR, "gradingPeriod": Term.Kind.PERIOD}
SHOWN = 12


@dataclass
class Orgs:
    """`ours` are the chosen school, what stands above it and its departments. Empty: the bundle does not say."""

    names: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    chosen: str = ""
    ours: set[str] = field(default_factory=set)
    is_guessed: bool = False  # taken from the first row that belongs to a school

    @property
    def schools(self) -> dict[str, str]:
        return {org: self.names[org] for org, kind in self.types.items() if kind == SCHOOL}

    def choose(self, org: str) -> None:
        self.chosen = org
        self.ours = {org, *(each for each, parent in self.parents.items() if parent == org)}
        while (above := self.parents.get(org, "")) and above not in self.ours:
            self.ours.add(above)
            org = above

    def is_ours(self, org: str) -> bool:
        """A row without a school belongs to everybody."""
        return not org or not self.ours or org in self.ours

    def is_of_school(self, org: str, file: str, line: int) -> bool:
        """The same for what belongs to a school. Where nothing says which is ours, all rows must be of one."""
        if not self.chosen and org:
            self.choose(org)
            self.is_guessed = True
        if not self.is_guessed or org in ("", self.chosen):
            return self.is_ours(org)
        raise several_schools({self.chosen: "", org: ""}, file, line)


def several_schools(schools: dict[str, str], file: str, line: int = 0) -> Exception:
    sentence = _("The bundle holds several schools: %(schools)s. Say by its id which of them is this one.")
    told = [f"{name} ({org})" if name else org for org, name in sorted(schools.items(), key=lambda each: each[1])]
    shown = "; ".join(told[:SHOWN]) + (" …" if len(told) > SHOWN else "")
    return refused("several_schools", file, sentence % {"schools": shown}, line=line)


def read_orgs(desk: Desk) -> Orgs:
    orgs = Orgs()
    if desk.has("orgs"):
        for block in Sheet(desk, "orgs", as_one=True).blocks():
            check_parents(block, "orgs.csv")
            for at, org in enumerate(block["sourcedId"]):  # wrong ones too: which school is ours does not hang on that
                orgs.names[org], orgs.types[org] = block["name"][at], block["type"][at]
                orgs.parents[org] = block["parentSourcedId"][at]
                _note_gone(block, at)
    _choose(desk, orgs)
    return orgs


def _choose(desk: Desk, orgs: Orgs) -> None:
    wanted, schools = desk.mapping.org.strip(), orgs.schools
    if wanted:
        by_name = [org for org, name in schools.items() if name.casefold() == wanted.casefold()]
        chosen = by_name[0] if wanted not in schools and len(by_name) == 1 else wanted
        if chosen not in schools and desk.is_whole("orgs"):
            sentence = _("The bundle holds no school of this id. It holds: %(schools)s.")
            told = "; ".join(f"{name} ({org})" for org, name in list(schools.items())[:SHOWN]) or _("none")
            raise refused("school_not_there", "orgs.csv", sentence % {"schools": told}, value=wanted)
        orgs.choose(chosen)
    elif len(schools) == 1:
        orgs.choose(next(iter(schools)))
    elif len(schools) > 1:
        raise several_schools(schools, "orgs.csv")
    elif desk.is_whole("orgs") and "orgs" not in desk.faulty:
        sentence = _("None of the organisations is a school. Expected one row of the type school.")
        raise refused("no_school", "orgs.csv", sentence)


def check_parents(block: Block, file: str) -> None:
    """Of a file whose rows stand above each other: parents are there, and no row is above itself. A ring is told once."""
    keys, parents = block["sourcedId"], block["parentSourcedId"]
    above = dict(zip(keys, parents, strict=True))
    firsts = _first_of_rings(above)
    for at, (key, parent) in enumerate(zip(keys, parents, strict=True)):
        if parent and parent not in above and block.sheet.desk.is_whole(block.sheet.name):
            sentence = _("There is no row of this id in %(file)s. Expected one.") % {"file": file}
            block.refuse(at, "parentSourcedId", "dangling", parent, sentence)
        elif key in firsts and at not in block.bad:
            block.refuse(at, "parentSourcedId", "cyclic", parent)


def _first_of_rings(above: dict[str, str]) -> set[str]:
    """One of each ring of those that come back to themselves when one follows the parents. Each is looked at once."""
    done, firsts = set[str](), set[str]()
    for start in above:
        path: list[str] = []
        places: dict[str, int] = {}
        here = start
        while here in above and here not in done and here not in places:
            places[here] = len(path)
            path.append(here)
            here = above[here]
        if here in places:
            ring = set(path[places[here] :])
            firsts.add(next(each for each in above if each in ring))
        done.update(path)
    return firsts


def _note_gone(block: Block, at: int) -> None:
    if block.gone[at]:
        block.note(at, "stays", "status", "tobedeleted")


@dataclass
class Session:
    type: str
    starts: date | None
    ends: date | None


Sessions = dict[str, Session]


def read_sessions(desk: Desk) -> Sessions:
    """The days of a session are its first and last as they are written."""
    found: Sessions = {}
    if not desk.has("academicSessions"):
        return found
    sheet = Sheet(desk, "academicSessions", (Table.TERMS,), as_one=True)
    for block in sheet.blocks():
        check_parents(block, sheet.file)
        _check_days(block)
        rows = block.good()
        for at in rows:
            _note_gone(block, at)
            days = block["startDate"][at], block["endDate"][at]
            found[block["sourcedId"][at]] = Session(block["type"][at], *days)
        _add_terms(desk, block, [at for at in rows if not block.gone[at]])
    return found


def _check_days(block: Block) -> None:
    for at, (starts, ends) in enumerate(zip(block["startDate"], block["endDate"], strict=True)):
        if starts and ends and ends < starts:
            block.refuse(at, "endDate", "ends_before", str(ends))


def _add_terms(desk: Desk, block: Block, rows: list[int]) -> None:
    def pick(name: str) -> list[Any]:
        return [block[name][at] for at in rows]

    ids, types = pick("sourcedId"), pick("type")
    desk.incoming.heads[Table.TERMS] = {
        "id": "sourcedId", "external_id": "sourcedId", "name": "title", "kind": "type", "starts": "startDate",
        "ends": "endDate", "parent": "parentSourcedId",
    }  # fmt: skip
    # A school year stands on top, whatever the file puts above it.
    parents = [
        "" if kind == SCHOOL_YEAR else parent for kind, parent in zip(types, pick("parentSourcedId"), strict=True)
    ]
    desk.incoming.add(
        Table.TERMS, block.sheet.file, [block.lines[at] for at in rows], id=ids, external_id=ids, name=pick("title"),
        kind=[KINDS.get(kind, Term.Kind.TERM).value for kind in types], starts=pick("startDate"), ends=pick("endDate"),
        parent=parents,
    )  # fmt: skip
