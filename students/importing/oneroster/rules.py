"""Which line item is an exam of which kind: by the rules of the profile, else by the words in its category and title."""

from collections.abc import Sequence
from dataclasses import dataclass

from students.importing.mapping import ExamRule
from students.models.exams import ExamKind

# The first kind one of whose words is found. Words of languages whose schools we know.
WORDS: tuple[tuple[ExamKind, tuple[str, ...]], ...] = (
    (ExamKind.FINAL, ("final", "abschluss")),
    (ExamKind.QUIZ, ("quiz", "pop test")),
    (ExamKind.ORAL, ("oral", "speaking", "presentation", "mündlich", "referat")),
    (ExamKind.COURSEWORK, ("homework", "coursework", "project", "assignment", "lab report", "essay", "hausaufgabe")),
    (ExamKind.TEST, ("test", "exam", "midterm", "assessment", "klausur", "schulaufgabe")),
)


@dataclass(frozen=True, slots=True)
class Decided:
    kind: str
    is_target: bool = False
    is_left_out: bool = False
    by_rule: bool = False


def decide(rules: Sequence[ExamRule], *, category: str, title: str, course: str) -> Decided:
    for rule in rules:
        wanted = ((rule.category, category), (rule.title, title), (rule.course, course))
        if all(text.casefold() in where.casefold() for text, where in wanted):
            return Decided(rule.kind, rule.target, rule.leave_out, by_rule=True)
    return Decided(by_words(category, title) or ExamKind.COURSEWORK.value)


def by_words(category: str, title: str) -> str:
    """The title knows better than the category, which often is a heap of everything. "": neither says a kind."""
    for text in (title.casefold(), category.casefold()):
        for kind, words in WORDS:
            if any(word in text for word in words):
                return kind.value
    return ""
