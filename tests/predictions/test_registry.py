"""The register of versions: what never changes, who decides, and which version serves."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.kit.errors import Conflict, NotReady
from predictions import artifacts, registry
from predictions.models import Alias, AliasMove, ModelPolicy, ModelVersion, VersionState
from tests import make
from tests.cast import Cast
from tests.predictions.test_artifacts import path_of
from tests.trained import make_version

pytestmark = pytest.mark.django_db
WHY = "It is nearer."


@pytest.fixture
def alone(school: Cast) -> Cast:
    """A school that lets one person decide."""
    ModelPolicy.objects.create(school=school.lakeside, needs_second_person=False)
    return school


def state(version: ModelVersion) -> VersionState:
    return ModelVersion.objects.with_standing().get(pk=version.pk).state


def test_versions_are_numbered_by_school(school: Cast) -> None:
    numbers = [make_version(each).number for each in (school.lakeside, school.lakeside, school.hillside)]
    assert numbers == [1, 2, 1]


def test_a_run_has_one_version_however_often_it_is_registered(school: Cast) -> None:
    version = make_version(school.lakeside)
    again = registry.register(version.run, sha256="0" * 64, size=1, passed_gate=False, probe={})
    assert again == version
    assert again.passed_gate


def test_a_version_never_changes(school: Cast) -> None:
    version = make_version(school.lakeside)
    version.passed_gate = False
    for change in (version.save, version.delete, lambda: ModelVersion.objects.update(number=7)):
        with pytest.raises(TypeError, match="never"):
            change()


def test_a_version_serves_once_a_second_person_has_approved_it(school: Cast) -> None:
    version = make_version(school.lakeside)
    assert state(version) == VersionState.CANDIDATE
    with pytest.raises(NotReady, match="second person"):
        registry.promote(version, by=school.hana, why=WHY)
    registry.approve(version, by=school.hana)
    with pytest.raises(NotReady):
        registry.promote(version, by=school.hana, why=WHY)
    registry.approve(version, by=school.dora)
    assert state(version) == VersionState.APPROVED
    registry.promote(version, by=school.hana, why=WHY)
    assert state(version) == VersionState.CHAMPION
    move = AliasMove.objects.get()
    assert (move.by, move.why, move.before) == (school.hana, WHY, None)
    assert AuditEvent.objects.filter(verb="champion moved", target_id=version.pk, actor_id=school.hana.pk).exists()


def test_no_yes_makes_up_for_a_gate_that_was_not_passed(alone: Cast) -> None:
    version = make_version(alone.lakeside, passed=False)
    assert state(version) == VersionState.REJECTED
    for decide in (
        lambda: registry.approve(version, by=alone.hana),
        lambda: registry.promote(version, by=alone.hana, why=WHY),
        lambda: registry.challenge(version, by=alone.hana, why=WHY),
    ):
        with pytest.raises(Conflict):
            decide()
    assert registry.champion(alone.lakeside) is None


def test_a_rejected_version_serves_only_after_a_new_yes(alone: Cast) -> None:
    version = make_version(alone.lakeside)
    with pytest.raises(Conflict, match="Say why"):
        registry.reject(version, by=alone.hana, reason=" ")
    registry.reject(version, by=alone.hana, reason="Too hard on new students.")
    assert state(version) == VersionState.REJECTED
    with pytest.raises(Conflict, match="was rejected"):
        registry.promote(version, by=alone.hana, why=WHY)
    registry.approve(version, by=alone.dora, reason="Looked again.")
    registry.promote(version, by=alone.hana, why=WHY)
    with pytest.raises(Conflict, match="serves now"):
        registry.reject(version, by=alone.hana, reason="No.")


def test_rolling_back_goes_one_champion_back_each_time(alone: Cast) -> None:
    one, two, three = (make_version(alone.lakeside) for _ in range(3))
    for version in (one, two, three):
        registry.promote(version, by=alone.hana, why=WHY)
    assert state(one) == VersionState.ARCHIVED
    registry.roll_back(alone.lakeside, by=alone.hana, why="Worse in art.")
    assert registry.champion(alone.lakeside) == two
    registry.roll_back(alone.lakeside, by=alone.hana, why="Worse still.")
    assert registry.champion(alone.lakeside) == one
    with pytest.raises(Conflict, match="no earlier champion"):
        registry.roll_back(alone.lakeside, by=alone.hana, why="Again.")
    assert AliasMove.objects.count() == 5


def test_a_challenger_that_becomes_champion_challenges_no_more(alone: Cast) -> None:
    one, two = make_version(alone.lakeside), make_version(alone.lakeside)
    registry.promote(one, by=alone.hana, why=WHY)
    registry.challenge(two, by=None, why="newest")
    assert state(two) == VersionState.CHALLENGER
    assert registry.challenger(alone.lakeside) == two
    registry.promote(two, by=alone.hana, why=WHY)
    assert registry.challenger(alone.lakeside) is None


def test_the_subject_s_own_champion_comes_before_the_school_s_and_that_before_the_district_s(alone: Cast) -> None:
    school, subject = alone.lakeside, alone.maths.subject
    ModelPolicy.objects.create(school=alone.district, needs_second_person=False)
    district, whole, own = make_version(alone.district), make_version(school), make_version(school, subject=subject)
    registry.promote(district, by=alone.dora, why=WHY)
    assert registry.champion(school, subject) == district
    assert registry.champion(alone.hillside) is None, "the school next door is in no district"
    registry.promote(whole, by=alone.hana, why=WHY)
    assert registry.champion(school, subject) == whole
    registry.promote(own, by=alone.hana, why=WHY)
    assert registry.champion(school, subject) == own
    assert registry.champion(school, alone.art.subject) == whole


def test_a_version_that_was_read_before_somebody_decided_is_looked_at_again(alone: Cast) -> None:
    version = make_version(alone.lakeside)
    as_read, read_too = (ModelVersion.objects.with_standing().get(pk=version.pk) for _ in range(2))
    registry.reject(version, by=alone.hana, reason="Too coarse.")
    for decide in (registry.promote, registry.challenge):
        with pytest.raises(Conflict):
            decide(as_read, by=alone.hana, why=WHY)
    registry.approve(version, by=alone.hana)
    registry.promote(version, by=alone.hana, why=WHY)
    with pytest.raises(Conflict):
        registry.reject(read_too, by=alone.hana, reason="Too coarse.")


def test_a_model_that_cannot_be_opened_is_not_promoted(alone: Cast) -> None:
    version = make_version(alone.lakeside, seed=1)
    artifacts.opened(version)  # that this process has it open is no help to the others
    path_of(version).unlink()
    with pytest.raises(artifacts.BadArtifact):
        registry.promote(version, by=alone.hana, why=WHY)
    assert registry.champion(alone.lakeside) is None


def test_while_the_champion_cannot_be_opened_the_last_good_one_serves(alone: Cast) -> None:
    good, bad = make_version(alone.lakeside), make_version(alone.lakeside, seed=1)
    for version in (good, bad):
        registry.promote(version, by=alone.hana, why=WHY)
    artifacts.forget_opened()
    path_of(bad).unlink()
    assert registry.champion(alone.lakeside) == bad
    assert registry.serving(alone.lakeside) == good
    path_of(good).unlink()
    artifacts.forget_opened()
    with pytest.raises(artifacts.BadArtifact, match="none of those that served"):
        registry.serving(alone.lakeside)


def test_which_version_was_in_force_on_a_day_is_known_afterwards(alone: Cast) -> None:
    one, two = make_version(alone.lakeside), make_version(alone.lakeside)
    for version, days in ((one, 20), (two, 5)):
        move = registry.promote(version, by=alone.hana, why=WHY)
        AliasMove.objects.filter(pk=move.pk).update(at=timezone.now() - timedelta(days=days))

    def on(days: int) -> Any:
        return registry.in_force(alone.lakeside, None, make.TODAY - timedelta(days=days))

    assert [on(30), on(10), on(5), on(0)] == [None, one, two, two]
    assert AliasMove.objects.filter(name=Alias.CHAMPION).count() == 2
