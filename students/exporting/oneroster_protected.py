"""Protected facts as OneRoster knows them, only for who has the right to see them: rows of demographics.csv."""

from collections.abc import Iterator

from students.exporting.oneroster_columns import OWN
from students.exporting.oneroster_frame import Row, cell
from students.exporting.oneroster_people import People
from students.exporting.wishes import Version
from students.models import Demographics

SEXES = {"female": "female", "f": "female", "male": "male", "m": "male"}
# What other words mean in 1.2; 1.1 has no word for them and stays blank.
WIDER = {"other": "other", "unspecified": "unspecified"}
RACES = {
    "american indian or alaska native": "americanIndianOrAlaskaNative",
    "asian": "asian",
    "black or african american": "blackOrAfricanAmerican",
    "native hawaiian or pacific islander": "nativeHawaiianOrOtherPacificIslander",
    "white": "white",
    "two or more races": "demographicRaceTwoOrMoreRaces",
    "hispanic or latino": "hispanicOrLatinoEthnicity",
}
NOTHING = Demographics()


def demographics(people: People) -> Iterator[Row]:
    """A row for each student of whom anything is known. A race that is not named is unknown, and not denied."""
    names = people.names.students
    known = Demographics.objects.filter(student__school=people.frame.school).in_bulk()
    for student in sorted(people.students, key=lambda each: names[each.pk]):
        facts = known.get(student.pk, NOTHING)
        row = {
            "birthDate": student.birth_date.isoformat() if student.birth_date else "",
            "sex": _sex(facts.gender, people.version),
            **_race(facts.ethnicity),
            f"{OWN}gender": cell(facts.gender),
            f"{OWN}ethnicity": cell(facts.ethnicity),
            f"{OWN}parentalEducation": cell(facts.parental_education),
            f"{OWN}lunchProgramme": cell(facts.lunch_programme),
            f"{OWN}homeLanguage": cell(facts.home_language),
        }
        if any(row.values()):
            yield {"sourcedId": names[student.pk], **row}


def _sex(gender: str, version: str) -> str:
    words = SEXES if version == Version.V1_1 else SEXES | WIDER
    return words.get(gender.strip().lower(), "")


def _race(ethnicity: str) -> Row:
    column = RACES.get(cell(ethnicity).lower())
    return {column: "true"} if column else {}
