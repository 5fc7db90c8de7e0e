"""Courses, which are our subjects, and classes."""

from dataclasses import dataclass, field
from hashlib import sha256

from portal.kit.names import fold
from students.importing.incoming import Table
from students.importing.oneroster.catalogue import GRADES
from students.importing.oneroster.columns import Gathered
from students.importing.oneroster.desk import Desk
from students.importing.oneroster.frame import SCHOOL_YEAR, Orgs, Sessions
from students.importing.oneroster.sheet import Block, Sheet

LONGEST_CODE, LONGEST_NAME = 20, 80
COURSE_HEADS = {"id": "sourcedId", "external_id": "sourcedId", "code": "courseCode", "name": "title"}
CLASS_HEADS = {
    "id": "sourcedId", "external_id": "sourcedId", "name": "title", "subject": "courseSourcedId",
    "term": "termSourcedIds", "grade_level": "grades", "is_home_class": "classType",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Course:
    line: int
    name: str
    code: str
    grades: tuple[str, ...]
    org: str


@dataclass(slots=True)
class Group:
    """A class as the file has it."""

    line: int
    title: str
    subject: str
    term: str
    grade: int
    is_home: bool
    code: str = ""


@dataclass
class Classes:
    orgs: Orgs
    sessions: Sessions
    courses: dict[str, Course] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)  # course -> the course whose subject it shares
    groups: dict[str, Group] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)  # classes of other schools
    # Subjects that the file only names: their course, with a code if a class says it.
    named: dict[str, tuple[int, str, str]] = field(default_factory=dict)

    def title_of(self, subject: str) -> str:
        return self.courses[subject].name if subject in self.courses else ""


def grade_of(block: Block, at: int, *, one_only: bool) -> int:
    """-1: not said. A class of several grades has none; of a student the first counts."""
    grades: tuple[str, ...] = block["grades"][at]
    if not grades:
        return -1
    if len(grades) > 1:
        block.note(at, "several_grades", "grades", ",".join(grades))
        if one_only:
            return -1
    grade = GRADES.get(grades[0], GRADES.get(grades[0].upper(), GRADES.get(grades[0].zfill(2), -1)))
    if grade < 0:
        block.note(at, "unknown_grade", "grades", grades[0])
    return grade


def read_courses(desk: Desk, classes: Classes) -> None:
    if not desk.has("courses"):
        return
    for block in Sheet(desk, "courses", (Table.SUBJECTS,)).blocks():
        for at, year in enumerate(block["schoolYearSourcedId"]):
            session = classes.sessions.get(year)
            if session and session.type != SCHOOL_YEAR:
                block.refuse(at, "schoolYearSourcedId", "no_school_year", year)
        check_lists(block)
        for at in block.good():
            if block.gone[at]:
                block.note(at, "stays", "status", "tobedeleted")
            else:
                classes.courses[block["sourcedId"][at]] = _course(block, at)


def check_lists(block: Block) -> None:
    for at, (subjects, codes) in enumerate(zip(block["subjects"], block["subjectCodes"], strict=True)):
        if subjects and codes and len(subjects) != len(codes):
            block.refuse(at, "subjectCodes", "lists_differ", ",".join(codes))


def _course(block: Block, at: int) -> Course:
    """Name and code go together: those of the subject where it has a code, else those of the course."""
    subjects, codes = block["subjects"][at], block["subjectCodes"][at]
    title, code = block["title"][at], block["courseCode"][at]
    if codes:
        title, code = (subjects or (title,))[0], codes[0]
    if len(title) > LONGEST_NAME:
        block.note(at, "shortened", "title", title)
        title = f"{title[: LONGEST_NAME - 1].rstrip()}…"
    if len(code) > LONGEST_CODE:
        block.note(at, "shortened", "subjectCodes" if codes else "courseCode", code)
    return Course(block.lines[at], title, short_code(code), block["grades"][at], block["orgSourcedId"][at])


def short_code(code: str) -> str:
    """Two long codes that begin alike stay two."""
    return code if len(code) <= LONGEST_CODE else f"{code[:11]}-{sha256(code.encode()).hexdigest()[:8]}"


def read_classes(desk: Desk, classes: Classes) -> None:
    if desk.has("classes"):
        for block in Sheet(desk, "classes", (Table.CLASSES,)).blocks():
            _check(block, classes)
            for at in block.good():
                _take(block, at, classes)
    _add_subjects(desk, classes)
    _add_classes(desk, classes)


def _check(block: Block, classes: Classes) -> None:
    check_lists(block)
    for at, school in enumerate(block["schoolSourcedId"]):
        if classes.orgs.types.get(school, "school") != "school":
            block.refuse(at, "schoolSourcedId", "not_a_school", school)
        if not block.gone[at] and not (block["courseSourcedId"][at] or block["subjects"][at]) and at not in block.bad:
            block.refuse(at, "courseSourcedId", "no_course", "")


def _take(block: Block, at: int, classes: Classes) -> None:
    key, line = block["sourcedId"][at], block.lines[at]
    if not classes.orgs.is_of_school(block["schoolSourcedId"][at], block.sheet.file, line):
        classes.left_out.add(key)
        block.note(at, "other_school", "schoolSourcedId", block["schoolSourcedId"][at])
        return
    if block.gone[at]:
        block.note(at, "stays", "status", "tobedeleted")
        return
    terms = block["termSourcedIds"][at]
    if len(terms) > 1:
        block.note(at, "later_terms", "termSourcedIds", ",".join(terms))
    classes.groups[key] = Group(
        line, block["title"][at], _subject(block, at, classes), terms[0], _grade(block, at, classes),
        block["classType"][at] == "homeroom", block["classCode"][at],
    )  # fmt: skip


def _grade(block: Block, at: int, classes: Classes) -> int:
    """The class's own, else that of its course if it is for one grade."""
    course = classes.courses.get(block["courseSourcedId"][at])
    if block["grades"][at] or course is None or len(course.grades) != 1:
        return grade_of(block, at, one_only=True)
    return GRADES.get(course.grades[0], -1)


def _subject(block: Block, at: int, classes: Classes) -> str:
    """The course, or where none is given the class's own subject under an id made of its name."""
    course: str = block["courseSourcedId"][at]
    if course in classes.courses:
        return course
    subjects, codes = block["subjects"][at], block["subjectCodes"][at]
    code = short_code(codes[0]) if codes else ""
    if course:
        if course not in block.sheet.desk.ids.get("courses", ()) or block.sheet.desk.is_delta("courses"):
            classes.named.setdefault(course, (block.lines[at], code, ""))
        return course
    made = f"subject:{fold(subjects[0]).strip()}"
    classes.named.setdefault(made, (block.lines[at], code, subjects[0][:LONGEST_NAME]))
    return made


def _add_subjects(desk: Desk, classes: Classes) -> None:
    """Courses of this school, and of what stands above it those that its classes are of. One code is one subject."""
    used = {group.subject for group in classes.groups.values()}
    rows = Gathered(Table.SUBJECTS, "id", "external_id", "must_exist", "code", "name")
    first: dict[str, str] = {}
    for key in sorted(classes.courses):
        course = classes.courses[key]
        if key not in used and course.org != classes.orgs.chosen and classes.orgs.chosen:
            continue
        known = first.setdefault(f"code:{course.code}" if course.code else fold(course.name), key)
        classes.subjects[key] = known
        if known == key:
            rows.row(course.line, key, key, 0, course.code, course.name)
        else:
            desk.notes.count("one_subject", "courses.csv", course.line, "courseCode", course.code or course.name)
    desk.incoming.heads[Table.SUBJECTS] = COURSE_HEADS
    if rows.rows:
        rows.hand_over(desk.incoming, "courses.csv")
    for key, (line, code, name) in classes.named.items():
        rows.row(line, key, "" if name else key, 0 if name else 1, code, name)
    if rows.rows:
        rows.hand_over(desk.incoming, "classes.csv")


def _add_classes(desk: Desk, classes: Classes) -> None:
    """Classes of one name in one subject and term are told apart by their codes."""
    seen: dict[tuple[str, str, str], int] = {}
    for group in classes.groups.values():
        group.subject = classes.subjects.get(group.subject, group.subject)
        same = (group.subject, group.term, fold(group.title))
        seen[same] = seen.get(same, 0) + 1
    rows = Gathered(Table.CLASSES, "id", "external_id", "name", "subject", "term", "grade_level", "is_home_class")
    for key, group in classes.groups.items():
        if seen[group.subject, group.term, fold(group.title)] > 1 and group.code:
            desk.notes.count("class_code", "classes.csv", group.line, "title", group.title)
            group.title = f"{group.title[: LONGEST_NAME - 22]} {group.code[:20]}"
        rows.row(group.line, key, key, group.title, group.subject, group.term, group.grade, int(group.is_home))
    desk.incoming.heads[Table.CLASSES] = CLASS_HEADS
    if rows.rows:
        rows.hand_over(desk.incoming, "classes.csv")
