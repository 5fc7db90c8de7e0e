"""What a school is made of, as rows of a bundle: the organisation, its sessions, a course for each subject, and its classes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from students.exporting.oneroster_ids import Naming, ids_for
from students.models import School, SchoolClass, Subject, Term

Row = dict[str, str]
KINDS = {Term.Kind.YEAR: "schoolYear", Term.Kind.TERM: "term", Term.Kind.PERIOD: "gradingPeriod"}
SUMMER = 8  # a school year that begins in August or later ends in the next calendar year
HIGHEST = 13  # as far as grades have numbers in OneRoster
BEFORE_FIRST, ABOVE, UNNAMED = "KG", "Other", "-"


def cell(text: str) -> str:
    """On one line and without what no file of text should hold; blank is nothing at all."""
    return " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())


def filled(text: str, otherwise: str = UNNAMED) -> str:
    """A column that must not be blank."""
    return cell(text) or otherwise


def grade(level: int | None) -> str:
    if level is None:
        return ""
    if level == 0:
        return BEFORE_FIRST
    return f"{level:02d}" if level <= HIGHEST else ABOVE


@dataclass(frozen=True, slots=True)
class Session:
    """A term as the bundle knows it. A year is no session in which marks are given, so each has one that is."""

    name: str
    title: str
    type: str
    starts: date
    ends: date
    parent: str
    year: int

    def row(self) -> Row:
        return {
            "sourcedId": self.name,
            "title": self.title,
            "type": self.type,
            "startDate": self.starts.isoformat(),
            "endDate": self.ends.isoformat(),
            "parentSourcedId": self.parent,
            "schoolYear": str(self.year),
        }


@dataclass
class Frame:
    """Read once: a school has some hundreds of these records."""

    school: School
    terms: list[Term]
    subjects: list[Subject]
    classes: list[SchoolClass]
    names: Naming

    @classmethod
    def of(cls, school: School) -> "Frame":
        terms = list(Term.objects.filter(school=school).order_by("pk"))
        subjects = list(Subject.objects.filter(school=school).order_by("pk"))
        classes = list(SchoolClass.objects.filter(school=school).order_by("pk"))
        (org,) = ids_for("school", [(school.slug, school.external_id)], set()).values()
        names = Naming(org, _named("term", terms), _named("subject", subjects), _named("class", classes))
        return cls(school, terms, subjects, classes, names)

    def orgs(self) -> Iterator[Row]:
        yield {"sourcedId": self.names.org, "name": filled(self.school.name), "type": "school"}

    def sessions(self, held: "Sessions") -> Iterator[Row]:
        yield from (each.row() for each in sorted(held.all(), key=lambda each: each.name))

    def courses(self) -> Iterator[Row]:
        for subject in sorted(self.subjects, key=lambda each: self.names.courses[each.pk]):
            yield {
                "sourcedId": self.names.courses[subject.pk],
                "title": filled(subject.name),
                "courseCode": cell(subject.code),
                "orgSourcedId": self.names.org,
            }

    def class_rows(self) -> Iterator[Row]:
        for each in sorted(self.classes, key=lambda each: self.names.classes[each.pk]):
            yield {
                "sourcedId": self.names.classes[each.pk],
                "title": filled(each.name),
                "grades": grade(each.grade_level),
                "courseSourcedId": self.names.courses[each.subject_id],
                "classType": "homeroom" if each.is_home_class else "scheduled",
                "schoolSourcedId": self.names.org,
                "termSourcedIds": self.names.sessions[each.term_id],
            }


def _named(kind: str, rows: list[Any]) -> dict[int, str]:
    return ids_for(kind, [(each.pk, each.external_id) for each in rows], set())


class Sessions:
    """The terms of a school, and for each exam the one in which its mark counts: never a whole school year."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self._terms = {term.pk: term for term in frame.terms}
        self._by_key = {term.pk: self._session(term) for term in frame.terms}
        self._made: dict[int, Session] = {}

    def all(self) -> list[Session]:
        return [*self._by_key.values(), *self._made.values()]

    def of_exam(self, term_id: int, day: date) -> str:
        """The exam's own term; of a school year the shortest part around the day, else one as long as the year."""
        term = self._terms[term_id]
        if term.kind != Term.Kind.YEAR:
            return self._by_key[term_id].name
        parts = [self._by_key[each.pk] for each in self.frame.terms if self._is_part(each, term_id)]
        around = [part for part in parts if part.starts <= day <= part.ends]
        if around:
            return min(around, key=lambda part: (part.ends - part.starts, part.name)).name
        return self._whole(term).name

    def _is_part(self, term: Term, year: int) -> bool:
        return term.kind != Term.Kind.YEAR and self._top(term).pk == year

    def _whole(self, year: Term) -> Session:
        if year.pk not in self._made:
            own = self._by_key[year.pk]
            taken = {each.name for each in self.all()}
            (name,) = ids_for("period", [(year.pk, f"{own.name}.all")], taken).values()
            titles = {each.title for each in self.all()}
            title = next(filter(lambda text: text not in titles, _titles(own.title)))
            kind = KINDS[Term.Kind.PERIOD]
            self._made[year.pk] = Session(name, title, kind, own.starts, own.ends, own.name, own.year)
        return self._made[year.pk]

    def _top(self, term: Term) -> Term:
        """The year it belongs to, or the outermost term around it. A ring of terms, which no page makes, ends too."""
        seen = {term.pk}
        while term.parent_id is not None and term.parent_id not in seen and term.parent_id in self._terms:
            term = self._terms[term.parent_id]
            seen.add(term.pk)
        return term

    def _session(self, term: Term) -> Session:
        parent = self.frame.names.sessions.get(term.parent_id or 0, "")
        name, title = self.frame.names.sessions[term.pk], filled(term.name)
        return Session(name, title, KINDS[Term.Kind(term.kind)], term.starts, term.ends, parent, self._year(term))

    def _year(self, term: Term) -> int:
        """The calendar year in which the school year ends."""
        top = self._top(term)
        if top.kind == Term.Kind.YEAR:
            return top.ends.year
        around = [
            each.ends.year
            for each in self.frame.terms
            if each.kind == Term.Kind.YEAR and each.starts <= top.starts <= each.ends
        ]
        return min(around) if around else top.ends.year + (top.ends.month >= SUMMER)


def _titles(title: str) -> Iterator[str]:
    """A name that no other term of the school has."""
    ending, number = "whole year", 1
    while True:
        yield f"{title[:60]} ({ending})"
        number += 1
        ending = f"whole year {number}"
