"""What schools call things: the heads of columns for each fact, in English and German, and a little French and Spanish."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from portal.kit.names import fold
from students.importing.mapping import PROTECTED_FACTS

CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
SHORTEST_FUZZY, ALIKE = 6, 0.85  # shorter names are too alike by chance

# Words parted by spaces, names by commas; compared without accents, capitals and signs.
STUDENT_WORDS = {
    "external_id": """student no, student number, student id, student code, student reference, pupil no, pupil number, pupil id,
        pupil code, upn, uln, admission no, admission number, adno, roll no, roll number, sis id, person id, user id,
        external id, identifier, candidate number, candidate no, learner id, learner number, local id, sourced id, id,
        student sourced id, schuelernummer, schueler nr, schueler id, schueler nummer, matrikelnummer, kennung,
        numero etudiant, numero eleve, matricule, id eleve, ine, numero de alumno, id alumno, matricula, expediente, no, nr""",
    "name": """name, full name, student name, pupil name, learner name, student, pupil, learner, schueler, schuelername,
        schuelerin, name vorname, nachname vorname, nom complet, nom et prenom, eleve, alumno, nombre completo,
        apellidos y nombre""",
    "given_name": """first name, given name, forename, legal forename, student first name, pupil first name, vorname, first,
        prenom, nombre, christian name""",
    "family_name": """surname, last name, family name, legal surname, student last name, pupil surname, nachname,
        familienname, zuname, nom, nom de famille, apellido, apellidos, last""",
    "preferred_name": """preferred name, preferred forename, preferred first name, known as, nickname, rufname,
        prenom usuel""",
    "birth_date": """date of birth, dob, birth date, birthdate, birthday, born, geburtsdatum, geburtstag, geb datum, geb,
        geboren, geboren am, date de naissance, naissance, fecha de nacimiento, nacimiento""",
    "grade_level": """grade level, year group, nc year, school grade, year level, grade, jahrgang, jahrgangsstufe,
        klassenstufe, schulstufe, stufe, niveau, curso, grado""",
    "school_class": """class, school class, class name, tutor group, registration group, reg group, reg form, form,
        form group, home class, homeroom, teaching group, section, klasse, kurs, lerngruppe, classe, clase, grupo""",
    "starts": """start date, starts, begin date, begins, entry date, admission date, enrolment date, enrollment date,
        enrolled on, date from, from, eintritt, eintrittsdatum, beginn, von, date d entree, fecha de alta""",
    "ends": """end date, ends, exit date, leaving date, left on, date to, until, austritt, austrittsdatum, abgang, ende,
        bis, date de sortie, fecha de baja""",
    "gender": "gender, sex, geschlecht, sexe, genre, sexo, genero",
    "ethnicity": "ethnicity, race, race ethnicity, ethnic group, ethnic background, ethnie, etnia",
    "parental_education": """parental education, parental level of education, parents education, parent education,
        education of parents, parental education level, bildung der eltern, elternbildung, niveau d etudes des parents""",
    "lunch_programme": """lunch, lunch programme, lunch program, free school meals, free school meal, fsm, free lunch,
        school lunch, lunch type, mittagessen""",
    "home_language": """home language, first language, language at home, mother tongue, native language, muttersprache,
        familiensprache, herkunftssprache, langue maternelle, lengua materna""",
}  # fmt: skip
ROW_WORDS = {
    "exam": """exam, exam name, exam title, test, test name, assessment, assessment name, assignment, assignment name, paper,
        line item, title, pruefung, klausur, arbeit, klassenarbeit, leistung, examen, epreuve, controle, evaluation,
        evaluacion, prueba""",
    "subject": """subject, subject name, course, course name, discipline, fach, unterrichtsfach, matiere, asignatura,
        materia""",
    "day": """date, day, exam date, test date, assessment date, session date, attendance date, date of exam, result date,
        datum, tag, pruefungsdatum, jour, date du controle, fecha""",
    "maximum": """maximum, max, max score, maximum score, max mark, max marks, maximum mark, maximum marks, max points,
        maximum points, out of, total points, total marks, points possible, possible points, maximalpunktzahl,
        hoechstpunktzahl, max punkte, punkte maximal, bareme, puntuacion maxima""",
    "score": """score, mark, marks, points, result, grade, raw score, raw mark, points earned, percent, percentage, punkte,
        punktzahl, ergebnis, note, nota, puntuacion, calificacion""",
    "status": """status, attendance, attendance code, attendance status, attendance mark, code, score status, result status,
        presence, present, anwesenheit, anwesenheitsstatus, fehlstatus, asistencia""",
    "kind": "kind, type, exam type, test type, assessment type, category, art, pruefungsart, typ, tipo",
    "indicator": """indicator, measure, metric, variable, observation, characteristic, merkmal, indikator, kennzahl,
        indicateur, indicador""",
    "value": "value, observed value, measurement, wert, messwert, valeur, valor",
    "term": "term, semester, school year, academic year, halbjahr, schuljahr, trimestre, curso escolar",
}  # fmt: skip
# Names that mean a number as often as an id, or a mark as often as a year: their cells decide.
WEAK = frozenset({"id", "no", "nr", "grade", "code", "first", "last", "from", "until", "von", "bis"})


def words_of(head: str) -> str:
    """ "pupilId", "Pupil_ID" and "PUPIL ID." are all "pupil id"; "Prüfung" and "Pruefung" are both "prufung"."""
    return _without_umlauts(_words(head))


def _words(head: str) -> str:
    return fold(CAMEL.sub(" ", head)).strip()


def _without_umlauts(words: str) -> str:
    return words.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _listed(words: str) -> tuple[str, ...]:
    return tuple(_words(each) for each in words.split(","))


STUDENT_NAMES = {fact: _listed(words) for fact, words in STUDENT_WORDS.items()}
ROW_NAMES = {fact: _listed(words) for fact, words in ROW_WORDS.items()}


def says_protected(head: str) -> bool:
    """Whether a column or an indicator of this name is a protected fact; by the name itself, not by one that is like it."""
    return any(likeness(head, STUDENT_NAMES[fact])[0] == 1 for fact in PROTECTED_FACTS)


def likeness(head: str, names: tuple[str, ...]) -> tuple[float, str]:
    """How much a head is one of these names: 1 for the name itself, and which name it was."""
    bare = _bare(head)
    if not bare:
        return 0.0, ""
    known = _known(names)
    if name := known.exact.get(_without_umlauts(bare)):
        return 1.0, name
    ratio, best = 0.0, ""
    for each in known.by_length.get(len(bare), ()):
        if (found := _ratio(bare, each)) > ratio:
            ratio, best = found, each.name
    return (ratio, best) if ratio >= ALIKE else (0.0, "")


@lru_cache(maxsize=4096)
def _bare(head: str) -> str:
    """Kept, for it is asked for each fact: a file may have 2,000 heads."""
    return _words(head).replace(" ", "")


@dataclass(frozen=True, slots=True)
class _Name:
    """`letters`: a bit for each letter that is in it."""

    name: str
    bare: str
    letters: int


@dataclass(frozen=True, slots=True)
class _Known:
    """Names by how a head is compared with them; of those that are alike, by the lengths that a head may have to be so."""

    exact: dict[str, str]
    by_length: dict[int, list[_Name]]


@lru_cache(maxsize=256)
def _known(names: tuple[str, ...]) -> _Known:
    exact: dict[str, str] = {}
    by_length: dict[int, list[_Name]] = {}
    for name in names:
        bare = name.replace(" ", "")
        exact.setdefault(_without_umlauts(bare), name)
        if len(bare) >= SHORTEST_FUZZY:
            for length in range(max(SHORTEST_FUZZY, len(bare) - 2), len(bare) + 3):
                by_length.setdefault(length, []).append(_Name(name, bare, _letters(bare)))
    return _Known(exact, by_length)


@lru_cache(maxsize=4096)
def _letters(bare: str) -> int:
    """Two letters may share a bit; then two names seem more alike than they are, and are compared in earnest."""
    bits = 0
    for letter in bare:
        bits |= 1 << ord(letter) % 64
    return bits


def _ratio(bare: str, other: _Name) -> float:
    """0 where two names cannot be alike: comparing in earnest takes seconds where there are 2,000 columns."""
    letters = _letters(bare)
    odd = max(
        (letters & ~other.letters).bit_count(), (other.letters & ~letters).bit_count() + len(bare) - len(other.bare)
    )
    if 2 * (len(bare) - odd) < ALIKE * (len(bare) + len(other.bare)):
        return 0.0
    if 2 * sum(map(other.bare.__contains__, bare)) < ALIKE * (len(bare) + len(other.bare)):
        return 0.0
    return SequenceMatcher(None, bare, other.bare, autojunk=False).ratio()
