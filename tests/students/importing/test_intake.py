"""An upload comes in: known by its contents, refused in a sentence, kept without passwords."""

import hashlib
import random
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.kit.errors import DomainError
from students.importing import intake
from students.importing.batches.keeping import delete
from students.importing.mapping import Mapping
from students.importing.spreadsheet.cells import open_cells
from students.models import ImportKind
from tests.students.importing.uploads import csv_of, xlsx_of, zip_of

SECRET = "Tr0ub4dor"
USERS = csv_of(
    "sourcedId,username,password,role", f"u1,sam,{SECRET},student", f'u2,"mia, m",{SECRET},student', end="\r\n"
)


def take(content: bytes, name: str = "students.csv") -> intake.TakenIn:
    return intake.take_in(BytesIO(content), name)


def kept(taken: intake.TakenIn) -> bytes:
    with intake.opened(taken.path) as file:
        return file.read()


def refused(content: bytes, name: str = "file") -> tuple[str, str]:
    before = set(everything_stored())
    with pytest.raises(DomainError) as refusal:
        take(content, name)
    assert set(everything_stored()) == before
    return refusal.value.code, refusal.value.sentence


def everything_stored() -> list[Path]:
    folder = Path(storages["files"].path("imports"))
    return [each for each in folder.rglob("*") if each.is_file()]


def rows_of(taken: intake.TakenIn, **mapping: Any) -> tuple[list[str], list[tuple[int, list[str]]]]:
    with intake.opened(taken.path) as file:
        cells = open_cells(file, "file", Mapping(**mapping))
        return cells.heads, [pair for lines, rows in cells.blocks() for pair in zip(lines, rows, strict=True)]


def test_a_file_without_passwords_is_kept_byte_by_byte() -> None:
    content = csv_of("Name;Märk", "Sam;5", "", "Mia;6", encoding="cp1252", end="\r\n")
    taken = take(content)
    assert kept(taken) == content
    assert (taken.kind, taken.size) == (ImportKind.SPREADSHEET, len(content))
    assert taken.sha256 == hashlib.sha256(content).hexdigest()
    assert taken.path.startswith("imports/")
    delete([taken.path])
    with pytest.raises(DomainError, match="not kept any more"), intake.opened(taken.path):
        pass


def test_an_upload_of_a_browser_is_read_from_its_beginning() -> None:
    upload = SimpleUploadedFile("a.csv", b"a,b\n1,2\n")
    upload.read(3)
    assert kept(intake.take_in(upload, "a.csv")) == b"a,b\n1,2\n"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (xlsx_of(["a", "b"], [1, 2]), ImportKind.SPREADSHEET),
        (zip_of(manifest_csv="propertyName,value\n"), ImportKind.ONEROSTER),
        (zip_of(export__2026__manifest_csv="propertyName,value\n"), ImportKind.ONEROSTER),
        (zip_of(Users_csv="sourcedId\n", Classes_csv="sourcedId\n"), ImportKind.ONEROSTER),
    ],
)
def test_the_kind_is_told_by_what_is_in_the_file(content: bytes, kind: str) -> None:
    assert take(content, "whatever").kind == kind


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (b"", "empty", "The file is empty."),
        (b"%PDF-1.7 ...", "not_known", "This is a file of the kind PDF. Expected a CSV file, an Excel file"),
        (b"\x89PNG\r\n\x1a\n", "not_known", "This is a picture."),
        (zip_of({"[Content_Types].xml": "<a/>", "word/document.xml": "<a/>"}), "not_known", "of the kind Word"),
        (zip_of({"mimetype": "x", "content.xml": "<a/>"}), "not_known", "This is an OpenDocument file."),
        (zip_of(notes_csv="a\n"), "not_oneroster", "no OneRoster bundle"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "old_excel", "before 2007"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted", "protected by a password"),
        (b"PK\x03\x04 and then nothing", "bad_zip", "The zip is broken."),
    ],
)  # fmt: skip
def test_what_is_no_import_is_refused_and_not_kept(content: bytes, code: str, says: str) -> None:
    found, sentence = refused(content)
    assert found == code
    assert says in sentence


def test_a_file_that_is_too_large_is_refused_before_it_was_read(settings: Any) -> None:
    settings.IMPORT_MOST_BYTES = 3 << 20

    class Endless:
        given = 0

        def read(self, size: int) -> bytes:
            self.given += size
            return b"a,b\n" * (size // 4)

    upload = Endless()
    with pytest.raises(DomainError, match="larger than 3 MB") as refusal:
        intake.take_in(upload, "endless.csv")
    assert refusal.value.code == "too_large"
    assert upload.given <= 4 << 20


@pytest.mark.parametrize(
    "content",
    [
        csv_of("Name;Passwort;Mark", f"Sam;{SECRET};5", "", f'"Mia ""M""";"{SECRET}";6'),
        csv_of("Name;Kennwort (neu);Mark", f"Sam;{SECRET};5", "", f"Mia;{SECRET};6", encoding="cp1252", end="\r\n"),
        csv_of("Name,Mot de passe,Mark", f"Sam,{SECRET},5", "", f"Mia,{SECRET},6", encoding="utf-8-sig"),
        csv_of("Name\tContraseña\tMark", f"Sam\t{SECRET}\t5", "", f"Mia\t{SECRET}\t6", encoding="utf-16"),
        csv_of("Name,Contraseña,Mark", f"Sam,{SECRET},5", "", f"Mia,{SECRET},6", end="\r"),
        csv_of("Name|PWD|Mark", f"Sam|{SECRET}|5", "", f"Mia|{SECRET}|6", encoding="utf-16-be"),
        csv_of("Lakeside School", "", "Name,Pass word,Mark", f"Sam,{SECRET},5", f"Mia,{SECRET},6"),
        xlsx_of(["Name", "Password", "Mark"], ["Sam", SECRET, 5], [], ["Mia", SECRET, 6]),
        xlsx_of(["Name", "Mark"], ["Sam", 5], [], ["Mia", 6], Logins=[["Name", "Pwd"], ["Sam", SECRET], ["Mia", SECRET]]),
    ],
)  # fmt: skip
def test_no_password_of_a_spreadsheet_gets_into_the_store(content: bytes) -> None:
    assert_not_stored(content)


def assert_not_stored(content: bytes) -> intake.TakenIn:
    before = set(everything_stored())
    taken = take(content)
    (stored,) = set(everything_stored()) - before
    found = stored.read_bytes()
    unpacked = [found]
    if found.startswith(b"PK"):
        with ZipFile(BytesIO(found)) as archive:
            unpacked += [archive.read(each) for each in archive.namelist()]
    for part in unpacked:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert SECRET.encode(encoding) not in part
    assert taken.size == len(content)
    return taken


def test_everything_else_stays_on_its_line() -> None:
    lines = [
        "Name;Passwort;Note",
        f'"a\nb";{SECRET};5',
        "",
        f"Mia;{SECRET};6",
        "Sam;;7",
        f'"x ""y""";"{SECRET}\n{SECRET}";8',
        "end;;9",
    ]
    taken = assert_not_stored(csv_of(*lines))
    assert rows_of(taken)[1] == [
        (2, ["a\nb", "", "5"]), (5, ["Mia", "", "6"]), (6, ["Sam", "", "7"]), (7, ['x "y"', "\n", "8"]), (9, ["end", "", "9"]),
    ]  # fmt: skip
    book = assert_not_stored(
        xlsx_of(["Name", "Password", "Mark", "Sum"], ["Sam", SECRET, 5.5, "=1+1"], [], ["=Mia", SECRET, True])
    )
    assert rows_of(book) == (
        ["Name", "Password", "Mark", "Sum"],
        [(2, ["Sam", "", "5.5", ""]), (4, ["", "", "TRUE", ""])],
    )


def test_a_row_that_slipped_does_not_bring_its_password_along() -> None:
    slipped = csv_of("id,name,password", f"1,Lee, Ann,{SECRET}", f"2,{SECRET}", f'3,"Bob,{SECRET}', f'4,"Eve,{SECRET}')
    assert_not_stored(slipped)
    assert refused(csv_of("id,name,password", f'1,"Ann,{SECRET}', f"2,Bob,{SECRET}"))[0] == "quotes"


def test_no_password_of_a_bundle_gets_into_the_store() -> None:
    profiles = csv_of("sourcedId,credentialType,username,password", f"p1,x,sam,{SECRET}", encoding="utf-8-sig")
    taken = assert_not_stored(
        zip_of(
            x__manifest_csv="propertyName,value\n",
            x__users_csv=USERS,
            x__userProfiles_csv=profiles,
            x__orgs_csv="a,b\n1,2\n",
        )
    )
    assert taken.kind == ImportKind.ONEROSTER
    with intake.opened(taken.path) as file, ZipFile(file) as archive:
        assert archive.namelist() == ["x/manifest.csv", "x/users.csv", "x/userProfiles.csv", "x/orgs.csv"]
        assert archive.read("x/users.csv") == USERS.replace(SECRET.encode(), b"")
        assert archive.read("x/orgs.csv") == b"a,b\n1,2\n"


def test_whatever_happened_to_a_file_it_is_kept_or_refused_in_a_sentence() -> None:
    chance = random.Random(7)
    whole = [
        csv_of("Näme;Passwort", 'Sam;"x"', "Mia;y"), xlsx_of(["Name", "Password"], ["Sam", "x"], ["Mia", 5]),
        zip_of(manifest_csv="propertyName,value\n", users_csv=USERS),
    ]  # fmt: skip
    outcomes = set()
    for _each in range(150):
        damaged = bytearray(chance.choice(whole))
        for _times in range(chance.randint(1, 5)):
            place = chance.randrange(len(damaged) + 1)
            damaged[place : place + chance.choice([0, 1, 1, 1, 30])] = chance.randbytes(chance.choice([0, 1, 1, 5]))
        try:
            delete([take(bytes(damaged) or b"x").path])
            outcomes.add("kept")
        except DomainError as refusal:
            outcomes.add(refusal.code if refusal.sentence else "silent")
    assert "silent" not in outcomes
    assert {"kept", "bad_zip", "bad_excel"} <= outcomes


class Bucket(Storage):
    """Keeps files where no path leads, as buckets do."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def _save(self, name: str, content: Any) -> str:
        self.kept[name] = content.read()
        return name

    def _open(self, name: str, mode: str = "rb") -> ContentFile:
        if name not in self.kept:
            raise FileNotFoundError(name)
        return ContentFile(self.kept[name])

    def exists(self, name: str) -> bool:
        return name in self.kept

    def delete(self, name: str) -> None:
        self.kept.pop(name, None)


def test_a_file_in_a_bucket_is_copied_to_where_it_can_be_read_from_any_place(monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = Bucket()
    monkeypatch.setitem(storages._storages, "files", bucket)
    taken = take(b"a,b\n1,2\n")
    with intake.opened(taken.path) as file:
        file.seek(4)
        assert file.read() == b"1,2\n"
    delete([taken.path])
    assert not bucket.exists(taken.path)
    with pytest.raises(DomainError, match="not kept any more"), intake.opened(taken.path):
        pass
