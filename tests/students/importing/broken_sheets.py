"""Every kind of broken spreadsheet that we know of: how it is made, and what is said about it, and where."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from students.importing.mapping import DayOrder, ExamColumn, Layout, Mapping
from tests.students.importing import broken_files as files
from tests.students.importing.broken import Broken

ON = date(2026, 1, 15)
WIDE = Mapping(
    source="office",
    days=DayOrder.DAY_FIRST,
    student={"external_id": "Number", "name": "Name", "birth_date": "Born"},
    exams={"Maths": ExamColumn("Maths", "Autumn test", date(2025, 10, 1), Decimal(20))},
    indicators={"Bus": "yes/no", "Hours": "number"},
    on=date(2025, 10, 1),
)
RESULTS = Mapping(
    Layout.RESULTS,
    source="office",
    student={"external_id": "Number"},
    row={"exam": "Exam", "subject": "Subject", "day": "Day", "maximum": "Most", "score": "Points"},
)
REGISTER = Mapping(
    Layout.ATTENDANCE, source="office", student={"external_id": "Number"}, row={"day": "Day", "status": "Mark"}
)
ENROLMENTS = Mapping(
    Layout.ENROLMENTS,
    source="office",
    student={"external_id": "Number"},
    row={"school_class": "Class", "subject": "Subject", "starts": "From", "ends": "To"},
)
HEADS = "Number;Name;Born;Maths;Bus;Hours"
SAM = '1;"Winter, Sam";3.4.2012;17;yes;2'
MIA = "2;Mia Sommer;4.5.2012;12;no;3"


@dataclass(frozen=True)
class BrokenSheet(Broken):
    mapping: Mapping = field(default=WIDE)


def csv(*lines: str, heads: str = HEADS) -> tuple[str, bytes]:
    return "marks.csv", "\n".join((heads, *lines, "")).encode()


def row(kind: str, line: str, code: str, says: str) -> BrokenSheet:
    """A wide table whose third line is broken, between two that are not."""
    return BrokenSheet(kind, lambda: csv(SAM, line, MIA), code, says, 3)


def raw(kind: str, content: bytes, code: str, says: str, line: int = 0, name: str = "marks.csv") -> BrokenSheet:
    return BrokenSheet(kind, lambda: (name, content), code, says, line)


def long(kind: str, mapping: Mapping, lines: tuple[str, ...], code: str, says: str) -> BrokenSheet:
    """The last of the lines is broken; the first is the head."""
    return BrokenSheet(kind, lambda: csv(*lines[1:], heads=lines[0]), code, says, len(lines), mapping)


TABLE = files.excel(tuple(HEADS.split(";")), (1, "Sam Winter", date(2012, 4, 3), 17, "yes", 2))
GOOD = csv(SAM, MIA)[1]
EXAMS, MARKS, SEATS = "Number,Exam,Subject,Day,Most,Points", "Number,Day,Mark", "Number,Class,Subject,From,To"
FIRST = "1,Test,Maths,2025-10-01,20,17"

NO_TABLE: list[BrokenSheet] = [
    raw("empty file", b"", "empty", "The file is empty"),
    raw("only a byte order mark", b"\xef\xbb\xbf", "empty", "The file is empty"),
    raw("only empty rows", b",,,\n,,,\n\n", "empty", "The file is empty"),
    raw("only a head", HEADS.encode() + b"\n", "head_only", "nothing below", 1),
    raw("a million columns", b"a;" * 1_000_000 + b"\n1\n", "line_too_long", "longer than", 1),
    raw("thousands of columns", ";".join(f"c{n}" for n in range(3000)).encode() + b"\n1\n", "too_many_columns", "3000", 1),
    raw("a NUL byte", GOOD + b"3;A\0b;;;;\n", "nul", "value zero", 4),
    raw("two encodings in one file", csv("3;Zoë;;;;")[1] + "4;Jürgen;;;;\n".encode("cp1252"), "mixed_encodings", "line 3", 3),
    raw("UTF-16 cut in half", csv(SAM)[1].decode().encode("utf-16")[:-1], "undecodable", "UTF-16", 2),
    raw("UTF-32", GOOD.decode().encode("utf-32"), "unknown_encoding", "UTF-32"),
    raw("a quotation mark that is never closed", GOOD + b'3;"Lee;;;;\n4;B;;;;\n', "quotes", "not closed", 4),
    raw("two columns of one name", b"Number;Name;Born;Maths;Maths;Bus;Hours\n1;A B;;1;2;;\n", "head_twice", "both named", 1),
    raw("no head", b"1;5.6.2012;17\n2;7.8.2012;12\n", "no_head", "No row with the names", 1),
    raw("Excel from before 2007", files.old_excel(), "old_excel", "before 2007", name="marks.xls"),
    raw("Excel with a password", files.encrypted_excel(), "encrypted", "protected by a password", name="marks.xlsx"),
    raw("a text document renamed", files.zipped(**{"word/document.xml": b"<w/>"}), "not_excel", "no Excel file", name="marks.xlsx"),
    raw("a PDF renamed", b"%PDF-1.7\n" + bytes(range(256)) * 20, "binary", "no text file"),
    raw("a picture renamed", b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40, "binary", "no text file"),
    raw("a web page named .xls", b"<html><table><tr><td>1</table>", "web_page", "web page", name="marks.xls"),
    raw("Excel cut off on its way", files.cut_short(TABLE), "bad_zip", "zip is broken", name="marks.xlsx"),
    raw("Excel that unpacks to nothing but zeros",
        files.with_entry(TABLE, "xl/worksheets/sheet1.xml", bytes(40 << 20)), "bomb", "packed more tightly", name="m.xlsx"),
    raw("Excel that declares 2 GB", files.declaring(TABLE, (2 << 30) - 1), "bomb", "more than", name="marks.xlsx"),
    raw("Excel with a broken sheet",
        files.with_entry(TABLE, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row r='1'>"), "bad_excel", "broken", 1, name="m.xlsx"),
    BrokenSheet("a sheet that is not there", lambda: ("m.xlsx", TABLE), "no_sheet", "There is no sheet", 0, replace(WIDE, sheet="Autumn")),
    BrokenSheet("another file than the mapping is for", lambda: csv("1;2;3", heads="Nummer;Name;Note"), "column_missing", "“Number”", 1),
    BrokenSheet("a merged head above the head", lambda: ("m.xlsx", files.excel(
        ("Class 7a", None, None, None, None, None), tuple(HEADS.split(";")), (1, "A B", None, 1, "yes", 2))),
        "column_missing", "does not have", 1, replace(WIDE, head=1)),
    BrokenSheet("a mapping with a fact twice", lambda: csv(SAM), "fact_twice", "“name” twice", 1,
                replace(WIDE, student={**WIDE.student, "family_name": "Born"})),
    BrokenSheet("a mapping with an exam twice", lambda: csv(SAM), "exam_twice", "one exam twice", 1,
                replace(WIDE, exams={**WIDE.exams, "Hours": WIDE.exams["Maths"]}, indicators={})),
    BrokenSheet("a mapping without students", lambda: csv(SAM), "no_student", "id or name", 1, replace(WIDE, student={})),
    BrokenSheet("row numbers as ids of long rows", lambda: csv(FIRST, heads=EXAMS), "no_student", "number of a row", 1,
                replace(RESULTS, student={"external_id": "#row"})),
    BrokenSheet("results without a day", lambda: csv(FIRST, heads=EXAMS), "fact_missing", "“day”", 1,
                replace(RESULTS, row={fact: head for fact, head in RESULTS.row.items() if fact != "day"})),
]  # fmt: skip

OF_ROWS: list[BrokenSheet] = [
    row("a row that is too short", "3;A B", "row_length", "here are 2"),
    row("a row that is too long", "3;A B;;;;;more", "row_length", "here are 7"),
    row("a quotation mark that swallows cells", '3;"A" B;5.6.2012;17";yes', "row_length", "here are 5"),
    row("an empty id", ";A B;;;;", "empty", "the cell is empty"),
    row("an id that is a missing code", "N/A;A B;;;;", "empty", "the cell is empty"),
    row("an id of 300 letters", f"{'x' * 300};A B;;;;", "too_long", "255 letters at most; these are 300"),
    row("an id that is a formula", "=1+2;A B;;;;", "formula", "formula"),
    row("an id that Excel cut", "1,23457E+14;A B;;;;", "id_cut_short", "Save that column as text"),
    row("an id with a control character", "3\x07;A B;;;;", "invisible_sign", "U+0007"),
    row("a name of 500 letters", f"3;A {'b' * 500};;;;", "too_long", "80 letters at most"),
    row("a name with a control character", "3;A\x0bB C;;;;", "invisible_sign", "U+000B"),
    row("a name with a sign of no width", "3;A\u200bB C;;;;", "invisible_sign", "U+200B"),
    row("a name that turns the text round", "3;A \u202eB;;;;", "invisible_sign", "U+202E"),
    row("a name with a broken letter", "3;J\ufffdrgen C;;;;", "broken_letters", "another encoding"),
    row("a day in another order", "3;A B;6/25/2012;;;", "day_order", "month, day, year"),
    row("29 February of another year", "3;A B;29.2.2011;;;", "no_such_day", "2011 has no 29 February"),
    row("31 April", "3;A B;31.4.2012;;;", "no_such_day", "30 days"),
    row("the month 13", "3;A B;13.13.2012;;;", "no_such_day", "month from 1 to 12"),
    row("the year 24", "3;A B;1.5.0024;;;", "year_out_of_range", "1900 to 2100"),
    row("the year 9999", "3;A B;31.12.9999;;;", "year_out_of_range", "1900 to 2100"),
    row("a birthday that lies ahead", "3;A B;1.5.2026;;;", "day_ahead", "up to 15 January 2026"),
    row("a day in words", "3;A B;last spring;;;", "not_a_day", "31.01.2006"),
    row("Excel's number of a day", "3;A B;41002;;;", "not_a_day", "31.01.2006"),
    row("a score over the maximum", "3;A B;;25;;", "score_over_maximum", "20 points at most; 25 is more"),
    row("a score below zero", "3;A B;;-1;;", "score_negative", "less than 0"),
    row("a score in words", "3;A B;;good;;", "not_a_number", "one of: abs"),
    row("a score that is a formula", "3;A B;;=B2*2;;", "formula", "formula"),
    row("a score out of another maximum", "3;A B;;17/25;;", "maximum_differs", "out of 20"),
    row("a percentage over 100", "3;A B;;120 %;;", "score_over_maximum", "24 is more"),
    row("a score that is no number", "3;A B;;NaN;;", "not_a_number", "Expected points"),
    row("an endless score", "3;A B;;inf;;", "not_a_number", "Expected points"),
    row("a score with 400 digits", "3;A B;;1e400;;", "number_out_of_range", "Expected a number between"),
    row("yes or no by another word", "3;A B;;;perhaps;", "not_yes_or_no", "ja and nein"),
    row("a number in words", "3;A B;;;;many", "not_a_number", "Expected a number"),
    row("a number with two meanings", "3;A B;;;;1.234", "two_meanings", "two ways"),
    row("a number that no record holds", "3;A B;;;;12345678901", "number_out_of_range", "9999999"),
    row("a number with a superscript", "3;A B;;;;5²", "not_a_number", "Expected a number"),
    row("two students with one id", "1;A B;;;;", "double", "Line 2 has the same student"),
    BrokenSheet("a formula that was never calculated", lambda: ("m.xlsx", files.excel(
        tuple(HEADS.split(";")), (1, "Sam W", None, 17, "yes", 2), (2, "Mia S", None, "=A3*2", "no", 3))),
        "formula_without_value", "never calculated", 3),
    BrokenSheet("a decimal point where commas are said", lambda: csv(SAM, "3;A B;;12.5;;"), "decimal_sign", "“,”", 3, replace(WIDE, decimal=",")),
    BrokenSheet("a grade level of 40", lambda: csv("40;7", heads="Grade;Number"), "not_a_grade", "0 to 14", 2,
                Mapping(student={"external_id": "Number", "grade_level": "Grade"})),
    BrokenSheet("a student who leaves before they come", lambda: csv("7;2025-09-01;2025-08-01", heads="Number;From;To"),
                "days_in_order", "not before the first", 2, Mapping(student={"external_id": "Number", "starts": "From", "ends": "To"})),
    long("a result twice", RESULTS, (EXAMS, FIRST, FIRST), "double", "same student in the same exam"),
    long("an exam with two maxima", RESULTS, (EXAMS, FIRST, "2,Test,Maths,2025-10-01,30,17"), "maximum_differs", "as in line 2"),
    long("a maximum of nothing", RESULTS, (EXAMS, FIRST, "2,Quiz,Maths,2025-10-01,0,0"), "maximum_out_of_range", "above 0"),
    long("a result of no exam", RESULTS, (EXAMS, FIRST, "2,,Maths,2025-10-01,20,17"), "empty", "the cell is empty"),
    long("a result of no day", RESULTS, (EXAMS, FIRST, "2,Test,Maths,,20,17"), "empty", "the cell is empty"),
    long("a score over the maximum of its row", RESULTS, (EXAMS, FIRST, "2,Test,Maths,2025-10-01,20,21"), "score_over_maximum", "21 is more"),
    long("an unknown attendance code", REGISTER, (MARKS, "1,2025-10-01,P", "2,2025-10-01,Q"), "unknown_code", "P, L, A, E"),
    long("attendance on a day ahead", REGISTER, (MARKS, "1,2025-10-01,P", "2,2026-10-01,P"), "day_ahead", "up to 15 January 2026"),
    long("two marks for one day", REGISTER, (MARKS, "1,2025-10-01,P", "1,2025-10-01,A"), "double", "on the same day"),
    long("an enrolment that ends before it begins", ENROLMENTS, (SEATS, "1,7a,Maths,2025-09-01,", "2,7a,Maths,2025-09-01,2025-08-01"), "days_in_order", "not before the first"),
    long("an enrolment twice", ENROLMENTS, (SEATS, "1,7a,Maths,2025-09-01,", "1,7a,Maths,2025-09-01,"), "double", "same class"),
]  # fmt: skip
SHEETS = NO_TABLE + OF_ROWS
