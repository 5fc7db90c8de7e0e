"""The report of a training and the page of a version: figures in words, names only for who may know them, decisions."""

from typing import Any

import pytest

from portal.audit.models import AccessEvent, AuditEvent
from predictions import registry
from predictions.models import ModelPolicy, ScoringRun, VersionState
from students.roles import Role
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.trained import make_version, trained_bundle

pytestmark = pytest.mark.django_db


@pytest.fixture
def lena(school: Cast) -> Any:
    """A second leader."""
    person = make.make_user("Lena Second", "second@lakeside.example")
    make.make_member(person, school.lakeside, Role.LEADER)
    return person


@pytest.fixture
def alone(school: Cast) -> ModelPolicy:
    """The school asks for no second person."""
    return ModelPolicy.objects.create(school=school.lakeside, needs_second_person=False)


def decide(client: Any, version: Any, what: str, reason: str = "Because.") -> Any:
    return client.post(f"{version.get_absolute_url()}{what}/", {f"{what}-reason": reason})


# --- the report -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("short", "Against the simplest guess"),
        ("candidates", "simple guess</span>"),
        ("errors", "By how many earlier results were known"),
        ("ranges", "what was said, and what happened"),
        ("groups", "fewer than 10 students"),
        ("worst", "Where it erred most"),
        ("data", "Fingerprint of the data"),
        ("'\x00", "Checks"),
    ],
)
def test_each_part_of_the_report_has_its_figures(school: Cast, client_as: Any, part: str, sentence: str) -> None:
    version = make_version(school.lakeside)
    page = client_as(school.nils).get(version.run.get_absolute_url(), {"part": part})
    assert page.status_code == 200
    assert sentence in page.text
    assert "Report on version 1" in page.text


def report_about(school: Cast) -> dict[str, Any]:
    case = {"lead": 1, "predicted": 70.0, "actual": 30.0, "low_80": 60.0, "high_80": 80.0, "exam": str(school.test.pk)}
    cases = [case | {"student": str(each.pk)} for each in (school.sam, school.mia, school.wim)]
    return {**trained_bundle().report, "worst": [*cases, case | {"student": "gone", "exam": "gone"}]}


def test_worst_cases_name_students_only_to_who_sees_them_and_leave_a_trace(school: Cast, client_as: Any) -> None:
    run = make_version(school.lakeside, report=report_about(school)).run
    page = client_as(school.hana).get(run.get_absolute_url(), {"part": "worst"}).text
    assert "Sam Okafor" in page
    assert "Algebra test" in page
    assert "Verlaine" not in page
    assert "2 cases are of students whom you do not see" in page
    assert {each.student_id for each in AccessEvent.objects.all()} == {school.sam.pk, school.mia.pk}
    AccessEvent.objects.purge_before("9999-01-01T00:00:00Z")
    page = client_as(school.nils).get(run.get_absolute_url(), {"part": "worst"}).text
    assert "Okafor" not in page
    assert "4 cases are of students whom you do not see" in page
    assert "Algebra test" not in page, "an analyst reads figures and no rows"
    assert not AccessEvent.objects.exists()


# --- a version ------------------------------------------------------------------------------------------------
def test_a_version_serves_after_a_second_leader_has_approved_it(school: Cast, lena: Any, client_as: Any) -> None:
    version = make_version(school.lakeside)
    hana, second = client_as(school.hana), client_as(lena)
    assert "A second person has to approve" in hana.get(version.get_absolute_url()).text
    assert decide(hana, version, "approve").status_code == 302
    refused = decide(hana, version, "promote")
    assert refused.status_code == 422
    assert "A second person has to approve" in refused.text
    assert decide(second, version, "promote", "Better than before.").status_code == 302
    page = second.get(version.get_absolute_url()).text
    for told in ("Serves from here on", "Better than before.", "Lena Second", "Approved", "Hana Leitner"):
        assert told in page
    assert registry.champion(school.lakeside) == version
    assert ScoringRun.objects.filter(version=version).exists()


def test_a_decision_says_why_and_what_cannot_be_decided_says_why_not(school: Cast, client_as: Any) -> None:
    good, bad = make_version(school.lakeside), make_version(school.lakeside, passed=False)
    client = client_as(school.hana)
    assert "Say why in a sentence" in decide(client, good, "reject", " ").text
    assert "did not pass its gate" in client.get(bad.get_absolute_url()).text
    assert decide(client, bad, "approve").status_code == 422
    assert decide(client, good, "challenge", "Let us see.").status_code == 302
    assert decide(client, good, "challenge", "Again.").status_code == 422
    assert decide(client, good, "reject", "Too wide.").status_code == 302
    good = type(good).objects.with_standing().get(pk=good.pk)
    assert good.state == VersionState.REJECTED
    assert "Too wide." in client.get(good.get_absolute_url()).text


def test_staff_read_how_good_a_version_is_and_leaders_alone_decide(school: Cast, client_as: Any) -> None:
    version = make_version(school.lakeside)
    for name in ("ada", "cora", "otto", "nils"):
        page = client_as(getattr(school, name)).get(version.get_absolute_url())
        assert "points on average" in page.text
        assert 'id="decide"' not in page.text
        assert decide(client_as(getattr(school, name)), version, "approve").status_code == 403
    for name in ("gus", "mina", "wanda"):
        assert client_as(getattr(school, name)).get(version.get_absolute_url()).status_code == 404
    assert "Read the report" not in client_as(school.ada).get(version.get_absolute_url()).text


@pytest.mark.parametrize(("kind", "begins"), [("md", "# Model card"), ("html", "<!DOCTYPE html>"), ("json", "{")])
def test_the_card_is_taken_away_without_single_students(school: Cast, client_as: Any, kind: str, begins: str) -> None:
    version = make_version(school.lakeside, report=report_about(school))
    answer = client_as(school.ada).get(f"{version.get_absolute_url()}card.{kind}")
    assert answer.text.startswith(begins)
    assert answer["Content-Disposition"] == f'attachment; filename="{school.lakeside.slug}-model-1-card.{kind}"'
    assert "Where it erred most" not in answer.text
    assert '"gone"' not in answer.text


def test_a_versions_page_needs_as_many_queries_for_a_long_past_as_for_a_short_one(
    school: Cast, alone: ModelPolicy, client_as: Any
) -> None:
    version, client = make_version(school.lakeside), client_as(school.hana)
    for times in (1, 9):
        for _each in range(times):
            registry.approve(version, by=school.hana, reason="Yes.")
        client.get(version.get_absolute_url())
        with assert_queries(13):
            client.get(version.get_absolute_url())


def test_decisions_and_orders_leave_lines_in_the_audit(school: Cast, alone: ModelPolicy, client_as: Any) -> None:
    decide(client_as(school.hana), make_version(school.lakeside), "promote")
    verbs = set(AuditEvent.objects.filter(actor_id=school.hana.pk).values_list("verb", flat=True))
    assert "champion moved" in verbs
