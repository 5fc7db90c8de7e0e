"""The files of OneRoster 1.1 and 1.2 that are read: their columns in order, which must be filled, and what each may hold."""

from dataclasses import dataclass
from enum import StrEnum


class Holds(StrEnum):
    """What a cell holds. Of columns that are not used nothing is read; a password is not even looked at."""

    UNUSED = "unused"
    NEVER = "never"
    TEXT = "text"
    KEY = "key"  # the row's own id
    ID = "id"
    IDS = "ids"
    DAY = "day"
    YEAR = "year"
    YES_NO = "yes/no"
    NUMBER = "number"
    CHOICE = "choice"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    holds: Holds = Holds.UNUSED
    required: bool = False
    refers: str = ""  # the file whose rows it names
    choices: tuple[str, ...] = ()
    longest: int = 255

    @property
    def is_own(self) -> bool:
        """Foremark's own addition to a bundle that it wrote; nobody misses it elsewhere."""
        return self.name.startswith(OWN)


@dataclass(frozen=True, slots=True)
class FileKind:
    name: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


H = Holds
OWN = "metadata.foremark."


def _key(refers: str = "") -> tuple[Column, ...]:
    """The first three columns of every file. Status and moment are looked at apart: they belong to delta files."""
    return Column("sourcedId", H.KEY, required=True, refers=refers), Column("status"), Column("dateLastModified")


def _unused(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _id(name: str, refers: str, *, required: bool = True) -> Column:
    return Column(name, H.ID, required, refers)


def _own(*columns: tuple[str, Holds]) -> tuple[Column, ...]:
    return tuple(Column(f"{OWN}{name}", holds) for name, holds in columns)


def _must(name: str, holds: Holds = H.TEXT, longest: int = 255) -> Column:
    return Column(name, holds, required=True, longest=longest)


def _may(name: str, holds: Holds = H.TEXT, longest: int = 255) -> Column:
    return Column(name, holds, longest=longest)


ORG_TYPES = ("department", "school", "district", "local", "state", "national")
SESSION_TYPES = ("gradingPeriod", "semester", "schoolYear", "term")
CLASS_TYPES = ("homeroom", "scheduled")
USER_ROLES = (
    "administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher", "counselor",
    "districtAdministrator", "principal", "siteAdministrator", "systemAdministrator",
)  # fmt: skip
ENROLMENT_ROLES = ("administrator", "proctor", "student", "teacher", "aide", "guardian", "parent", "relative")
ROLE_TYPES = ("primary", "secondary")
SEXES = ("male", "female", "unspecified", "other")
SCORE_STATUSES = ("exempt", "fully graded", "not submitted", "partially graded", "submitted")
STATUSES = ("active", "tobedeleted", "inactive")
# Enumerations to which a 1.2 bundle may add words of its own.
EXTENSION = "ext:"
RACES = {
    "americanIndianOrAlaskaNative": "American Indian or Alaska Native",
    "asian": "Asian",
    "blackOrAfricanAmerican": "Black or African American",
    "nativeHawaiianOrOtherPacificIslander": "Native Hawaiian or Pacific Islander",
    "white": "White",
    "demographicRaceTwoOrMoreRaces": "Two or more races",
    "hispanicOrLatinoEthnicity": "Hispanic or Latino",
}
# Our own words for them, in bundles that Foremark wrote, and the facts they are.
PROTECTED = {
    "gender": "gender", "ethnicity": "ethnicity", "parentalEducation": "parental_education",
    "lunchProgramme": "lunch_programme", "homeLanguage": "home_language",
}  # fmt: skip
GRADES = {
    **dict.fromkeys(("IT", "PR", "PK", "TK", "KG"), 0),
    **{f"{grade:02}": grade for grade in range(1, 14)},
    "Other": 14,  # how a grade above the thirteenth is written
}

ORGS = (
    *_key(), _must("name"), Column("type", H.CHOICE, required=True, choices=ORG_TYPES), *_unused("identifier"),
    _id("parentSourcedId", "orgs", required=False),
)  # fmt: skip
SESSIONS = (
    *_key(), _must("title", longest=80), Column("type", H.CHOICE, required=True, choices=SESSION_TYPES),
    _must("startDate", H.DAY), _must("endDate", H.DAY), _id("parentSourcedId", "academicSessions", required=False),
    _must("schoolYear", H.YEAR),
)  # fmt: skip
COURSES = (
    *_key(), _id("schoolYearSourcedId", "academicSessions", required=False), _must("title"), _may("courseCode"),
    _may("grades", H.LIST), _id("orgSourcedId", "orgs"), _may("subjects", H.LIST), _may("subjectCodes", H.LIST),
)  # fmt: skip
CLASSES = (
    *_key(), _must("title", longest=80), _may("grades", H.LIST), _id("courseSourcedId", "courses", required=False),
    _may("classCode"), Column("classType", H.CHOICE, required=True, choices=CLASS_TYPES), *_unused("location"),
    _id("schoolSourcedId", "orgs"), Column("termSourcedIds", H.IDS, required=True, refers="academicSessions"),
    _may("subjects", H.LIST), _may("subjectCodes", H.LIST), *_unused("periods"),
)  # fmt: skip
_OWN_OF_STUDENT = _own(("preferredName", H.TEXT), ("status", H.TEXT), ("firstDay", H.DAY), ("lastDay", H.DAY))
_NAMES = (
    _must("username"), *_unused("userIds"), _must("givenName", longest=80), _must("familyName", longest=80),
    *_unused("middleName", "identifier"), _may("email"), *_unused("sms", "phone"),
    Column("agentSourcedIds", H.IDS, refers="users"), _may("grades", H.LIST), Column("password", H.NEVER),
)  # fmt: skip
USERS_11 = (
    *_key(), _must("enabledUser", H.YES_NO), Column("orgSourcedIds", H.IDS, required=True, refers="orgs"),
    Column("role", H.CHOICE, required=True, choices=USER_ROLES), *_NAMES, *_OWN_OF_STUDENT,
)  # fmt: skip
USERS_12 = (
    *_key(), _must("enabledUser", H.YES_NO), *_NAMES, *_unused("userMasterIdentifier"),
    _may("preferredGivenName", longest=80), *_unused("preferredMiddleName", "preferredFamilyName"),
    _id("primaryOrgSourcedId", "orgs", required=False), *_unused("pronouns"), *_OWN_OF_STUDENT,
)  # fmt: skip
ROLES = (
    *_key(), _id("userSourcedId", "users"), Column("roleType", H.CHOICE, required=True, choices=ROLE_TYPES),
    Column("role", H.CHOICE, required=True, choices=USER_ROLES), _may("beginDate", H.DAY), _may("endDate", H.DAY),
    _id("orgSourcedId", "orgs"), *_unused("userProfileSourcedId"),
)  # fmt: skip
ENROLMENTS = (
    *_key(), _id("classSourcedId", "classes"), _id("schoolSourcedId", "orgs"), _id("userSourcedId", "users"),
    Column("role", H.CHOICE, required=True, choices=ENROLMENT_ROLES), _may("primary", H.YES_NO),
    _may("beginDate", H.DAY), _may("endDate", H.DAY),
)  # fmt: skip
DEMOGRAPHICS = (
    *_key("users"), _may("birthDate", H.DAY), Column("sex", H.CHOICE, choices=SEXES),
    *(_may(race, H.YES_NO) for race in RACES),
    *_unused("countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth", "publicSchoolResidenceStatus"),
    *_own(*((name, H.TEXT) for name in PROTECTED)),
)  # fmt: skip
_LINE_ITEM = (
    *_key(), _must("title", longest=120), *_unused("description"), _must("assignDate", H.DAY), _must("dueDate", H.DAY),
    _id("classSourcedId", "classes"), _id("categorySourcedId", "categories"),
)  # fmt: skip
_OWN_OF_ITEM = _own(("kind", H.TEXT), ("weight", H.NUMBER), ("target", H.YES_NO))
LINE_ITEMS_11 = (
    *_LINE_ITEM, _id("gradingPeriodSourcedId", "academicSessions"), _must("resultValueMin", H.NUMBER),
    _must("resultValueMax", H.NUMBER), *_OWN_OF_ITEM,
)  # fmt: skip
LINE_ITEMS_12 = (
    *_LINE_ITEM, _id("academicSessionSourcedId", "academicSessions"), _may("resultValueMin", H.NUMBER),
    _may("resultValueMax", H.NUMBER), _id("schoolSourcedId", "orgs"),
    *_OWN_OF_ITEM,
)  # fmt: skip
_RESULT = (
    *_key(), _id("lineItemSourcedId", "lineItems"), _id("studentSourcedId", "users"),
    Column("scoreStatus", H.CHOICE, required=True, choices=SCORE_STATUSES), _may("score", H.NUMBER),
    _must("scoreDate", H.DAY), *_unused("comment"),
)  # fmt: skip
RESULTS_11 = (*_RESULT, *_own(("status", H.TEXT)))
RESULTS_12 = (
    *_RESULT, *_unused("textScore"), _id("classSourcedId", "classes", required=False),
    *_unused("inProgress", "incomplete", "late", "missing"), *_own(("status", H.TEXT)),
)  # fmt: skip
# No file of the standard: the extension that one open system writes.
ATTENDANCE = (
    _id("userSourcedId", "users"), _must("date", H.DAY), _must("status"),
    _id("classSourcedId", "classes", required=False), *_unused("sourcedId", "dateLastModified"),
)  # fmt: skip

_BOTH = {
    "orgs": ORGS, "academicSessions": SESSIONS, "courses": COURSES, "classes": CLASSES, "demographics": DEMOGRAPHICS,
    "enrollments": ENROLMENTS,
}  # fmt: skip
_V11 = {
    **_BOTH, "users": USERS_11, "categories": (*_key(), _must("title")), "lineItems": LINE_ITEMS_11,
    "results": RESULTS_11, "attendance": ATTENDANCE,
}  # fmt: skip
_V12 = {
    **_BOTH, "users": USERS_12, "roles": ROLES, "categories": (*_key(), _must("title"), *_unused("weight")),
    "lineItems": LINE_ITEMS_12, "results": RESULTS_12, "attendance": ATTENDANCE,
}  # fmt: skip
VERSIONS = {
    version: {name: FileKind(name, columns) for name, columns in files.items()}
    for version, files in {"1.1": _V11, "1.2": _V12}.items()
}
# Files that belong to the standard and hold nothing for these records.
NOT_USED = {
    "1.1": ("classResources", "courseResources", "resources"),
    "1.2": (
        "classResources", "courseResources", "lineItemLearningObjectiveIds", "lineItemScoreScales", "resources",
        "resultLearningObjectiveIds", "resultScoreScales", "scoreScales", "userProfiles", "userResources",
    ),
}  # fmt: skip
EVERY_FILE = {*_V11, *_V12, *NOT_USED["1.1"], *NOT_USED["1.2"]}
EXTENSIONS = ("attendance",)
# What 1.0 called them, and what others do.
OTHER_NAMES = {
    "demographics": {"userSourcedId": "sourcedId", "birthdate": "birthDate", "gender": "sex"},
    "attendance": {"studentSourcedId": "userSourcedId", "attendanceStatus": "status"},
    "lineItems": {"academicSessionSourcedId": "gradingPeriodSourcedId", "gradingPeriodSourcedId": "academicSessionSourcedId"},
}  # fmt: skip
