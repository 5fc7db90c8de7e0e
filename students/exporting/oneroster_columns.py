"""The columns of each OneRoster file in the order of the standard, and ours behind them, which other importers pass over."""

from students.exporting.wishes import Version

FIRST = ("sourcedId", "status", "dateLastModified")  # the last two stay blank in a complete bundle
Columns = dict[str, tuple[str, ...]]

# What OneRoster has no place for. Our own reader understands it, so that a school that moves loses nothing.
OWN = "metadata.foremark."
METADATA: Columns = {
    "users": (f"{OWN}preferredName", f"{OWN}status", f"{OWN}firstDay", f"{OWN}lastDay"),
    "demographics": (
        f"{OWN}gender", f"{OWN}ethnicity", f"{OWN}parentalEducation", f"{OWN}lunchProgramme", f"{OWN}homeLanguage",
    ),
    "lineItems": (f"{OWN}kind", f"{OWN}weight", f"{OWN}target"),
    "results": (f"{OWN}status",),
}  # fmt: skip
HAS_A_PLACE = {(Version.V1_2, f"{OWN}preferredName")}  # preferredGivenName

_BOTH: Columns = {
    "orgs": ("name", "type", "identifier", "parentSourcedId"),
    "academicSessions": ("title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"),
    "courses": ("schoolYearSourcedId", "title", "courseCode", "grades", "orgSourcedId", "subjects", "subjectCodes"),
    "classes": (
        "title", "grades", "courseSourcedId", "classCode", "classType", "location", "schoolSourcedId",
        "termSourcedIds", "subjects", "subjectCodes", "periods",
    ),
    "enrollments": (
        "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate",
    ),
    "demographics": (
        "birthDate", "sex", "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican",
        "nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces", "hispanicOrLatinoEthnicity",
        "countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth", "publicSchoolResidenceStatus",
    ),
}  # fmt: skip
_NAMES = ("givenName", "familyName", "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades")
_LINE_ITEM = ("title", "description", "assignDate", "dueDate", "classSourcedId", "categorySourcedId")
_RESULT = ("lineItemSourcedId", "studentSourcedId", "scoreStatus", "score", "scoreDate", "comment")
_OF_VERSION: dict[str, Columns] = {
    Version.V1_1: {
        "users": ("enabledUser", "orgSourcedIds", "role", "username", "userIds", *_NAMES, "password"),
        "categories": ("title",),
        "lineItems": (*_LINE_ITEM, "gradingPeriodSourcedId", "resultValueMin", "resultValueMax"),
        "results": _RESULT,
    },
    Version.V1_2: {
        "users": (
            "enabledUser", "username", "userIds", *_NAMES, "password", "userMasterIdentifier", "preferredGivenName",
            "preferredMiddleName", "preferredFamilyName", "primaryOrgSourcedId", "pronouns",
        ),
        "roles": (
            "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId", "userProfileSourcedId",
        ),
        "categories": ("title", "weight"),
        "lineItems": (
            *_LINE_ITEM, "academicSessionSourcedId", "resultValueMin", "resultValueMax", "schoolSourcedId",
        ),
        "results": (*_RESULT, "textScore", "classSourcedId", "inProgress", "incomplete", "late", "missing"),
    },
}  # fmt: skip

# Every file the manifest speaks of, whether we write it or not.
_CATALOGUE = (
    "academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics",
    "enrollments", "lineItems", "orgs", "resources", "results", "users",
)  # fmt: skip
CATALOGUE: dict[str, tuple[str, ...]] = {
    Version.V1_1: _CATALOGUE,
    Version.V1_2: tuple(
        sorted(
            (
                *_CATALOGUE, "lineItemLearningObjectiveIds", "lineItemScoreScales", "resultLearningObjectiveIds",
                "resultScoreScales", "roles", "scoreScales", "userProfiles", "userResources",
            ),
            key=str.lower,
        )
    ),
}  # fmt: skip
MANIFEST = ("propertyName", "value")
# An extension of ours and of others; no file of the standard, so the manifest says nothing of it.
ATTENDANCE = ("userSourcedId", "date", "status", "classSourcedId")
EXTENSION = "attendance"


def columns_of(version: str, file: str) -> tuple[str, ...]:
    if file == EXTENSION:
        return ATTENDANCE
    told = (_BOTH | _OF_VERSION[version])[file]
    own = (name for name in METADATA.get(file, ()) if (version, name) not in HAS_A_PLACE)
    return (*FIRST, *told, *own)
