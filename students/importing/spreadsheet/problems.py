"""What is wrong in a file, gathered while it is read: told in the order of its lines, leniency once for each kind."""

from collections.abc import Iterable

from students.importing.findings import Finding, Findings, Severity
from students.importing.incoming import Array
from students.importing.spreadsheet.notes import SENTENCES, Noted
from students.importing.spreadsheet.values import Fault


class Problems:
    """Faults wait until their block is through (`tell`), notes until the file is (`tell_notes`)."""

    def __init__(self, findings: Findings, file: str, heads: list[str]) -> None:
        self.file = file
        self._findings = findings
        self._places = {head: place for place, head in enumerate(heads)}
        self._waiting: list[Finding] = []
        self._noted: dict[str, Noted] = {}

    def fault(self, line: int, column: str, value: str, fault: Fault) -> None:
        self._waiting.append(Finding(fault.code, self.file, line, column, value, fault.expected))

    def note(self, kind: str, count: int, line: int, column: str = "", value: str = "") -> None:
        if (noted := self._noted.get(kind)) is not None:
            noted.count += count
        else:
            self._noted[kind] = Noted(count, line, column, value)

    def note_rows(self, kind: str, lines: Array, column: str = "") -> None:
        if len(lines):
            self.note(kind, len(lines), int(lines[0]), column)

    def left_out(self, code: str, line: int, column: str, sentence: str) -> None:
        self._findings.add(Finding(code, self.file, line, column, "", sentence, Severity.NOTE))

    def measure(self, names: Iterable[str]) -> None:
        self._findings.measure(names)

    def tell(self) -> None:
        self._waiting.sort(key=lambda each: (each.line, self._places.get(each.column, -1)))
        self._findings.extend(self._waiting)
        self._waiting.clear()

    def tell_notes(self) -> None:
        self.tell()
        for kind, noted in self._noted.items():
            told = SENTENCES[kind](noted.count)
            self._findings.add(
                Finding(kind, self.file, noted.line, noted.column, noted.value, told, Severity.NOTE)
            )  # fmt: skip
        self._noted.clear()
