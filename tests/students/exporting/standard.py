"""What OneRoster 1.1 and 1.2 ask of the files that we write: their columns in order, what must be filled, what each may hold."""

Columns = dict[str, list[str]]

# A mark of exclamation: must be filled. The first three columns are the same everywhere.
V1_1 = """
academicSessions: title! type! startDate! endDate! parentSourcedId schoolYear!
orgs: name! type! identifier parentSourcedId
courses: schoolYearSourcedId title! courseCode grades orgSourcedId! subjects subjectCodes
classes: title! grades courseSourcedId! classCode classType! location schoolSourcedId! termSourcedIds!
    subjects subjectCodes periods
enrollments: classSourcedId! schoolSourcedId! userSourcedId! role! primary beginDate endDate
demographics: birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican
    nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity
    countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus
users: enabledUser! orgSourcedIds! role! username! userIds givenName! familyName! middleName identifier email
    sms phone agentSourcedIds grades password
categories: title!
lineItems: title! description assignDate! dueDate! classSourcedId! categorySourcedId! gradingPeriodSourcedId!
    resultValueMin! resultValueMax!
results: lineItemSourcedId! studentSourcedId! scoreStatus! score! scoreDate! comment
"""
V1_2 = """
academicSessions: title! type! startDate! endDate! parentSourcedId schoolYear!
orgs: name! type! identifier parentSourcedId
courses: schoolYearSourcedId title! courseCode grades orgSourcedId! subjects subjectCodes
classes: title! grades courseSourcedId! classCode classType! location schoolSourcedId! termSourcedIds!
    subjects subjectCodes periods
enrollments: classSourcedId! schoolSourcedId! userSourcedId! role! primary beginDate endDate
demographics: birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican
    nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity
    countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus
users: enabledUser! username! userIds givenName! familyName! middleName identifier email sms phone
    agentSourcedIds grades password userMasterIdentifier preferredGivenName preferredMiddleName
    preferredFamilyName primaryOrgSourcedId pronouns
categories: title! weight
lineItems: title! description assignDate! dueDate! classSourcedId! categorySourcedId!
    academicSessionSourcedId! resultValueMin resultValueMax schoolSourcedId!
results: lineItemSourcedId! studentSourcedId! scoreStatus! score scoreDate! comment textScore classSourcedId
    inProgress incomplete late missing
roles: userSourcedId! roleType! role! beginDate endDate orgSourcedId! userProfileSourcedId
"""
FILES_1_1 = """
academicSessions categories classes classResources courses courseResources demographics enrollments lineItems
orgs resources results users
"""
ONLY_1_2 = """
lineItemLearningObjectiveIds lineItemScoreScales resultLearningObjectiveIds resultScoreScales roles
scoreScales userProfiles userResources
"""
FORMS = """
date: assignDate beginDate birthDate dueDate endDate scoreDate startDate
year: schoolYear
grades: grades
boolean: americanIndianOrAlaskaNative asian blackOrAfricanAmerican demographicRaceTwoOrMoreRaces enabledUser
    hispanicOrLatinoEthnicity inProgress incomplete late missing nativeHawaiianOrOtherPacificIslander primary
    white
float: resultValueMax resultValueMin score
"""
ENUMS: dict[tuple[str, str, str], list[str]] = {
    ("1.1", "academicSessions", "type"): ["gradingPeriod", "semester", "schoolYear", "term"],
    ("1.2", "academicSessions", "type"): ["gradingPeriod", "semester", "schoolYear", "term"],
    ("1.1", "orgs", "type"): ["department", "school", "district", "local", "state", "national"],
    ("1.2", "orgs", "type"): ["department", "school", "district", "local", "state", "national"],
    ("1.1", "classes", "classType"): ["homeroom", "scheduled"],
    ("1.2", "classes", "classType"): ["homeroom", "scheduled"],
    ("1.1", "enrollments", "role"): ["administrator", "proctor", "student", "teacher"],
    ("1.2", "enrollments", "role"): ["administrator", "proctor", "student", "teacher"],
    ("1.1", "demographics", "sex"): ["male", "female"],
    ("1.1", "users", "role"): [
        "administrator",
        "aide",
        "guardian",
        "parent",
        "proctor",
        "relative",
        "student",
        "teacher",
    ],
    ("1.1", "results", "scoreStatus"): ["exempt", "fully graded", "not submitted", "partially graded", "submitted"],
    ("1.2", "results", "scoreStatus"): ["exempt", "fully graded", "not submitted", "partially graded", "submitted"],
    ("1.2", "demographics", "sex"): ["male", "female", "unspecified", "other"],
    ("1.2", "roles", "roleType"): ["primary", "secondary"],
    ("1.2", "roles", "role"): [
        "aide",
        "counselor",
        "districtAdministrator",
        "guardian",
        "parent",
        "principal",
        "proctor",
        "relative",
        "siteAdministrator",
        "student",
        "systemAdministrator",
        "teacher",
    ],
}
POINTS_TO = """
academicSessions: academicSessions.parentSourcedId classes.termSourcedIds courses.schoolYearSourcedId
    lineItems.academicSessionSourcedId lineItems.gradingPeriodSourcedId
orgs: classes.schoolSourcedId courses.orgSourcedId enrollments.schoolSourcedId lineItems.schoolSourcedId
    orgs.parentSourcedId roles.orgSourcedId users.orgSourcedIds users.primaryOrgSourcedId
courses: classes.courseSourcedId
classes: enrollments.classSourcedId lineItems.classSourcedId results.classSourcedId
users: demographics.sourcedId enrollments.userSourcedId results.studentSourcedId roles.userSourcedId
    users.agentSourcedIds
categories: lineItems.categorySourcedId
lineItems: results.lineItemSourcedId
"""


def told(text: str) -> Columns:
    """Each word with a colon, and the words behind it."""
    found: Columns = {}
    for word in text.split():
        if word.endswith(":"):
            found[word[:-1]] = last = []
        else:
            last.append(word)
    return found


def _columns(text: str) -> tuple[Columns, Columns]:
    both = told(text)
    first = ["sourcedId", "status", "dateLastModified"]
    spec = {name: [*first, *(word.rstrip("!") for word in words)] for name, words in both.items()}
    must = {name: ["sourcedId", *(word[:-1] for word in words if word.endswith("!"))] for name, words in both.items()}
    return spec, must


SPEC = {"1.1": _columns(V1_1)[0], "1.2": _columns(V1_2)[0]}
REQUIRED = {"1.1": _columns(V1_1)[1], "1.2": _columns(V1_2)[1]}
FILES = {"1.1": FILES_1_1.split(), "1.2": [*FILES_1_1.split(), *ONLY_1_2.split()]}
FORM_OF = {column: form for form, columns in told(FORMS).items() for column in columns}
REFERENCES = [(*where.split("."), target) for target, places in told(POINTS_TO).items() for where in places]
