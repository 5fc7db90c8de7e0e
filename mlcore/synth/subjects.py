"""What the made-up school teaches, and which exams each subject sets."""

from dataclasses import dataclass

GRADES = (7, 8, 9, 10, 11)


@dataclass(frozen=True, slots=True)
class Subject:
    """Exams per term, and a final a year or not; `reads`: marks lean on reading and language."""

    code: str
    name: str
    tests: int = 0
    quizzes: int = 0
    coursework: int = 0
    final: bool = False
    reads: bool = False

    @property
    def sets_exams(self) -> bool:
        return self.tests + self.quizzes + self.coursework > 0 or self.final


SUBJECTS = (
    Subject("MATH", "Mathematics", tests=2, quizzes=1, final=True),
    Subject("ENG", "English", tests=2, coursework=1, final=True, reads=True),
    Subject("SCI", "Science", tests=2, quizzes=1, final=True),
    Subject("HIST", "History", tests=2, coursework=1, final=True, reads=True),
    Subject("GEO", "Geography", tests=2, final=True),
    Subject("COMP", "Computing", tests=2, coursework=1, final=True),
    Subject("ART", "Art", coursework=1),
    Subject("MUS", "Music", coursework=1),
    Subject("PE", "Physical education"),
    Subject("HOME", "Home group"),
)
HOME = len(SUBJECTS) - 1
FINAL_SUBJECTS = tuple(i for i, subject in enumerate(SUBJECTS) if subject.final)


def letter_name(letter: int) -> str:
    """A … Z, then AA, AB, …"""
    name = ""
    letter += 1
    while letter:
        letter, digit = divmod(letter - 1, 26)
        name = chr(65 + digit) + name
    return name
