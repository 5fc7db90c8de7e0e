"""Made-up OneRoster bundles whose every fact is known: for tests of what comes in, and for benchmarks of how fast."""

import csv
import io
import random
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Any

HEADS = {
    "orgs": "name,type,identifier,parentSourcedId",
    "academicSessions": "title,type,startDate,endDate,parentSourcedId,schoolYear",
    "courses": "schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes",
    "classes": "title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,"
    "subjectCodes,periods",
    "users": "enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,"
    "agentSourcedIds,grades,password",
    "enrollments": "classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
    "demographics": "birthDate,sex,americanIndianOrAlaskaNative,asian,blackOrAfricanAmerican,"
    "nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,hispanicOrLatinoEthnicity,"
    "countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus",
    "categories": "title",
    "lineItems": "title,description,assignDate,dueDate,classSourcedId,categorySourcedId,gradingPeriodSourcedId,"
    "resultValueMin,resultValueMax",
    "results": "lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment",
}
FILES = (
    "academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics",
    "enrollments", "lineItems", "orgs", "resources", "results", "users",
)  # fmt: skip
SUBJECTS = ("Mathematics", "English", "Physics", "History", "Geography", "Biology", "Music", "Art")
GIVEN = ("Ann", "Børge", "Çelik", "Dara", "Élodie", "Fatima", "Giang", "Hye-jin", "Íñigo", "Jan")
FAMILY = ("Abara", "Öz", "Lindqvist", "d'Arc", "van der Berg", "Šimić", "Nguyễn", "Smith", "Okafor", "Zhou")
DAY = timedelta(days=1)
FIRST_LINE = 2  # below the heads
MORE = "more"  # under this head a row has a cell more than its file has columns
Row = dict[str, str]


@dataclass
class Bundle:
    """The rows of each file by column, in the order in which they are written: row n stands in line n + 2."""

    rows: dict[str, list[Row]]
    modes: dict[str, str] = field(default_factory=dict)
    school: str = "school-1"

    def manifest(self) -> list[list[str]]:
        declared = [[f"file.{name}", self.modes.get(name, "bulk" if name in self.rows else "absent")] for name in FILES]
        heads = [["propertyName", "value"], ["manifest.version", "1.0"], ["oneroster.version", "1.1"]]
        return [*heads, *declared, ["source.systemName", "Made up"]]

    def zipped(self) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("manifest.csv", _csv(self.manifest()))
            for name, rows in self.rows.items():
                heads = columns(name)
                package.writestr(f"{name}.csv", _csv([heads, *(_cells(row, heads) for row in rows)]))
        return out.getvalue()

    def without(self, lines: Iterable[tuple[str, int]]) -> "Bundle":
        """The same school as if it had no such rows: each by its file, and its line there."""
        gone = set(lines)
        rows = {
            name: [row for line, row in enumerate(rows, FIRST_LINE) if (name, line) not in gone]
            for name, rows in self.rows.items()
        }
        return Bundle(rows, self.modes, self.school)


def columns(name: str) -> list[str]:
    return ["sourcedId", "status", "dateLastModified", *HEADS[name].split(",")]


def _cells(row: Row, heads: list[str]) -> list[str]:
    return [row.get(head, "") for head in heads] + ([row[MORE]] if MORE in row else [])


def _csv(rows: Any) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def make_bundle(
    students: int = 24, *, classes_each: int = 3, class_size: int = 8, items_each: int = 3, seed: int = 0, on: date
) -> Bundle:
    """A school in the middle of its year: everybody in as many classes, each class with as many exams that were held."""
    drawn = random.Random(seed)  # the same school each time
    starts, ends = on - 150 * DAY, on + 150 * DAY
    year = {"title": "This year", "type": "schoolYear", "startDate": str(starts), "endDate": str(ends)}
    rows: dict[str, list[Row]] = {
        "orgs": [{"sourcedId": "school-1", "name": "Made-up School", "type": "school"}],
        "academicSessions": [
            {"sourcedId": "year", **year, "schoolYear": str(ends.year)},
            {
                **year,
                "sourcedId": "period",
                "title": "Period",
                "type": "gradingPeriod",
                "parentSourcedId": "year",
                "schoolYear": str(ends.year),
            },
        ],
        "courses": [_course(name) for name in SUBJECTS],
        "classes": [],
        "users": [_student(number, drawn) for number in range(students)],
        "enrollments": [],
        "categories": [{"sourcedId": "cat-test", "title": "Test"}, {"sourcedId": "cat-final", "title": "Final exam"}],
        "lineItems": [],
        "results": [],
    }
    for number, places in enumerate(_places(students, classes_each, class_size)):
        _class(rows, number, places, starts)
        _marks(rows, number, places, items_each, on, drawn)
    return Bundle(rows)


def _course(name: str) -> Row:
    told = {"courseCode": name[:4].upper(), "subjects": name, "subjectCodes": name[:4].upper()}
    return {"sourcedId": f"course-{name}", "title": name, "orgSourcedId": "school-1", **told}


def _student(number: int, drawn: random.Random) -> Row:
    names = {"givenName": drawn.choice(GIVEN), "familyName": f"{drawn.choice(FAMILY)} {number}"}
    fixed = {"enabledUser": "true", "orgSourcedIds": "school-1", "role": "student", "grades": f"{6 + number % 6:02}"}
    return {"sourcedId": f"s-{number}", "username": f"student{number}", **names, **fixed}


def _places(students: int, classes_each: int, class_size: int) -> list[list[int]]:
    """Who sits in which class: in each round everybody is in one class, and never beside the same people."""
    rounds: list[list[int]] = []
    for turn in range(classes_each):
        order = sorted(range(students), key=lambda number: ((number * (2 * turn + 1)) % students, number))
        waiting = iter(order)
        while places := list(islice(waiting, class_size)):
            rounds.append(places)
    return rounds


def _class(rows: dict[str, list[Row]], number: int, places: list[int], starts: date) -> None:
    key, subject = f"c-{number}", SUBJECTS[number % len(SUBJECTS)]
    told = {"courseSourcedId": f"course-{subject}", "classType": "scheduled", "schoolSourcedId": "school-1"}
    rows["classes"].append({"sourcedId": key, "title": f"{subject} {number}", "termSourcedIds": "year", **told})
    teacher = f"t-{number % 40}"
    if number < 40:
        name = {"givenName": "Teacher", "familyName": f"Number {number}", "email": f"t{number}@madeup.example"}
        fixed = {"enabledUser": "true", "orgSourcedIds": "school-1", "role": "teacher", "username": teacher}
        rows["users"].append({"sourcedId": teacher, **name, **fixed})
    shared = {"classSourcedId": key, "schoolSourcedId": "school-1", "beginDate": str(starts)}
    teaches = {"userSourcedId": teacher, "role": "teacher", "primary": "true", **shared}
    rows["enrollments"].append({"sourcedId": f"e-{number}-t", **teaches})
    for each in places:
        learns = {"userSourcedId": f"s-{each}", "role": "student", **shared}
        rows["enrollments"].append({"sourcedId": f"e-{number}-{each}", **learns})


def _marks(
    rows: dict[str, list[Row]], number: int, places: list[int], items: int, on: date, drawn: random.Random
) -> None:  # fmt: skip
    for item in range(items):
        key, day = f"i-{number}-{item}", on - (10 + 20 * item) * DAY
        told = {"assignDate": str(day - 7 * DAY), "dueDate": str(day), "classSourcedId": f"c-{number}"}
        bounds = {"gradingPeriodSourcedId": "period", "resultValueMin": "0", "resultValueMax": "50"}
        rows["lineItems"].append(
            {"sourcedId": key, "title": f"Test {item + 1}", "categorySourcedId": "cat-test", **told, **bounds}
        )
        for each in places:
            mark = {"scoreStatus": "fully graded", "score": f"{drawn.randint(0, 100) / 2:g}"}
            if drawn.random() < 0.03:
                mark = {"scoreStatus": drawn.choice(("exempt", "not submitted")), "score": ""}
            facts = {"lineItemSourcedId": key, "studentSourcedId": f"s-{each}", "scoreDate": str(day + 3 * DAY)}
            rows["results"].append({"sourcedId": f"r-{number}-{item}-{each}", **facts, **mark})


def vary(bundle: Bundle, drawn: random.Random, *, on: date) -> Bundle:
    """Not everybody came on the first day and stays to the last: some join a class later and some leave it, once its exams
    are over. Some days of birth are known. Changes the bundle itself.
    """
    for row in bundle.rows["enrollments"]:
        if drawn.random() < 0.2:
            row["beginDate"] = str(on - drawn.randint(60, 140) * DAY)
        if drawn.random() < 0.2:
            row["endDate"] = str(on - drawn.randint(-100, 5) * DAY)
    born = on.replace(month=2, day=28) - 12 * 365 * DAY
    bundle.rows["demographics"] = [
        {"sourcedId": row["sourcedId"], "birthDate": str(born - drawn.randint(0, 2000) * DAY)}
        for row in bundle.rows["users"]
        if row["role"] == "student" and drawn.random() < 0.5
    ]
    return bundle
