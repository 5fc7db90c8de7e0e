"""The two things a reader says of a whole file: that it cannot be read, and how it was read."""

from students.importing.findings import Finding, Severity, Unreadable


def unreadable(code: str, name: str, sentence: str, *, line: int = 0, column: str = "", value: str = "") -> Unreadable:
    return Unreadable(Finding(code, name, line, column, value, sentence))


def note(code: str, name: str, sentence: str, *, line: int = 0, column: str = "", value: str = "") -> Finding:
    return Finding(code, name, line, column, value, sentence, Severity.NOTE)
