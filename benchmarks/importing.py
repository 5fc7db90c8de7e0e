"""`python -m benchmarks.importing`: how long imports take on PostgreSQL, how much memory they need, and how that compares with
a bare COPY of the same rows.

Through the shell's own commands, each in a process of its own: a bundle with 31,000 enrolments and 100,000 results, then the
same again; students, enrolments and 1,000,000 results from spreadsheets, then the results again. BENCH_RESULTS sets how many.
"""

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import psycopg

from benchmarks.__main__ import BASE_DIR, manage, variables
from tests.run import postgres
from tests.students.importing.bundles import SUBJECTS, make_bundle

RESULTS = int(os.environ.get("BENCH_RESULTS", "1000000"))
CLASSES_EACH, EXAMS_EACH = 5, 10
STUDENTS = RESULTS // (CLASSES_EACH * EXAMS_EACH)
TODAY = date.today()
AGO = TODAY - timedelta(days=60)
STARTS = date(AGO.year - (AGO.month < 8), 8, 1)  # of a school year of which at least two months are over
STEP = min(TODAY - STARTS, timedelta(days=300)) // (EXAMS_EACH + 1)
COLUMNS = (
    "id, origin, source, external_id, version, created_at, updated_at, exam_id, student_id, status, score, recorded_by_id, "
    "recorded_at, known_on"
)
MAPPINGS = {
    "students": """
layout = "students"
source = "bench"
[student]
external_id = "Number"
given_name = "Given name"
family_name = "Family name"
grade_level = "Grade"
""",
    "enrolments": """
layout = "enrolments"
source = "bench"
[student]
external_id = "Number"
[row]
school_class = "Class"
subject = "Subject"
starts = "From"
""",
    "results": """
layout = "results"
source = "bench"
[student]
external_id = "Number"
[row]
school_class = "Class"
subject = "Subject"
exam = "Exam"
day = "Day"
maximum = "Most"
score = "Points"
""",
}

# Printed: seconds of the work that an upload waits for, by how many columns the file has.
WIDE = """
import time
from datetime import date
from io import BytesIO
from students.importing.spreadsheet import look_at
for columns in (500, 2000):
    rows = [[f'Maths test {column}' for column in range(columns)]]
    rows += [[str((row * 7 + column) % 20) for column in range(columns)] for row in range(30)]
    file = BytesIO('\\n'.join(map(';'.join, rows)).encode())
    begun = time.process_time()
    look_at(file, 'wide.csv', date.today())
    print(f'a file of {columns:,} columns is recognised in {time.process_time() - begun:.2f} s')
"""


def place(student: int, turn: int) -> tuple[str, str]:
    """The class in which a student sits in one of their subjects, about thirty in each."""
    subject = SUBJECTS[turn]
    return f"{subject} {student // 30 + 1}", subject


def students() -> Iterator[list[object]]:
    yield ["Number", "Given name", "Family name", "Grade"]
    for number in range(STUDENTS):
        yield [f"N{number:06}", f"Given {number % 400}", f"Family {number}", 6 + number % 6]


def enrolments() -> Iterator[list[object]]:
    yield ["Number", "Class", "Subject", "From"]
    for number in range(STUDENTS):
        for turn in range(CLASSES_EACH):
            yield [f"N{number:06}", *place(number, turn), STARTS]


def results() -> Iterator[list[object]]:
    yield ["Number", "Class", "Subject", "Exam", "Day", "Most", "Points"]
    for turn in range(CLASSES_EACH):
        for exam in range(EXAMS_EACH):
            day = STARTS + STEP * (exam + 1)
            for number in range(STUDENTS):
                points = (number * 7 + exam * 13 + turn * 5) % 101 / 2
                yield [f"N{number:06}", *place(number, turn), f"Test {exam + 1}", day, 50, points]


def written(folder: Path, name: str, rows: Iterator[list[object]]) -> Path:
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(rows)
    (folder / f"{name}.toml").write_text(MAPPINGS[name], encoding="utf-8")
    return folder / f"{name}.csv"


def run(label: str, environment: dict[str, str], *arguments: str) -> float:
    """One command; prints its seconds and the most memory its process had."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "manage.py", *arguments], cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    told = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begun
    ending = os.waitstatus_to_exitcode(status)
    print(
        f"| {label} | {seconds:.1f} | {used.ru_maxrss // 1024} |" + (f" ended with {ending}" if ending else ""),
        flush=True,
    )
    if ending:
        sys.exit(told[-2000:])
    return seconds


def bare_copy(url: str, school: str) -> tuple[int, float]:
    """The same rows of results, alone, into a table with the same keys, checks and indexes."""
    with psycopg.connect(url) as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE bare (LIKE students_result INCLUDING ALL)")
        asked = (
            f"COPY (SELECT {COLUMNS} FROM students_result JOIN (SELECT id AS wanted FROM students_exam WHERE school_id = "
            "(SELECT id FROM students_school WHERE slug = %s)) AS own ON own.wanted = exam_id) TO STDOUT"
        )
        with cursor.copy(asked, [school]) as copy:
            rows = b"".join(copy)
        begun = time.monotonic()
        with cursor.copy(f"COPY bare ({COLUMNS}) FROM STDIN") as copy:
            copy.write(rows)
        connection.commit()
        seconds = time.monotonic() - begun
        cursor.execute("DROP TABLE bare")
        return rows.count(b"\n"), seconds


def recognise(environment: dict[str, str]) -> None:
    """Columns by their names and cells; alone in its process, whose start is not counted."""
    asked = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", WIDE]
    print(subprocess.run(asked, cwd=BASE_DIR, env=environment, check=True, capture_output=True, text=True).stdout)


def measure(url: str, folder: Path) -> None:
    environment = variables(url, f"{folder}/var")
    recognise(environment)
    manage(environment, "migrate", "--verbosity", "0")
    made = "from students.models import School\nfor name in ('bundle', 'sheets'): School.objects.create(name=name, slug=name)"
    manage(environment, "shell", "--verbosity", "0", "-c", made)
    print("| what | seconds | peak memory of the process, MB |\n|---|---:|---:|")
    bundle = make_bundle(4200, classes_each=8, class_size=30, items_each=3, on=TODAY)
    sizes = f"{len(bundle.rows['enrollments']):,} enrolments, {len(bundle.rows['results']):,} results"
    (folder / "bundle.zip").write_bytes(bundle.zipped())
    package = ("import_oneroster", f"{folder}/bundle.zip", "--school", "bundle", "--yes", "--json")
    first = run(f"a bundle with {sizes}", environment, *package)
    again = run("the same bundle again: nothing to do", environment, *package)
    copied = {"bundle": (first, again)}
    for name, rows in (("students", students()), ("enrolments", enrolments()), ("results", results())):
        sheet = written(folder, name, rows)
        asked = (
            "import_csv",
            str(sheet),
            "--school",
            "sheets",
            "--mapping",
            f"{folder}/{name}.toml",
            "--yes",
            "--json",
        )
        first = run(f"{name} from one CSV", environment, *asked)
    copied["sheets"] = (first, run("the same results again: nothing to do", environment, *asked))
    for school, (whole, repeated) in copied.items():
        count, seconds = bare_copy(url, school)
        print(
            f"\n{school}: a bare COPY of its {count:,} results takes {seconds:.1f} s; the import takes {whole / seconds:.1f} "
            f"times that, the same file again {repeated / whole:.2f} of the first time"
        )


def main() -> None:
    url, reason = postgres()
    if reason:
        sys.exit(f"This needs PostgreSQL: {reason}")
    base, _, name = url.rpartition("/")
    with tempfile.TemporaryDirectory() as folder, psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            measure(url, Path(folder))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


if __name__ == "__main__":
    main()
