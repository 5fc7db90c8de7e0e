"""What nobody gets at models by other ways than the usual: forged addresses, old rights, many presses, files that leave."""

from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from mlcore.bundle import peek
from portal.kit.errors import Conflict, NotReady
from predictions import alerting, artifacts, registry
from predictions.alerting import Fault
from predictions.measuring import keeping, looking
from predictions.models import AlertKind, IndicatorRule, ModelPolicy, ScoringRun, TrainingRun, VersionState
from predictions.orders import promoting
from predictions.orders.training import MOST_WAITING, order_training
from predictions.specs import TrainingWish
from students.models import Membership
from students.roles import Role
from tests import make
from tests.cast import Cast
from tests.predictions.measured import before, give_results, make_class_of, make_scoring, make_serving, past_exam, say
from tests.trained import make_run, make_version, trained_bundle

pytestmark = pytest.mark.django_db
OUTSIDERS = ("ada", "tom", "cora", "gus", "mina", "lena", "root", "wanda", "tess")
FORGED = '"><script>alert(1)</script>'


@pytest.fixture
def alone(school: Cast) -> ModelPolicy:
    """The school asks for no second person."""
    return ModelPolicy.objects.create(school=school.lakeside, needs_second_person=False)


def leader(school: Any, name: str = "Lena Second") -> Any:
    person = make.make_user(name, f"{name.split()[0].lower()}2@lakeside.example")
    make.make_member(person, school, Role.LEADER)
    return person


# --- other people's addresses ---------------------------------------------------------------------------------
@pytest.mark.parametrize("name", OUTSIDERS)
def test_who_keeps_no_school_here_orders_and_decides_nothing(
    school: Cast, alone: ModelPolicy, client_as: Any, name: str
) -> None:
    version, run = make_version(school.lakeside), make_run(school.lakeside)
    client, here = client_as(getattr(school, name)), {"school": school.lakeside.pk}
    told = here | {"as_of": make.TODAY, "effort": "quick", "fact": "gender", "reason": "x", "seen": version.pk}
    for address in ("score", "back", "train", "settings", "settings/indicators", "settings/protected"):
        assert client.post(f"/models/{address}/", told).status_code in (403, 404), address
        assert client.post(f"/models/{address}/?school={school.lakeside.pk}").status_code in (403, 404), address
    for what in ("approve", "reject", "promote", "challenge"):
        answer = client.post(f"{version.get_absolute_url()}{what}/", {f"{what}-reason": "Because."})
        assert answer.status_code in (403, 404), what
    assert client.post(f"{run.get_absolute_url()}stop/").status_code == 404
    assert client.get(run.get_absolute_url()).status_code == 404
    assert TrainingRun.objects.filter(school=school.lakeside).count() == 2
    assert not registry.champion(school.lakeside)
    assert not version.approvals.exists()


def test_a_school_that_is_not_theirs_is_no_other_of_theirs(school: Cast, client_as: Any) -> None:
    """Whoever names one that they lost, or never had, must not change the one they still have."""
    client, told = client_as(school.wanda), {"as_of": make.TODAY, "effort": "quick"}
    for foreign in (school.lakeside.pk, 10**30, "x", "-1"):
        assert client.get("/models/", {"school": foreign}).status_code == 404
        assert client.post("/models/train/", told | {"school": foreign}).status_code == 404
        assert client.post(f"/models/train/?school={foreign}", told).status_code == 404
    assert not TrainingRun.objects.exists()
    subject = school.maths.subject_id
    assert client.post("/models/train/", told | {"subject": subject}).status_code == 422


def test_what_was_filled_in_for_one_school_is_not_saved_for_another(school: Cast, client_as: Any) -> None:
    """Another school may have come into view, in another window, by the time the form is sent."""
    make.make_member(school.hana, school.hillside, Role.LEADER)
    theirs = make.make_indicator(school.hillside, "Study hours", code="hours")
    IndicatorRule.objects.create(school=school.hillside, indicator=theirs, is_left_out=True)
    make.make_indicator(school.lakeside, "Reading", code="reading")
    client = client_as(school.hana)
    own = f'name="school" value="{school.lakeside.pk}"'
    pages = {
        place: client.get(place, {"school": school.lakeside.pk}).text
        for place in ("/models/settings/", "/models/train/")
    }
    assert pages["/models/settings/"].count(own) >= 2
    assert own in pages["/models/train/"]
    session = client.session
    session["school"] = school.hillside.pk
    session.save()
    assert client.post("/models/settings/indicators/", {"school": school.lakeside.pk}).status_code == 302
    assert IndicatorRule.objects.filter(indicator=theirs, is_left_out=True).exists()


def test_a_model_of_the_district_serves_its_schools_and_shows_them_nothing_of_each_other(
    school: Cast, client_as: Any
) -> None:
    version = make_serving(make_version(school.district))
    job = version.run.job
    places = [version.run.get_absolute_url(), version.get_absolute_url(), f"/jobs/{job.pk}/"]
    places += [f"{version.get_absolute_url()}card.{form}" for form in ("md", "html", "json")]
    for name in ("hana", "otto", "ada", "nils", "wanda", "root"):
        for place in places:
            assert client_as(getattr(school, name)).get(place).status_code == 404, (name, place)
    dora = client_as(school.dora)
    assert [dora.get(place).status_code for place in places] == [200, 200, 404, 200, 200, 200], "no job but one's own"
    for what in ("promote", "reject"):
        assert client_as(school.hana).post(f"{version.get_absolute_url()}{what}/").status_code == 404


def test_a_job_of_somebody_else_is_stopped_on_no_page_of_jobs(school: Cast, client_as: Any) -> None:
    run = order_training(TrainingWish(school.lakeside, make.TODAY), by=school.nils)
    for name in ("hana", "otto", "wanda", "root"):
        for what in ("", "stop/", "cancel/", "retry/"):
            answer = client_as(getattr(school, name)).post(f"/jobs/{run.job_id}/{what}")
            assert answer.status_code in (404, 405), (name, what)
    run.job.refresh_from_db()
    assert not run.job.has_ended


@pytest.mark.parametrize("name", ["hana", "dora"])
def test_nothing_changes_by_being_looked_at(school: Cast, alone: ModelPolicy, client_as: Any, name: str) -> None:
    version = make_version(school.lakeside)
    client = client_as(getattr(school, name))
    places = [f"{version.get_absolute_url()}{what}/" for what in ("approve", "reject", "promote", "challenge")]
    for place in (*places, "/models/score/", "/models/back/", f"{version.run.get_absolute_url()}stop/"):
        assert client.get(place).status_code == 405
    assert type(version).objects.with_standing().get(pk=version.pk).state == VersionState.CANDIDATE


# --- two people are two people --------------------------------------------------------------------------------
def test_a_yes_that_was_taken_back_helps_nobody_to_promote_alone(school: Cast) -> None:
    version, second = make_version(school.lakeside), leader(school.lakeside)
    registry.approve(version, by=second, reason="Good.")
    registry.reject(version, by=second, reason="No: it forgets the new pupils.")
    registry.approve(version, by=school.hana, reason="I like it.")
    with pytest.raises(NotReady):
        promoting.promote(version, by=school.hana, why="I like it.")
    registry.approve(version, by=second, reason="Agreed after all.")
    promoting.promote(version, by=school.hana, why="Both of us.")


def test_one_person_in_two_posts_is_one_person(school: Cast, client_as: Any) -> None:
    make.make_member(school.dora, school.lakeside, Role.LEADER)
    version = make_version(school.lakeside)
    registry.approve(version, by=school.dora, reason="For the district.")
    with pytest.raises(NotReady):
        promoting.promote(version, by=school.dora, why="For the school.")


def test_who_has_left_since_promotes_nothing_by_an_order_of_before(school: Cast, alone: ModelPolicy) -> None:
    run = make_run(school.lakeside, promotes=True)
    type(run.job).objects.filter(pk=run.job_id).update(requested_by=school.hana)
    run = TrainingRun.objects.select_related("school", "subject", "job__requested_by").get(pk=run.pk)
    Membership.objects.filter(user=school.hana).update(ends=make.YESTERDAY)
    version = registry.register(run, sha256=artifacts.store(artifacts.written(trained_bundle())), size=1,
                                passed_gate=True, probe={})  # fmt: skip
    assert "waits to be promoted" in promoting.place(run, version)
    assert registry.champion(school.lakeside) is None


# --- many presses ---------------------------------------------------------------------------------------------
def test_a_person_fills_no_queue_with_trainings_of_one_school(school: Cast) -> None:
    for number in range(MOST_WAITING):
        order_training(TrainingWish(school.lakeside, make.TODAY, seed=number), by=school.nils)
    with pytest.raises(Conflict, match="wait already"):
        order_training(TrainingWish(school.lakeside, make.TODAY, seed=99), by=school.hana)
    order_training(TrainingWish(school.lakeside, make.TODAY, seed=99), by=None)
    order_training(TrainingWish(school.hillside, make.TODAY), by=school.wanda)


def test_pressing_again_leads_to_the_run_that_goes_on(school: Cast, alone: ModelPolicy, client_as: Any) -> None:
    promoting.promote(make_version(school.lakeside), by=school.hana, why="First.")
    client = client_as(school.hana)
    first, again = client.post("/models/score/"), client.post("/models/score/")
    assert first.url == again.url
    assert ScoringRun.objects.filter(cause="person").count() == 1
    client.post(f"{first.url}stop/")
    assert client.post("/models/score/").url != first.url


# --- what leaves the school -----------------------------------------------------------------------------------
def test_a_stored_model_holds_no_results_of_single_students(school: Cast) -> None:
    case = {"student": str(school.sam.pk), "exam": str(school.test.pk), "lead": 1, "predicted": 70.0, "actual": 30.0}
    bundle = type(trained_bundle())(
        **{**vars(trained_bundle()), "report": {**trained_bundle().report, "worst": [case]}}
    )
    told = peek(artifacts.written(bundle), artifacts.keys()[0])
    assert told["report"]["worst"] == []
    assert bundle.report["worst"] == [case], "the run's own report keeps them"


def test_names_are_text_in_pages_cards_and_mails(
    school: Cast, alone: ModelPolicy, client_as: Any, mailoutbox: Any
) -> None:
    type(school.lakeside).objects.filter(pk=school.lakeside.pk).update(name=f"A\r\nBcc: x@example.org {FORGED}")
    school.lakeside.refresh_from_db()
    report = {**trained_bundle().report, "champion_label": FORGED}
    report["slices"] = [{**report["slices"][0], "name": FORGED}, *report["slices"][1:]]
    version = make_version(school.lakeside, report=report)
    promoting.promote(version, by=school.hana, why=FORGED)
    make.make_indicator(school.lakeside, FORGED, code="forged")
    client = client_as(school.hana)
    places = [f"{version.run.get_absolute_url()}?part={part}" for part in ("short", "candidates", "errors", "data")]
    for place in ("/models/", "/models/settings/", "/models/train/", version.get_absolute_url(), *places):
        assert FORGED not in client.get(place).text, place
    card = client.get(f"{version.get_absolute_url()}card.html")
    assert "<script" not in card.text
    assert card["Content-Disposition"] == 'attachment; filename="lakeside-school-model-1-card.html"'
    assert "<script" not in client.get(f"{version.get_absolute_url()}card.md").text
    alert = alerting.raise_alert(school.lakeside, version, Fault(AlertKind.ERROR, f"Off {FORGED}"), now=timezone.now())
    assert alert is not None
    letter = alerting._letter(alert, school.hana)
    assert isinstance(letter, EmailMessage)
    assert "\n" not in letter.subject
    assert "<script" not in letter.alternatives[0][0]
    assert not letter.message()["Bcc"]


# --- what could be worked out ---------------------------------------------------------------------------------
@pytest.mark.parametrize(("few", "told"), [(3, 30), (12, 42)])
def test_the_whole_less_the_exams_that_are_told_is_nobody(school: Cast, few: int, told: int) -> None:
    """Of three students who sat an exam alone no figure is told; nor may all figures together give it away."""
    version = make_serving(make_version(school.lakeside))
    group, many = make_class_of(school.lakeside, 30)
    exams = [past_exam(group, days) for days in range(20, 20 + max(1, few // 3))]
    large = past_exam(group)
    for exam, students in ((large, many), *((each, many[3 * n : 3 * n + 3]) for n, each in enumerate(exams))):
        give_results(exam, students, [60] * len(students))
        said = make_scoring(school.lakeside, version, [exam], as_of=before(exam))
        say(said, exam, students, [50] * len(students))
    found = looking.measure(school.lakeside, on=make.TODAY, progress=lambda *told: None)  # type: ignore[arg-type]  # it only calls it
    (whole,) = [each for each in found if each.exam is None and each.kind == "results"]
    assert whole.rows == told
    assert [each.facts["enough"] for each in found if each.exam].count(True) == 1


def test_of_an_exam_nobody_reads_which_small_groups_sat_it(school: Cast, client_as: Any) -> None:
    """Who has no right to protected facts would otherwise learn that one of thirty is in a group of that name."""
    version = make_serving(make_version(school.lakeside))
    group, students = make_class_of(school.lakeside, 30)
    for place, student in enumerate(students):
        make.make_demographics(student, ethnicity="wide" if place < 16 else "near" if place < 29 else "Rarelander")
    exam = past_exam(group)
    give_results(exam, students, [60] * 30)
    say(make_scoring(school.lakeside, version, [exam], as_of=before(exam)), exam, students, [50] * 30)
    found = looking.measure(school.lakeside, on=make.TODAY, progress=lambda *told: None)  # type: ignore[arg-type]  # it only calls it
    keeping.keep(school.lakeside, found, at=timezone.now())
    page = client_as(school.nils).get(f"/models/accuracy/exams/{exam.pk}/").text
    assert "By ethnicity" in page
    assert "All other groups" in page
    assert "Rarelander" not in page
