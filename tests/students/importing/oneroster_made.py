"""A small OneRoster bundle as text, file by file, so that a test can change one word of it and zip it again."""

from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from students.importing.findings import Finding, Findings, Severity
from students.importing.incoming import Incoming, Table
from students.importing.mapping import Mapping
from students.importing.oneroster import read_bundle

ON = date(2026, 11, 22)
Files = dict[str, str]
ROSTER = {
    "orgs": """sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
d1,,,North District,district,,
s1,,,Lakeside School,school,,d1
""",
    "academicSessions": """sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear
y1,,,2026/27,schoolYear,2026-08-15,2027-06-10,,2027
t1,,,Autumn,term,2026-08-15,2027-01-31,y1,2027
""",
    "courses": """sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes
m,,,y1,Mathematics 9,MA9,09,s1,Mathematics,MATH
""",
    "classes": """sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods
c1,,,Mathematics 9B,09,m,9B,homeroom,,s1,t1,,,
""",
    "enrollments": """sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
e1,,,c1,s1,ada,teacher,true,,
e2,,,c1,s1,sam,student,,2026-08-17,2027-01-31
e3,,,c1,s1,mia,student,false,,
""",
    "demographics": """sourcedId,status,dateLastModified,birthDate,sex,americanIndianOrAlaskaNative,asian,blackOrAfricanAmerican,nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,hispanicOrLatinoEthnicity,countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus
sam,,,2012-12-03,male,,true,,,true,false,,US,IL,Fairview,
""",
    "categories": """sourcedId,status,dateLastModified,title
k1,,,Tests
""",
}  # fmt: skip
USERS_11 = """sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password
ada,,,true,s1,teacher,ada,,Ada,Marsh,,,ada@lakeside.example,,,,,hunter2
sam,,,true,s1,student,sam,,Sam,Reed,,77,,,,gus,09,hunter2
mia,,,true,s1,student,mia,,Mia,Stone,,,,,,,09,
gus,,,true,s1,parent,gus,,Gus,Reed,,,gus@home.example,,,,,
"""
USERS_12 = """sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns
ada,,,true,ada,,Ada,Marsh,,,ada@lakeside.example,,,,,hunter2,,,,,s1,
sam,,,true,sam,,Samuel,Reed,,,,,,gus,09,,,Sam,,,s1,
mia,,,true,mia,,Mia,Stone,,,,,,,09,,,,,,s1,
gus,,,true,gus,,Gus,Reed,,,gus@home.example,,,,,,,,,,s1,
"""
ROLES = """sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId
r-ada,,,ada,primary,teacher,2020-08-01,,s1,
r-ada-2,,,ada,secondary,counselor,,,s1,
r-sam,,,sam,primary,student,,,s1,
r-mia,,,mia,primary,student,,,s1,
r-gus,,,gus,primary,parent,,,s1,
"""
MARKS_11 = {
    "lineItems": """sourcedId,status,dateLastModified,title,description,assignDate,dueDate,classSourcedId,categorySourcedId,gradingPeriodSourcedId,resultValueMin,resultValueMax
i1,,,Fractions,,2026-09-01,2026-09-15,c1,k1,t1,0,20
""",
    "results": """sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment
r1,,,i1,sam,fully graded,17.5,2026-09-18,
r2,,,i1,mia,exempt,,2026-09-18,
""",
}  # fmt: skip
MARKS_12 = {
    "lineItems": """sourcedId,status,dateLastModified,title,description,assignDate,dueDate,classSourcedId,categorySourcedId,academicSessionSourcedId,resultValueMin,resultValueMax,schoolSourcedId
i1,,,Fractions,,2026-09-01,2026-09-15,c1,k1,t1,0,20,s1
""",
    "results": """sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment,textScore,classSourcedId,inProgress,incomplete,late,missing
r1,,,i1,sam,fully graded,17.5,2026-09-18,,,c1,,,,
r2,,,i1,mia,not submitted,0.0,2026-09-18,,,c1,,,,true
""",
}  # fmt: skip
ATTENDANCE = "userSourcedId,date,status,classSourcedId\nsam,2026-09-01,present,c1\nmia,2026-09-01,Tardy,\n"
IN_MANIFEST = {
    "1.1": (
        "academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics",
        "enrollments", "lineItems", "orgs", "resources", "results", "users",
    ),
    "1.2": (
        "academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics",
        "enrollments", "lineItemLearningObjectiveIds", "lineItems", "lineItemScoreScales", "orgs", "resources",
        "resultLearningObjectiveIds", "results", "resultScoreScales", "roles", "scoreScales", "userProfiles",
        "userResources", "users",
    ),
}  # fmt: skip


def manifest(version: str, there: Files, mode: str = "bulk") -> str:
    lines = ["propertyName,value", "manifest.version,1.0", f"oneroster.version,{version}"]
    lines += [f"file.{name},{mode if name in there else 'absent'}" for name in IN_MANIFEST[version]]
    return "\n".join([*lines, "source.systemName,Made up", ""])


def files_11() -> Files:
    there = {**ROSTER, "users": USERS_11, **MARKS_11, "attendance": ATTENDANCE}
    return {"manifest": manifest("1.1", there), **there}


def files_12() -> Files:
    there = {**ROSTER, "users": USERS_12, "roles": ROLES, **MARKS_12}
    return {"manifest": manifest("1.2", there), **there}


def delta(**there: str) -> Files:
    """Changes only, of the files that are given."""
    return {"manifest": manifest("1.2" if "roles" in there else "1.1", there, "delta"), **there}


def only(**there: str) -> Files:
    return {"manifest": manifest("1.1", there), **there}


def swapped(files: Files, file: str, old: str, new: str) -> Files:
    assert old in files[file], f"{old!r} is not in {file}"
    return {**files, file: files[file].replace(old, new, 1)}


def zipped(files: dict[str, str | bytes] | Files, folder: str = "") -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        for name, text in files.items():
            entry = name if "." in name else f"{name}.csv"
            package.writestr(folder + entry, text)
    return out.getvalue()


def read(
    files: dict[str, str | bytes] | Files | bytes, mapping: Mapping | None = None, *, with_protected: bool = True
) -> tuple[Incoming, Findings]:
    """Raises Unreadable, as the reader does."""
    findings = Findings()
    content = files if isinstance(files, bytes) else zipped(files)
    incoming = read_bundle(
        BytesIO(content), mapping or Mapping(), findings, lambda *told, **facts: None, on=ON, with_protected=with_protected
    )  # fmt: skip
    return incoming, findings


def of(findings: Findings, code: str) -> Finding:
    """The one finding of this code."""
    found = [each for (_severity, its), firsts in findings.firsts.items() if its == code for each in firsts]
    assert len(found) == 1, f"{code}: {found or sorted(its for _severity, its in findings.firsts)}"
    return found[0]


def errors(findings: Findings) -> list[Finding]:
    return findings.shown[Severity.ERROR]


def codes(findings: Findings) -> set[str]:
    return {code for _severity, code in findings.by_code}


def table(incoming: Incoming, name: Table, *columns: str) -> list[tuple[object, ...]]:
    """Rows as plain values; days as text."""
    rows = incoming.rows(name)
    return [tuple(_plain(rows[column][at]) for column in columns) for at in range(len(rows))]


def _plain(value: object) -> object:
    made = value.item() if hasattr(value, "item") else value
    return str(made.date()) if hasattr(made, "date") else made
