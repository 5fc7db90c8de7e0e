"""Try a prediction: typed for nobody in particular, checked as one types, and kept only when it is asked for."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from portal.audit.models import AuditEvent
from portal.kit.errors import NotAllowed
from predictions import registry
from predictions.enquiring import ask, try_out
from predictions.models import Enquiry, ModelPolicy, ModelVersion
from predictions.outlooks.said import said
from predictions.outlooks.trying import form_of
from predictions.web.enquiry_input import number, typed
from students.models import School
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.trained import make_version

pytestmark = pytest.mark.django_db
PAGE, CHECK = "/models/try/", "/models/try/check/"
TYPED = {
    "v-subject": "MATH", "v-kind": "final", "v-lead": "20", "v-all_count": "9", "v-shrunken_mean": "62",
    "v-attendance_rate": "91.5",
}  # fmt: skip
STORED = {
    "subject": "MATH", "kind": "final", "lead": 20.0, "all_count": 9.0, "shrunken_mean": 62.0, "attendance_rate": 91.5,
}  # fmt: skip


@pytest.fixture
def version(school: Cast) -> ModelVersion:
    return serve(school.lakeside)


def serve(school: School, **facts: Any) -> ModelVersion:
    ModelPolicy.objects.get_or_create(school=school, defaults={"needs_second_person": False})
    found = make_version(school, **facts)
    registry.promote(found, by=None, why="serves")
    return found


def html_of(response: Any) -> str:
    return response.content.decode()


def test_what_is_typed_is_answered_with_a_range_chances_and_reasons(school: Cast, version, client_as) -> None:
    page = client_as(school.ada).post(CHECK, TYPED)
    html = html_of(page)
    answer = try_out(school.lakeside, STORED, by=school.ada)
    told = said(answer, version, school.lakeside, STORED, None)
    assert page.status_code == 200
    assert f"{told.low} to {told.high}" in html
    assert f"Most likely <b>{told.score}</b>" in html
    assert "<svg" in html
    assert "What makes the score, in points" in html
    assert not Enquiry.objects.exists()


def test_the_points_of_the_reasons_add_up_as_they_are_told(school: Cast, version) -> None:
    for mean in (12, 47.3, 62, 88.8):
        values = {**STORED, "shrunken_mean": mean}
        bars = said(try_out(school.lakeside, values, by=school.ada), version, school.lakeside, values, None).bars
        points = [float(bar.told.replace("\N{MINUS SIGN}", "-")) for bar in bars]
        assert sum(points[:-1]) == pytest.approx(points[-1], abs=1e-9)
        assert all(bar.x >= 0 and bar.x + bar.width <= 200 for bar in bars)


def test_only_what_is_asked_is_kept_and_can_be_loaded_again(school: Cast, version, client_as) -> None:
    client = client_as(school.ada)
    asked = client.post(PAGE, TYPED)
    enquiry = Enquiry.objects.get()
    assert (asked.status_code, asked.url) == (302, f"{PAGE}?load={enquiry.pk}")
    assert (enquiry.values, enquiry.by, enquiry.version) == (STORED, school.ada, version)
    assert AuditEvent.objects.filter(verb="enquiry made").count() == 1
    html = html_of(client.get(asked.url))
    assert 'value="91.5"' in html
    assert '<option value="MATH" selected>' in html
    assert "Your last questions" in html
    assert Enquiry.objects.count() == 1


def test_ones_last_five_questions_are_listed_and_nobody_elses(school: Cast, version, client_as) -> None:
    for mean in range(50, 57):
        ask(school.lakeside, {**STORED, "shrunken_mean": mean}, by=school.ada)
    assert html_of(client_as(school.ada).get(PAGE)).count("?load=") == 5
    assert "?load=" not in html_of(client_as(school.otto).get(PAGE))


def test_a_question_of_somebody_else_is_loaded_by_leaders_alone(school: Cast, version, client_as) -> None:
    serve(school.hillside, seed=1)
    asked = ask(school.lakeside, STORED, by=school.ada)
    assert client_as(school.hana).get(f"{PAGE}?load={asked.pk}").status_code == 200
    for person in (school.cora, school.wanda):
        assert client_as(person).get(f"{PAGE}?load={asked.pk}").status_code == 404


def test_the_page_works_without_script(school: Cast, version, client_as) -> None:
    page = client_as(school.ada).post(PAGE, {**TYPED, "v-shrunken_mean": "999"})
    html = html_of(page)
    assert page.status_code == 422
    assert "expected a number from 0 to 100, but it says 999" in html
    assert 'aria-invalid="true"' in html
    assert 'value="999"' in html
    assert not Enquiry.objects.exists()


BAD = [
    ("shrunken_mean", "999"), ("shrunken_mean", "-1"), ("shrunken_mean", "100.01"), ("shrunken_mean", "abc"),
    ("shrunken_mean", "nan"), ("shrunken_mean", "inf"), ("shrunken_mean", "1e3"), ("shrunken_mean", "0x10"),
    ("shrunken_mean", "1_0"), ("shrunken_mean", "6,2,1"), ("shrunken_mean", "6.2,1"), ("shrunken_mean", "--5"),
    ("shrunken_mean", "62\x00"), ("shrunken_mean", "true"), ("shrunken_mean", "MATH"), ("shrunken_mean", "9" * 300),
    ("shrunken_mean", "٦٢x"), ("shrunken_mean", "=1+1"), ("lead", "-3"), ("lead", "tomorrow"), ("all_count", "-9"),
    ("attendance_rate", "101"), ("subject", "SHOPPING"), ("subject", "\ud7ff\x00"), ("subject", "62"), ("kind", "62"),
    ("kind", "<script>alert(1)</script>"), ("shoes", "43"), ("", "1"), ("shrunken_mean", "NaN%"),
]  # fmt: skip


@pytest.mark.parametrize("address", [PAGE, CHECK])
@pytest.mark.parametrize(("name", "text"), BAD)
def test_a_value_that_cannot_be_meant_gets_a_sentence_and_changes_nothing(
    school: Cast, version, client_as, address: str, name: str, text: str
) -> None:
    page = client_as(school.ada).post(address, {**TYPED, f"v-{name}": text})
    assert page.status_code == 422
    assert "expected" in html_of(page) or "does not know a value of this name" in html_of(page)
    assert "<script>alert" not in html_of(page)
    assert not Enquiry.objects.exists()


def test_an_unknown_word_is_told_which_words_there_are(school: Cast, version, client_as) -> None:
    html = html_of(client_as(school.ada).post(CHECK, {**TYPED, "v-subject": "SHOPPING"}))
    assert re.search(r"Subject: expected one of [^.]*MATH", html)


def test_every_fault_is_told_at_once_and_beside_its_field(school: Cast, version, client_as) -> None:
    bad = {**TYPED, "v-subject": "SHOPPING", "v-shrunken_mean": "140", "v-attendance_rate": "x"}
    html = html_of(client_as(school.ada).post(CHECK, bad))
    assert "3 values cannot be meant" in html
    assert html.count("data-fault") == 3


def test_a_comma_is_a_decimal_point(school: Cast) -> None:
    assert [number(text) for text in ("62,5", "62.5", " 62 ", "62 %", "\N{MINUS SIGN}3", "+4")] == [
        62.5,
        62.5,
        62,
        62,
        -3,
        4,
    ]


def test_a_number_beyond_all_that_was_learned_is_answered_with_a_warning(school: Cast, version, client_as) -> None:
    page = client_as(school.ada).post(CHECK, {**TYPED, "v-all_count": "5000"})
    assert page.status_code == 200
    assert "Unusual: what the model learned from lay between" in html_of(page)


def test_too_little_is_answered_with_a_cause_and_what_would_change_it(school: Cast, version, client_as) -> None:
    html = html_of(client_as(school.ada).post(CHECK, {**TYPED, "v-lead": "400"}))
    assert "No prediction" in html
    assert "Because:" in html


def test_nothing_typed_is_no_question(school: Cast, version, client_as) -> None:
    client = client_as(school.ada)
    assert client.post(CHECK, {}).status_code == 200
    page = client.post(PAGE, {"v-subject": "  "})
    assert page.status_code == 422
    assert "Type at least one value first." in html_of(page)
    assert not Enquiry.objects.exists()


def test_the_ordinary_student_fills_the_form_and_gets_an_answer(school: Cast, version, client_as) -> None:
    form = form_of(version)
    values, faults = typed(form, form.ordinary)
    assert not faults
    answer = try_out(school.lakeside, values, by=school.ada)
    assert answer["cause"] is None
    assert abs(answer["score"] - answer["base"]) < 15
    assert "Most likely" in html_of(client_as(school.ada).get(f"{PAGE}?fill=ordinary"))


def test_the_most_telling_facts_stand_in_front_and_the_others_behind_a_fold(school: Cast, version) -> None:
    groups = form_of(version).groups
    front = {field.name for group in groups for field in group.front}
    assert {"subject", "lead", "shrunken_mean"} <= front
    assert len(front) < len(form_of(version).all) / 2
    assert groups[0].front[0].name in {"subject", "kind", "lead", "weight"}


def test_yes_or_no_is_chosen_not_typed(school: Cast, version) -> None:
    chosen = [field for field in form_of(version).all.values() if field.words and field.words[0][0] == "1"]
    for field in chosen:
        assert typed(form_of(version), {field.name: "1"}) == ({field.name: 1.0}, {})
        assert typed(form_of(version), {field.name: "2"})[1]


def test_where_nothing_serves_the_page_says_who_can_change_that(school: Cast, client_as) -> None:
    leader, teacher = (html_of(client_as(person).get(PAGE)) for person in (school.hana, school.ada))
    assert "No model serves here yet" in leader
    assert "/models/train/" in leader
    assert "A leader or analyst of your school has to train a model" in teacher
    assert "/models/train/" not in teacher


def test_a_subject_with_a_model_of_its_own_can_be_chosen(school: Cast, version, client_as) -> None:
    subject = make.make_subject(school.lakeside, "MUS")
    own = serve(school.lakeside, subject=subject, seed=1)
    html = html_of(client_as(school.ada).get(f"{PAGE}?about={subject.pk}"))
    assert str(own) in html
    client_as(school.ada).post(PAGE, {**TYPED, "about": str(subject.pk)})
    assert Enquiry.objects.get().version == own


@pytest.mark.parametrize("query", ["load=x", "load=999999", "load=" + "9" * 30, "about=x", "fill=x", "load=-1"])
def test_addresses_that_name_nothing_are_no_error_of_ours(school: Cast, version, client_as, query: str) -> None:
    assert client_as(school.ada).get(f"{PAGE}?{query}").status_code in (200, 404)


def test_the_room_itself_asks_who_is_asking(school: Cast, version) -> None:
    for person in (school.wanda, school.gus, school.mina, school.lena, school.root):
        with pytest.raises(NotAllowed):
            ask(school.lakeside, STORED, by=person)
        with pytest.raises(NotAllowed):
            try_out(school.lakeside, STORED, by=person)
    assert ask(school.lakeside, STORED, by=school.nils).pk


def queries_of(client: Client, address: str, data: dict[str, str] | None = None) -> int:
    with assert_queries(22) as caught:
        assert (client.post(address, data) if data else client.get(address)).status_code == 200
    return len(caught)


def test_the_page_asks_as_much_after_many_questions_as_after_one(school: Cast, version, client_as) -> None:
    client = client_as(school.ada)
    ask(school.lakeside, STORED, by=school.ada)
    client.get(PAGE)
    before = queries_of(client, PAGE), queries_of(client, CHECK, TYPED)
    for mean in range(40, 60):
        ask(school.lakeside, {**STORED, "shrunken_mean": mean}, by=school.ada)
    assert (queries_of(client, PAGE), queries_of(client, CHECK, TYPED)) == before


def test_what_is_kept_is_plain_json(school: Cast, version, client_as) -> None:
    client_as(school.ada).post(PAGE, TYPED)
    json.dumps(Enquiry.objects.get().values, allow_nan=False)
