"""In which language Foremark speaks to whom: the profile, else the browser, else the portal's own; catalogues made by Python alone."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import polib
import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from django.utils.formats import date_format, number_format

from portal import languages
from portal.accounts.invitations import invite
from portal.accounts.preferences import prefer
from portal.kit import figures
from students.roles import Role
from tests import make
from tests.cast import Cast

GERMAN = {"HTTP_ACCEPT_LANGUAGE": "de-AT,de;q=0.9,en;q=0.5"}
SIGN_IN = "/accounts/login/"


def html_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("de", "de"),
        ("de-CH,fr;q=0.5", "de"),
        ("fr,de;q=0.4", "de"),
        ("fr", "en-gb"),
        ("en-US", "en-gb"),
        ("*;q=x", "en-gb"),
    ],
)
def test_whoever_is_not_known_yet_is_spoken_to_as_the_browser_asks(asked: str, spoken: str) -> None:
    answer = Client().get(SIGN_IN, HTTP_ACCEPT_LANGUAGE=asked)
    assert f'<html lang="{spoken}"' in html_of(answer)
    assert ("Anmelden" in html_of(answer)) == (spoken == "de")
    assert "Accept-Language" in answer["Vary"]


def test_a_language_is_chosen_in_the_profile_and_wins_over_the_browser(school: Cast, client_as: Any) -> None:
    client = client_as(school.ada)
    page = html_of(client.get("/profile/"))
    assert re.search(r'<option value="de"[^>]*>Deutsch</option>', page)
    saved = client.post("/profile/", {"language": "de", "save-look": "1"}, follow=True)
    assert '<html lang="de"' in html_of(saved)
    assert '<html lang="de"' in html_of(client.get("/", HTTP_ACCEPT_LANGUAGE="en"))
    client.post("/profile/", {"language": "en-gb", "save-look": "1"})
    assert '<html lang="en-gb"' in html_of(client.get("/", **GERMAN))
    client.post("/profile/", {"language": "", "save-look": "1"})
    assert '<html lang="de"' in html_of(client.get("/", **GERMAN))


def test_the_language_of_one_does_not_stay_for_the_next(school: Cast, client_as: Any) -> None:
    prefer(school.ada, language="de")
    assert '<html lang="de"' in html_of(client_as(school.ada).get("/"))
    assert '<html lang="en-gb"' in html_of(client_as(school.otto).get("/"))


def test_the_office_and_the_api_speak_english_whole(school: Cast, client_as: Any) -> None:
    prefer(school.otto, language="de")
    client = client_as(school.otto)
    office = html_of(client.get("/office/", **GERMAN))
    assert '<html lang="en-gb"' in office
    assert "Abmelden" not in office
    refused = client.get("/api/v1/students/999999/", **GERMAN).json()
    assert refused["title"] == "Nothing here"
    assert '<html lang="de"' in html_of(client.get("/"))


def test_a_teacher_reads_class_and_student_with_german_days_and_figures(school: Cast, client_as: Any) -> None:
    prefer(school.ada, language="de")
    client = client_as(school.ada)
    told = html_of(client.get(f"/classes/{school.maths.pk}/"))
    assert "Anwesenheit" in told
    student = html_of(client.get(f"/students/{school.sam.pk}/"))
    assert re.search(
        r"\b\d\d?\. (?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)", student
    )
    assert not re.search(r"\b\d\d? (?:January|February|March|May|June|July|October|December)\b", told + student)


def test_a_file_holds_numbers_that_programs_read_under_german_heads(school: Cast, client_as: Any) -> None:
    path = f"/classes/{school.maths.pk}/register.csv"
    english = client_as(school.ada).get(path).content.decode("utf-8-sig").splitlines()
    german = client_as(school.ada).get(path, **GERMAN).content.decode("utf-8-sig").splitlines()
    assert english[0] != german[0]
    assert english[1:-1] == german[1:-1]


def test_a_field_holds_what_every_browser_takes_while_sentences_have_a_comma(school: Cast, client_as: Any) -> None:
    exam = make.make_exam(school.maths, title="Halves", maximum="12.5", day=make.TODAY + make.timedelta(days=9))
    client = client_as(school.hana)
    field = re.search(
        r'<input type="number" name="maximum"[^>]*>', html_of(client.get(f"/exams/{exam.pk}/edit/", **GERMAN))
    )
    assert field
    assert 'value="12.5"' in field[0]
    assert "12,5" in html_of(client.get(f"/exams/{exam.pk}/", **GERMAN))


def test_mails_are_german_for_who_reads_german(school: Cast, django_capture_on_commit_callbacks: Any) -> None:
    prefer(school.gus, language="de")
    with django_capture_on_commit_callbacks(execute=True):
        invite(by=school.hana, email=school.gus.email, name="", school_id=school.lakeside.pk,
               role=Role.OFFICE, starts=make.TODAY)  # fmt: skip
    Client().post("/accounts/password/reset/", {"email": school.gus.email})
    assert len(mail.outbox) == 2
    for sent in mail.outbox:
        words = re.sub(r"https?://\S+", "", f"{sent.subject} {sent.body}")
        assert not re.search(r"\b(?:the|you|your|password|invited)\b", words)
        assert all('lang="de"' in str(html) for html, _kind in sent.alternatives)


def test_german_days_have_their_dot_and_figures_their_comma() -> None:
    day = make.date(2026, 7, 3)
    forms = {
        "j F Y": "3. Juli 2026",
        "l j F": "Freitag, 3. Juli",
        "l, j F Y": "Freitag, 3. Juli 2026",
        "F Y": "Juli 2026",
    }
    with translation.override("de"):
        assert {form: date_format(day, form) for form in forms} == forms
        assert date_format(day, "Y-m-d") == "2026-07-03"
        assert [figures.plain(8.5), figures.plain(8.0), figures.counted(12345), number_format(71.5)] == [
            "8,5",
            "8",
            "12.345",
            "71,5",
        ]
        assert figures.number_of(figures.plain(8.25)) == 8.25
    assert [date_format(day, "j F Y"), figures.plain(8.5), figures.counted(12345)] == ["3 July 2026", "8.5", "12,345"]


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "xy" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    file = polib.POFile()
    file.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=2; plural=(n != 1);"}
    file.append(polib.POEntry(msgid="Good morning", msgstr="Guten Morgen"))
    file.save(str(path))
    return path


def test_a_catalogue_is_compiled_once_and_again_when_it_changed(catalogue: Path, tmp_path: Path) -> None:
    compiled = catalogue.with_suffix(".mo")
    assert languages.compile_catalogues(tmp_path) == [compiled]
    assert [entry.msgstr for entry in polib.mofile(str(compiled))] == ["Guten Morgen"]
    assert languages.compile_catalogues(tmp_path) == []
    later = compiled.stat().st_mtime + 5
    os.utime(catalogue, (later, later))
    assert languages.compile_catalogues(tmp_path) == [compiled]
    assert sorted(path.name for path in catalogue.parent.iterdir()) == ["django.mo", "django.po"]


def test_many_processes_may_compile_at_once(catalogue: Path, tmp_path: Path) -> None:
    order = (
        f"from pathlib import Path; from portal import languages; languages.compile_catalogues(Path({str(tmp_path)!r}))"
    )
    running = [subprocess.Popen([sys.executable, "-c", order], cwd=languages.LOCALE.parent) for _ in range(4)]
    assert [each.wait(60) for each in running] == [0, 0, 0, 0]
    assert len(polib.mofile(str(catalogue.with_suffix(".mo")))) == 1
    assert sorted(path.name for path in catalogue.parent.iterdir()) == ["django.mo", "django.po"]


def test_the_command_tells_what_it_compiled(catalogue: Path, tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setattr(languages, "LOCALE", tmp_path)
    monkeypatch.setattr(languages.compile_catalogues, "__defaults__", (tmp_path,))
    monkeypatch.setattr(languages.catalogues, "__defaults__", (tmp_path,))
    call_command("compile_languages")
    assert capsys.readouterr().out == "Compiled xy/LC_MESSAGES/django.mo\n"


def test_tidying_keeps_the_words_and_nothing_that_changes_by_itself(catalogue: Path) -> None:
    file = polib.pofile(str(catalogue))
    file.metadata["POT-Creation-Date"] = "2026-01-01 10:00+0000"
    file.append(
        polib.POEntry(msgid="Evening", msgstr="Abend", occurrences=[("templates/home.html", "3")], comment="Place")
    )
    file.append(polib.POEntry(msgid="Gone", msgstr="Weg", obsolete=True))
    file.save(str(catalogue))
    languages.tidy(catalogue)
    first = catalogue.read_text(encoding="utf-8")
    languages.tidy(catalogue)
    assert catalogue.read_text(encoding="utf-8") == first
    assert [word in first for word in ("POT-Creation", "home.html", "Gone", "Evening", "Language: xy")] == [
        False,
        False,
        False,
        True,
        True,
    ]


def test_the_own_language_of_a_portal_is_a_setting_and_a_wrong_one_stops_the_start() -> None:
    def started(code: str) -> subprocess.CompletedProcess[str]:
        own = {"SECRET_KEY": "x", "ALLOWED_HOSTS": "h", "DEFAULT_LANGUAGE": code, "PATH": os.environ["PATH"]}
        order = [sys.executable, "-c", "import portal.settings as s; print(s.LANGUAGE_CODE)"]
        return subprocess.run(order, cwd=languages.LOCALE.parent, env=own, capture_output=True, text=True, check=False)

    assert started("de").stdout == "de\n"
    assert "DEFAULT_LANGUAGE is 'klingon'; expected one of de, en-gb." in started("klingon").stderr


def test_no_compiled_catalogue_is_kept_in_the_repository() -> None:
    if shutil.which("git") is None or not (languages.LOCALE.parent / ".git").exists():
        pytest.skip("this is no clone")
    kept = subprocess.run(
        ["git", "ls-files", "locale"], cwd=languages.LOCALE.parent, capture_output=True, text=True, check=True
    )
    assert [line for line in kept.stdout.splitlines() if not line.endswith(".po")] == []
