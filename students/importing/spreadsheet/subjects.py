"""Subjects by the words that stand in names of columns and files: math, mathe, por."""

from collections.abc import Sequence
from pathlib import PurePath

from django.utils.translation import gettext as _

from students.importing.spreadsheet.synonyms import words_of

LONGEST = 80
NAMED = {
    "Mathematics": "math maths mathematics mat", "Reading": "reading", "Writing": "writing", "English": "english eng",
    "Science": "science sci", "Biology": "biology bio", "Chemistry": "chemistry chem", "Physics": "physics phys",
    "History": "history hist", "Geography": "geography geo", "Art": "art", "Music": "music", "Portuguese": "portuguese por",
    "French": "french", "Spanish": "spanish", "German": "german", "Latin": "latin", "Computing": "computing",
    "Computer science": "computerscience cs ict", "Economics": "economics", "Religious education": "re religion",
    "Physical education": "pe sport", "Mathematik": "mathematik mathe", "Deutsch": "deutsch", "Englisch": "englisch",
    "Französisch": "franzosisch", "Latein": "latein", "Biologie": "biologie", "Chemie": "chemie", "Physik": "physik",
    "Geschichte": "geschichte", "Erdkunde": "erdkunde", "Geographie": "geographie", "Informatik": "informatik",
    "Musik": "musik", "Kunst": "kunst", "Mathématiques": "mathematiques", "Français": "francais", "Anglais": "anglais",
    "Matemáticas": "matematicas", "Lengua": "lengua", "Inglés": "ingles",
}  # fmt: skip
BY_WORD = {word: subject for subject, words in NAMED.items() for word in words.split()}
# What names of files say beside a subject.
OF_FILES = frozenset(
    ["uci", "kaggle", "student", "students", "pupil", "pupils", "schuler", "data", "dataset", "export", "import", "list", "liste", "marks", "mark", "scores", "score", "results", "result", "grades", "grade", "exams", "exam", "performance", "report", "class", "klasse", "noten", "new", "final", "copy", "download", "csv", "xlsx", "txt", "tsv"]
)  # fmt: skip


def subject_in(words: Sequence[str]) -> str:
    """Of the words of a head that are left when marks are taken away; empty where none is."""
    for word in words:
        if word in BY_WORD:
            return BY_WORD[word]
    left = " ".join(word for word in words if not word.isdecimal() and len(word) > 2)
    return (left[:1].upper() + left[1:])[:LONGEST]


def subject_of_file(name: str) -> str:
    stem = PurePath(name).stem if name else ""
    words = [word for word in words_of(stem).split() if word not in OF_FILES and not any(map(str.isdecimal, word))]
    return subject_in(words) or _("General")
