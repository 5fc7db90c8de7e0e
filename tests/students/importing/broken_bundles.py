"""OneRoster bundles that are broken, each in one way: how they are made, and what is said about them where."""

import stat
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from students.importing.limits import MB
from tests.students.importing.broken import Broken
from tests.students.importing.oneroster_made import Files, files_11, files_12, only, swapped, zipped

NAME = "bundle.zip"
Made = Callable[[], tuple[str, bytes]]


def made(files: Callable[[], Files]) -> Made:
    return lambda: (NAME, zipped(files()))


def swap(file: str, old: str, new: str, start: Callable[[], Files] = files_11) -> Made:
    return made(lambda: swapped(start(), file, old, new))


def more(file: str, *rows: str, start: Callable[[], Files] = files_11) -> Made:
    return made(lambda: {**start(), file: start()[file] + "".join(f"{row}\n" for row in rows)})


def without(file: str, start: Callable[[], Files] = files_11) -> Made:
    return made(lambda: {name: text for name, text in start().items() if name != file})


def raw(content: Callable[[], bytes]) -> Made:
    return lambda: (NAME, content())


def as_bytes(file: str, change: Callable[[bytes], bytes]) -> Made:
    def make() -> tuple[str, bytes]:
        files: dict[str, str | bytes] = {**files_11()}
        files[file] = change(files_11()[file].encode())
        return NAME, zipped(files)

    return make


def entry(name: str, content: bytes = b"", mode: int = 0) -> Made:
    """The whole bundle, with one thing more in the zip."""

    def make() -> tuple[str, bytes]:
        out = BytesIO(zipped(files_11()))
        with ZipFile(out, "a", ZIP_DEFLATED) as package:
            info = ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = ZIP_DEFLATED
            package.writestr(info, content)
        return NAME, out.getvalue()

    return make


def patched(offset: int, length: int, value: int) -> Made:
    """A number of the first entry in the list at the end of the zip."""

    def make() -> tuple[str, bytes]:
        content = bytearray(zipped(files_11()))
        place = content.find(b"PK\1\2") + offset
        content[place : place + length] = value.to_bytes(length, "little")
        return NAME, bytes(content)

    return make


def damaged() -> bytes:
    content = bytearray(zipped({**only(users=""), "users": "x" * 5_000}))
    place = content.find(b"users.csv") + len("users.csv")
    content[place : place + 10] = bytes(10)
    return bytes(content)


def many_entries() -> bytes:
    return zipped({f"file{number}.txt": "" for number in range(1_200)})


def endless_row(number: int) -> str:
    return "x" * number


def twice() -> bytes:
    out = BytesIO(zipped(files_11()))
    with ZipFile(out, "a") as package:
        package.writestr("Users.csv", files_11()["users"])
    return out.getvalue()


ZIPS = [
    Broken("no zip at all", raw(lambda: b"sourcedId,name\n"), "bad_zip", "The zip is broken"),
    Broken("an empty upload", raw(lambda: b""), "bad_zip", "The zip is broken"),
    Broken("a zip cut off on its way", raw(lambda: zipped(files_11())[:-60]), "bad_zip", "cut off"),
    Broken("damaged contents of an entry", raw(damaged), "bad_entry", "users.csv cannot be unpacked"),
    Broken("an empty zip", raw(lambda: zipped({})), "no_bundle", "holds no file of a OneRoster bundle"),
    Broken("a zip of other things", raw(lambda: zipped({"a.txt": "a"})), "no_bundle", "Expected manifest.csv"),
    Broken("a zip with 1,200 files", raw(many_entries), "bomb", "more than 1000 files"),
    Broken("2 GB declared for one entry", patched(24, 4, 2**31), "bomb", "more than 1024 MB"),
    Broken("an entry packed 1,000 to 1", entry("orgs.txt", bytes(30 * MB)), "bomb", "packed more tightly"),
    Broken("a password on the zip", patched(8, 2, 1), "encrypted", "protected by a password"),
    Broken("a path that climbs out", entry("../users.csv"), "zip_path", "outside"),
    Broken("a path from the root", entry("/etc/users.csv"), "zip_path", "outside"),
    Broken("a path with a drive letter", entry("C:\\users.csv"), "zip_path", "outside"),
    Broken("a symbolic link", entry("link.csv", b"users.csv", stat.S_IFLNK | 0o777), "zip_link", "pointer"),
    Broken("a zip inside the zip", entry("inner.zip", b"PK"), "zip_nested", "archive inside the zip"),
    Broken("a file twice, in other capitals", raw(twice), "zip_twice", "users.csv is in the zip more than once"),
    Broken("files in two folders", entry("copy/orgs.csv", b"x"), "zip_folders", "different folders"),
]  # fmt: skip
MANIFESTS = [
    Broken("version 1.0", swap("manifest", "version,1.1", "version,1.0"), "version", "one of: 1.1, 1.2", 3),
    Broken("version 2.0", swap("manifest", "version,1.1", "version,2.0"), "version", "cannot be read", 3),
    Broken("no version", swap("manifest", "oneroster.version,1.1\n", ""), "version_missing", "does not say which"),
    Broken("an unknown manifest", swap("manifest", "t.version,1.0", "t.version,3.0"), "manifest_version", "Expected 1.0", 2),
    Broken("an unknown mode", swap("manifest", "users,bulk", "users,some"), "manifest_mode", "absent, bulk, delta", 16),
    Broken("two modes for one file", swap("manifest", "file.users,bulk", "file.users,bulk\nfile.users,delta"), "manifest_twice", "twice", 17),
    Broken("said to be absent but there", swap("manifest", "users,bulk", "users,absent"), "declared_absent", "it is in the zip", 16),
    Broken("announced but not there", without("orgs"), "declared_but_missing", "orgs.csv is announced as bulk", 13),
    Broken("a manifest in another encoding", as_bytes("manifest", lambda text: text.replace(b"Made up", b"Caf\xe9")), "manifest_damaged", "UTF-8", 17),
]  # fmt: skip
HEADS = [
    Broken("a file without any line", made(lambda: {**files_11(), "users": ""}), "no_head", "The file is empty"),
    Broken("a required column is missing", swap("users", "givenName", "nickname"), "column_missing", "This column is missing", 1),
    Broken("a column twice", swap("users", "username,userIds", "username,username"), "column_twice", "two columns of this name", 1),
    Broken("semicolons between cells", made(lambda: {**files_11(), "orgs": files_11()["orgs"].replace(",", ";")}), "delimiter", "not divided by commas", 1),
    Broken("a million columns", made(lambda: {**files_11(), "orgs": "," * 1_000_000}), "too_many_columns", "1000001 columns", 1),
    Broken("UTF-16", as_bytes("users", lambda text: text.decode().encode("utf-16")), "utf16", "Expected UTF-8", 1),
    Broken("a head that is no UTF-8", as_bytes("users", lambda text: text.replace(b"sms", b"\xff")), "head_not_utf8", "Save the file as UTF-8", 1),
    Broken("a delta without its columns", made(lambda: {**only(users="sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName\n"), "manifest": only(users="")["manifest"].replace("users,bulk", "users,delta")}), "column_missing", "This column is missing", 1),
]  # fmt: skip
ROWS = [
    Broken("a row with too few cells", swap("orgs", "s1,,,Lakeside School,school,,d1", "s1,,,Lakeside School"), "cells", "has 4 cells. Expected 7", 3),
    Broken("a row with too many cells", swap("users", "09,hunter2", "09,hunter2,more"), "cells", "has 19 cells. Expected 18", 3),
    Broken("a row in another encoding", as_bytes("users", lambda text: text.replace(b"Mia", b"Mi\xe4")), "not_utf8", "no UTF-8 text", 4),
    Broken("a character of value zero", swap("users", "Mia", "Mi\0a"), "nul", "value zero", 4),
    Broken("a quotation mark in a cell", swap("users", ",Mia,", ',"Mia"x,'), "quotes", "Expected it twice", 4),
    Broken("a quotation mark never closed", swap("users", ",Mia,", ',"Mia,'), "quotes_open", "not closed again", 4),
    Broken("a row without end", more("users", endless_row(1_100_000)), "line_too_long", "longer than 1048576 characters", 6),
    Broken("an empty required cell", swap("users", ",Mia,", ",,"), "required", "The cell is empty", 4),
    Broken("an empty id", swap("users", "mia,,,", ",,,"), "required", "The cell is empty", 4),
    Broken("an id with forbidden signs", more("users", "x y,,,true,s1,student,x,,X,Y,,,,,,,09,"), "bad_id", "letters, digits and the signs", 6),
    Broken("an id that is too long", more("users", f"{'x' * 256},,,true,s1,student,x,,X,Y,,,,,,,09,"), "bad_id", "up to 255", 6),
    Broken("an id twice", more("users", "mia,,,true,s1,student,x,,X,Y,,,,,,,09,"), "id_twice", "has this id already", 6),
    Broken("an unknown word", swap("users", "s1,parent", "s1,janitor"), "bad_choice", "Expected one of: administrator", 5),
    Broken("an unknown status", swap("users", "mia,,,", "mia,gone,,"), "bad_choice", "active, tobedeleted, inactive", 4),
    Broken("a 29 February that never was", swap("enrollments", "2026-08-17", "2026-02-29"), "bad_day", "like 2026-09-01", 3),
    Broken("a day in words", swap("enrollments", "2026-08-17", "17. August"), "bad_day", "between 1900 and 2200", 3),
    Broken("a day of two meanings", swap("enrollments", "2026-08-17", "08/09/2026"), "two_days", "two different days", 3),
    Broken("a year 2926", swap("enrollments", "2026-08-17", "2926-08-17"), "bad_day", "between 1900 and 2200", 3),
    Broken("a school year of three years", swap("academicSessions", "y1,2027", "y1,2025-2027"), "bad_year", "school year ends", 3),
    Broken("neither true nor false", swap("users", "ada,,,true", "ada,,,maybe"), "bad_yes_no", "true or false", 2),
    Broken("a score in words", swap("results", "17.5", "good"), "bad_number", "like 12 or 12.5", 2),
    Broken("a score that is not a number", swap("results", "17.5", "NaN"), "bad_number", "like 12 or 12.5", 2),
    Broken("a score with a decimal comma", swap("results", "17.5", '"17,5"'), "bad_number", "like 12 or 12.5", 2),
    Broken("a formula as a score", swap("results", "17.5", "=1+1"), "bad_number", "like 12 or 12.5", 2),
]  # fmt: skip
MEANINGS = [
    Broken("an enrolment of nobody", swap("enrollments", "s1,mia", "s1,max"), "dangling", "in users.csv", 4),
    Broken("an enrolment in no class", swap("enrollments", "c1,s1,mia", "c7,s1,mia"), "dangling", "in classes.csv", 4),
    Broken("a class of no course", swap("classes", "09,m,", "09,n,"), "dangling", "in courses.csv", 2),
    Broken("a class in no session", swap("classes", "s1,t1", "s1,t7"), "dangling", "in academicSessions.csv", 2),
    Broken("a class without a course", swap("classes", "09,m,", "09,,"), "no_course", "Neither a course nor a subject", 2),
    Broken("a result of no line item", swap("results", "i1,mia", "i7,mia"), "dangling", "in lineItems.csv", 3),
    Broken("a guardian who is not there", swap("users", ",gus,09", ",gil,09"), "dangling", "in users.csv", 3),
    Broken("organisations in a ring", swap("orgs", "district,,", "district,,s1"), "cyclic", "above itself", 2),
    Broken("sessions in a ring", swap("academicSessions", "2027-06-10,,2027", "2027-06-10,t1,2027"), "cyclic", "above itself", 2),
    Broken("a parent that is not there", swap("orgs", "school,,d1", "school,,d7"), "dangling", "in orgs.csv", 3),
    Broken("a school year that is none", swap("courses", "m,,,y1", "m,,,t1"), "no_school_year", "no school year", 2),
    Broken("a class at a district", swap("classes", "homeroom,,s1", "homeroom,,d1"), "not_a_school", "is no school", 2),
    Broken("an enrolment at a district", swap("enrollments", "c1,s1,mia", "c1,d1,mia"), "not_a_school", "is no school", 4),
    Broken("two primary teachers", made(lambda: {**files_11(), "enrollments": files_11()["enrollments"] + "e9,,,c1,s1,ada,teacher,true,,\n"}), "two_primary", "another primary teacher", 5),
    Broken("two primary roles", more("roles", "r9,,,sam,primary,teacher,,,s1,", start=files_12), "two_primary_roles", "another primary role", 7),
    Broken("a line item for a whole year", swap("lineItems", "k1,t1", "k1,y1"), "is_school_year", "whole school year", 2),
    Broken("a least above the most", swap("lineItems", ",0,20", ",30,20"), "min_over_max", "the other way round", 2),
    Broken("a million points", swap("lineItems", ",0,20", ",0,1000000"), "maximum_too_large", "99999.99", 2),
    Broken("a score above the most", swap("results", "17.5", "21"), "score_outside", "Expected 0 to 20", 2),
    Broken("a score below nothing", swap("results", "17.5", "-1"), "score_outside", "Expected 0 to 20", 2),
    Broken("graded without a score", swap("results", "17.5", ""), "score_missing", "has no score", 2),
    Broken("two results of one student", more("results", "r3,,,i1,sam,fully graded,3,2026-09-18,"), "result_twice", "another result", 4),
    Broken("a result of who is not enrolled", swap("enrollments", "s1,mia,student", "s1,mia,proctor"), "not_enrolled", "is not enrolled", 3),
    Broken("a result of another class", made(lambda: _two_classes()), "other_class", "another class", 2),
    Broken("more subject codes than subjects", swap("courses", "Mathematics,MATH", 'Mathematics,"MATH,M2"'), "lists_differ", "not as many subject codes", 2),
    Broken("a term that ends before it begins", swap("academicSessions", "2026-08-15,2027-01-31", "2026-08-15,2026-01-31"), "ends_before", "before the beginning", 3),
    Broken("an enrolment that ends before it begins", swap("enrollments", "2027-01-31", "2026-01-31"), "ends_before", "before the beginning", 3),
    Broken("facts of nobody", more("demographics", "max,,,,,,,,,,,,,,,"), "nobody", "in users.csv", 3),
    Broken("an unknown code on the roll", swap("attendance", "present", "77"), "attendance_status", "P, L, A or E", 2),
    Broken("two marks on the roll for one day", more("attendance", "sam,2026-09-01,absent,c1"), "attendance_twice", "another mark on this day", 4),
    Broken("several schools and nobody says which", more("orgs", "s2,,,Hillside,school,,d1"), "several_schools", "Lakeside School (s1)"),
    Broken("no school at all", swap("orgs", "School,school", "School,local"), "no_school", "one row of the type school"),
]  # fmt: skip
BUNDLES = [*ZIPS, *MANIFESTS, *HEADS, *ROWS, *MEANINGS]


def _two_classes() -> Files:
    files = files_12()
    files["classes"] += "c2,,,Mathematics 9C,09,m,,scheduled,,s1,t1,,,\n"
    return swapped(files, "results", "2026-09-18,,,c1", "2026-09-18,,,c2")
