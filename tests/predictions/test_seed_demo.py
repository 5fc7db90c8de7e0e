"""The demo school: believable, the same for the same seed, all or nothing, and never beside real records."""

import hashlib
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import Avg, Count, F

from portal.accounts.models import User
from predictions.demo import names, seeding
from predictions.demo.people import write_students
from students.models import (
    AttendanceMark,
    Enrolment,
    Exam,
    Guardianship,
    Result,
    School,
    SchoolClass,
    Student,
    Teaching,
)
from students.roles import Role

TODAY = date(2026, 11, 20)
MOVES = {"created_at", "updated_at"}  # when it was seeded, not what


def seed(tmp_path: Path, settings: Any, *, students: int = 120, seed_number: int = 1) -> str:
    settings.VAR_DIR = tmp_path
    out = StringIO()
    call_command("seed_demo", students=students, seed=seed_number, today=TODAY, stdout=out)
    return out.getvalue()


def fingerprint() -> str:
    """A digest of every row of every record of the school, whatever keys they got."""
    digest = hashlib.sha256()
    first = {
        model: model.objects.order_by("pk").values_list("pk", flat=True).first() or 0
        for model in (*_models(), School, User)
    }
    for model in _models():
        names = [
            field.attname for field in model._meta.concrete_fields if field.name not in MOVES and not field.is_relation
        ]
        keys = [(field.attname, field.related_model) for field in model._meta.concrete_fields if field.is_relation]
        for row in model.objects.order_by("pk").values(*names, *(name for name, _ in keys)):
            row[model._meta.pk.attname] = row[model._meta.pk.attname] - first[model]
            for name, target in keys:
                row[name] = row[name] and row[name] - first.get(target, 0)
            row.pop("email", None)  # holds the key, so that two people of one name differ
            digest.update(repr(sorted(row.items())).encode())
    return digest.hexdigest()


def _models() -> list[Any]:
    return [model for model in apps.get_app_config("students").get_models() if model is not School]


def test_the_demo_has_classes_teachers_marks_and_a_final_that_lies_ahead(
    db: None, tmp_path: Path, settings: Any
) -> None:
    said = seed(tmp_path, settings)
    assert "120 students" in said
    assert Student.objects.count() == 120
    ahead = Exam.objects.filter(is_target=True, day__gt=TODAY)
    assert ahead.exists()
    assert not Result.objects.filter(exam__in=ahead).exists()
    running = SchoolClass.objects.running(TODAY).annotate(size=Count("enrolments"))
    assert all(5 <= each.size <= 40 for each in running)
    assert Result.objects.scored().filter(score__gt=F("exam__maximum")).count() == 0


def test_nothing_was_known_after_today(db: None, tmp_path: Path, settings: Any) -> None:
    seed(tmp_path, settings)
    assert not AttendanceMark.objects.filter(known_on__gt=TODAY).exists()
    assert not Result.objects.filter(known_on__gt=TODAY).exists()
    assert not Result.objects.filter(known_on__lt=F("exam__day")).exists()


def test_the_gaps_and_oddities_of_real_data_are_there(db: None, tmp_path: Path, settings: Any) -> None:
    seed(tmp_path, settings, students=300)
    assert set(Result.objects.values_list("status", flat=True).distinct()) == {
        "scored",
        "absent",
        "exempt",
        "not_submitted",
    }
    assert Student.objects.filter(status="left").exists()
    assert Student.objects.filter(guardianships=None).exists()
    moved = Enrolment.objects.filter(ends__isnull=False, ends__lt=F("school_class__term__ends"))
    assert moved.exists()
    assert Teaching.objects.filter(ends__lt=F("school_class__term__ends")).exists()
    assert Student.objects.exclude(preferred_name="").exists()


def test_the_same_seed_makes_the_same_school_and_another_seed_another(
    transactional_db: None, tmp_path: Path, settings: Any
) -> None:
    prints = []
    for number in (1, 1, 2):
        call_command("flush", interactive=False, verbosity=0)  # keys begin at 1 again
        seed(tmp_path, settings, students=80, seed_number=number)
        prints.append(fingerprint())
    assert prints[0] == prints[1] != prints[2]


def test_there_is_one_sign_in_per_role_and_each_has_something_to_see(
    db: None, tmp_path: Path, settings: Any, client: Any
) -> None:
    said = seed(tmp_path, settings)
    lines = [line.split() for line in said.splitlines() if "@" in line]
    assert {line[0] for line in lines} == {*Role.values, "administrator"}
    for role, email, password in lines:
        user = User.objects.get(email=email)
        assert user.check_password(password)
        assert EmailAddress.objects.filter(user=user, verified=True, primary=True).exists()
        sees = Student.objects.visible_to(user, on=TODAY).exists()
        assert sees is (role not in (Role.ANALYST, "administrator")), role
    assert (tmp_path / "demo-sign-ins.txt").stat().st_mode & 0o077 == 0


def test_everybody_else_of_the_demo_cannot_sign_in(db: None, tmp_path: Path, settings: Any) -> None:
    seed(tmp_path, settings)
    able = [user for user in User.objects.filter(guardianships__isnull=False).distinct() if user.has_usable_password()]
    assert len(able) == 1


def test_it_refuses_a_database_with_a_real_school(db: None, tmp_path: Path, settings: Any) -> None:
    School.objects.create(name="Real School", slug="real")
    with pytest.raises(CommandError, match="holds a real school"):
        seed(tmp_path, settings)
    assert not Student.objects.exists()


def test_it_refuses_to_seed_twice_and_says_what_to_do(db: None, tmp_path: Path, settings: Any) -> None:
    seed(tmp_path, settings, students=40)
    with pytest.raises(CommandError, match=r"manage\.py flush"):
        seed(tmp_path, settings, students=40)
    assert Student.objects.count() == 40


@pytest.mark.parametrize(("students", "years"), [(0, 2), (-5, 2), (10, 0)])
def test_a_school_of_nobody_is_refused_with_a_sentence(db: None, students: int, years: int) -> None:
    with pytest.raises(CommandError, match="at least one student"):
        call_command("seed_demo", students=students, years=years, today=TODAY)
    assert not School.objects.exists()


def test_a_seeding_that_breaks_off_leaves_nothing_behind(
    transactional_db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*args: Any) -> None:
        write_students(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(seeding, "write_students", break_off)
    with pytest.raises(KeyboardInterrupt):
        seed(tmp_path, settings)
    assert not School.objects.exists()
    assert not User.objects.exists()


def test_absences_matter_in_the_demo_too(db: None, tmp_path: Path, settings: Any) -> None:
    seed(tmp_path, settings, students=300)
    often = Student.objects.filter(caseloads__isnull=False)
    seldom = Student.objects.filter(caseloads__isnull=True)

    def mean(students: Any) -> float:
        percent = Avg(100 * F("score") / F("exam__maximum"))
        return float(Result.objects.scored().filter(student__in=students).aggregate(percent=percent)["percent"])

    assert mean(often) < mean(seldom)
    assert Guardianship.objects.exists()


def test_names_come_from_many_origins() -> None:
    assert len(names.BY_ORIGIN) == 7
    for pool in names.BY_ORIGIN.values():
        for given in (pool.female, pool.male, pool.family):
            assert len(given) >= 14
            assert len(set(given)) == len(given)
