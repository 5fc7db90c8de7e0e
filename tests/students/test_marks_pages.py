"""The pages of the mark grid: who sees it, what stands in it, saving it without a script, and a cell's history."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from portal.audit.models import AccessEvent, Change
from students.models import Result, SchoolClass, Sitting
from tests import make
from tests.asserts import assert_queries
from tests.cast import EVERYONE, Cast

KEEPS_MARKS = {"hana", "otto", "dora", "ada"}
ONLY_SEES = {"cora", "gus", "mina"}


def address(school_class: SchoolClass, rest: str = "") -> str:
    return f"/classes/{school_class.pk}/marks/{rest}"


def fields(page) -> dict[str, str]:
    """What a browser without a script would send back."""
    return dict(re.findall(r'name="([cs]-\d+-\d+)" value="([^"]*)"', page.text))


@pytest.mark.parametrize("person", EVERYONE)
def test_the_grid_is_for_who_teaches_the_class_and_who_keeps_the_school(school: Cast, client_as, person: str) -> None:
    page = client_as(getattr(school, person)).get(address(school.maths))
    assert page.status_code == (200 if person in KEEPS_MARKS else 403 if person in ONLY_SEES else 404)
    assert ("Sam Okafor" in page.text) == (person in KEEPS_MARKS)
    seen = AccessEvent.objects.filter(what="marks", user_id=getattr(school, person).pk)
    assert {each.student_id for each in seen} == ({school.sam.pk, school.mia.pk} if person in KEEPS_MARKS else set())


def test_exams_are_columns_and_students_rows(school: Cast, client_as) -> None:
    page = client_as(school.ada).get(address(school.maths))
    assert fields(page) == {
        f"{kind}-{school.test.pk}-{result.student_id}": text
        for result in Result.objects.filter(exam=school.test)
        for kind, text in (("c", f"{result.score:.0f}"), ("s", f"{result.pk}.1 {result.score:.0f}"))
    }
    assert "Algebra test" in page.text
    assert all(fact in page.text for fact in ("of 50", "weight 1", 'data-maximum="50"'))
    assert 'aria-current="page">Marks</a>' in page.text
    assert "2 of 2" in page.text


@pytest.mark.parametrize(
    ("why", "words"), [("locked", "locked"), ("ahead", "ahead"), ("not-enrolled", "not in the class")]
)
def test_a_cell_that_cannot_be_written_is_plain_text_and_says_why(
    school: Cast, client_as, why: str, words: str
) -> None:
    if why == "locked":
        Sitting.objects.filter(exam=school.test, school_class=school.maths).update(locked_at=timezone.now())
    if why == "not-enrolled":
        make.make_enrolment(make.make_student(school.lakeside), school.maths, starts=make.TODAY)
    page = client_as(school.ada).get(address(school.maths))
    cells = re.findall(
        rf'<td class="cell fixed" data-exam="\d+" data-student="\d+" data-why="{why}".*?</td>', page.text
    )
    assert cells
    assert all("<input" not in each and words in each for each in cells)


def test_a_class_without_exams_or_students_says_what_comes(school: Cast, client_as) -> None:
    empty = make.make_class(school.lakeside, "Choir")
    assert "No exam yet" in client_as(school.hana).get(address(empty)).text
    make.make_exam(empty)
    assert "Nobody in this class" in client_as(school.hana).get(address(empty)).text


def test_of_many_exams_twelve_are_shown_up_to_the_next_one(school: Cast, client_as) -> None:
    past = [make.make_exam(school.maths, day=make.TODAY - timedelta(days=90 - n)) for n in range(20)]
    later = make.make_exam(school.maths, day=make.TODAY + timedelta(days=90))
    ada = client_as(school.ada)
    grid = ada.get(address(school.maths)).context["grid"]
    assert [column.exam for column in grid.exams] == [*past[-10:], school.test, school.final]
    assert (grid.earlier, grid.later) == (0, 22)
    older = ada.get(address(school.maths, "?from=0")).context["grid"]
    assert [column.exam for column in older.exams] == past[:12]
    assert (older.earlier, older.later) == (None, 12)
    for wanted in (past[3], later):
        around = ada.get(address(school.maths, f"?exam={wanted.pk}")).context["grid"]
        assert wanted in [column.exam for column in around.exams]


def test_the_first_empty_cell_of_an_exam_is_where_entering_begins(school: Cast, client_as) -> None:
    quiz = make.make_exam(school.maths)
    page = client_as(school.ada).get(address(school.maths, f"?exam={quiz.pk}")).text
    assert f'data-focus="{quiz.pk}-{school.mia.pk}"' in page
    make.make_result(quiz, school.mia)
    page = client_as(school.ada).get(address(school.maths, f"?exam={quiz.pk}")).text
    assert f'data-focus="{quiz.pk}-{school.sam.pk}"' in page


@pytest.mark.parametrize(
    "query", ["?from=-1", "?from=x", "?from=99999999999", "?exam=0", "?exam=x", "?from=²", "?one="]
)
def test_a_strange_wish_still_shows_the_grid(school: Cast, client_as, query: str) -> None:
    assert client_as(school.ada).get(address(school.maths, query)).status_code == 200


def test_one_exam_at_a_time_is_a_list_of_students(school: Cast, client_as) -> None:
    ada = client_as(school.ada)
    page = ada.get(address(school.maths, f"?one={school.test.pk}"))
    assert [column.exam for column in page.context["grid"].exams] == [school.test]
    assert "grid one" in page.text
    assert ada.get(address(school.maths, "?one=999999")).status_code == 404
    sent = fields(page) | {f"c-{school.test.pk}-{school.sam.pk}": "40"}
    done = ada.post(address(school.maths, f"?one={school.test.pk}"), sent)
    assert (done.status_code, done["Location"]) == (302, address(school.maths, f"?one={school.test.pk}"))
    assert Result.objects.get(exam=school.test, student=school.sam).score == 40


def test_without_a_script_only_what_was_changed_is_saved(school: Cast, client_as) -> None:
    ada = client_as(school.ada)
    sent = fields(ada.get(address(school.maths)))
    client_as(school.otto).post(address(school.maths), sent | {f"c-{school.test.pk}-{school.mia.pk}": "12"})
    page = ada.post(address(school.maths), sent | {f"c-{school.test.pk}-{school.sam.pk}": "33,5"}, follow=True)
    assert "1 mark saved." in page.text
    scores = dict(Result.objects.filter(exam=school.test).values_list("student_id", "score"))
    assert scores == {school.sam.pk: 33.5, school.mia.pk: 12}
    assert "Nothing was changed." in ada.post(address(school.maths), fields(page), follow=True).text


def test_what_cannot_be_read_comes_back_with_a_sentence_and_the_rest_is_saved(school: Cast, client_as) -> None:
    ada = client_as(school.ada)
    sent = fields(ada.get(address(school.maths)))
    changes = {f"c-{school.test.pk}-{school.sam.pk}": "<b>61", f"c-{school.test.pk}-{school.mia.pk}": "abs"}
    page = ada.post(address(school.maths), sent | changes)
    assert page.status_code == 422
    assert "1 mark saved, 1 needs a look." in page.text
    assert 'value="&lt;b&gt;61"' in page.text
    assert "“&lt;b&gt;61” is neither points nor abs, ex, ns." in page.text
    assert page.text.count('aria-invalid="true"') == 1
    assert Result.objects.get(exam=school.test, student=school.mia).status == "absent"


def test_without_a_script_too_nobody_writes_over_somebody_unseen(school: Cast, client_as) -> None:
    ada = client_as(school.ada)
    name = f"c-{school.test.pk}-{school.sam.pk}"
    sent = fields(ada.get(address(school.maths)))
    client_as(school.otto).post(address(school.maths), sent | {name: "12"})
    page = ada.post(address(school.maths), sent | {name: "13"})
    assert page.status_code == 409
    assert "Otto Office entered 12 in the meantime." in page.text
    assert ada.post(address(school.maths), fields(page)).status_code == 302
    assert Result.objects.get(exam=school.test, student=school.sam).score == 13


def test_a_lock_that_comes_while_typing_is_told(school: Cast, client_as) -> None:
    ada = client_as(school.ada)
    sent = fields(ada.get(address(school.maths)))
    Sitting.objects.filter(exam=school.test).update(locked_at=timezone.now())
    page = ada.post(address(school.maths), sent | {f"c-{school.test.pk}-{school.sam.pk}": "1"})
    assert page.status_code == 422
    assert "The marks of this exam are locked." in page.text


@pytest.mark.parametrize(
    "sent",
    [{"c-1": "5"}, {"c--": "5"}, {"c-x-y": "5"}, {"c-99999999999999999999-1": "5"}, {"c-1-2-3": "5"}, {"c-²-1": "5"}],
)
def test_fields_that_no_page_has_change_nothing(school: Cast, client_as, sent: dict[str, str]) -> None:
    assert client_as(school.ada).post(address(school.maths), sent).status_code == 302
    assert not Change.objects.filter(model="students.Result").exists()


def test_the_history_of_a_cell_tells_each_step(school: Cast, client_as) -> None:
    ada = client_as(school.ada)
    for person, text in ((school.ada, "33"), (school.otto, ""), (school.ada, "abs"), (school.otto, "34,5")):
        client = client_as(person)
        sent = fields(client.get(address(school.maths))) | {f"c-{school.test.pk}-{school.sam.pk}": text}
        client.post(address(school.maths), sent)
    other = make.make_exam(school.maths)
    ada.post(address(school.maths), {f"c-{other.pk}-{school.sam.pk}": "99"})
    page = ada.get(address(school.maths, f"history/{school.test.pk}/{school.sam.pk}/"))
    told = [(step.by, step.before, step.after) for step in page.context["past"].steps]
    assert told == [
        ("Otto Office", "abs", "34.5"),
        ("Ada Marsh", "", "abs"),
        ("Otto Office", "33", ""),
        ("Ada Marsh", "31", "33"),
    ]
    assert AccessEvent.objects.filter(what="mark history", student_id=school.sam.pk).count() == 1


def test_the_script_gets_the_history_without_the_page_around_it(school: Cast, client_as) -> None:
    where = address(school.maths, f"history/{school.test.pk}/{school.sam.pk}/")
    for headers in ({"HX-Request": "true"}, {"X-Requested-With": "XMLHttpRequest"}):
        part = client_as(school.ada).get(where, headers=headers)
        assert part.status_code == 200
        assert part.text.lstrip().startswith('<section id="mark-history"')
        assert "Nobody has entered or changed this mark here." in part.text


def test_there_is_no_history_of_cells_that_are_not_in_the_grid(school: Cast, client_as) -> None:
    ada, other = client_as(school.ada), make.make_exam(school.art)
    for exam, student in ((other, school.sam), (school.test, school.zoe), (school.test, school.liv)):
        assert ada.get(address(school.maths, f"history/{exam.pk}/{student.pk}/")).status_code == 404
    assert ada.get(address(school.maths, "history/0/0/")).status_code == 404
    assert (
        client_as(school.otto).get(address(school.maths, f"history/{school.test.pk}/{school.liv.pk}/")).status_code
        == 200
    )


def test_exams_ahead_fill_the_grid_up_to_twelve(school: Cast, client_as) -> None:
    ahead = [make.make_exam(school.maths, day=make.TODAY + timedelta(days=60 + n)) for n in range(6)]
    grid = client_as(school.ada).get(address(school.maths)).context["grid"]
    assert [column.exam for column in grid.exams] == [school.test, school.final, *ahead]
    assert (grid.earlier, grid.later) == (None, None)
    assert [column.is_ahead for column in grid.exams] == [False] + [True] * 7


def test_the_last_column_is_the_average_by_weight_of_all_exams_also_of_those_not_shown(school: Cast, client_as) -> None:
    heavy = make.make_exam(school.maths, maximum=20, weight=3, day=make.TODAY - timedelta(days=90))
    make.make_result(heavy, school.mia, 10)
    ada = client_as(school.ada)
    for query in ("", f"?one={school.test.pk}"):
        row = next(
            row for row in ada.get(address(school.maths, query)).context["grid"].rows if row.student == school.mia
        )
        assert row.average == pytest.approx((88 + 3 * 50) / 4)
    assert row.rest == "150.0 3.0"
    page = ada.get(address(school.maths))
    assert re.search(r'<td class="average" data-rest="0 0">60\s%</td>', page.text)


def test_the_grid_says_which_exams_families_see_already(school: Cast, client_as) -> None:
    make.make_release(school.test, school.maths)
    page = client_as(school.ada).get(address(school.maths)).text
    assert page.count('data-released="1"') == 1


def test_the_pages_of_a_class_have_one_head(school: Cast, client_as) -> None:
    ada = client_as(school.ada)
    for rest, name in (("marks/", "Marks"), ("roll/?anyway=1", "Roll")):
        page = ada.get(f"/classes/{school.maths.pk}/{rest}").text
        head = re.search(r'<div class="class-head">.*?</nav>.*?</nav>', page, re.DOTALL)[0]
        assert f'<a href="/classes/{school.maths.pk}/">Mathematics 9B</a>' in head
        assert f'aria-current="page">{name}</span>' in head
        assert "2 students" in head
        assert f'aria-current="page">{name}</a>' in head


@pytest.mark.parametrize("size", [1, 30])
def test_a_full_grid_needs_as_many_queries_as_a_small_one(school: Cast, client_as, size: int) -> None:
    for _ in range(size):
        make.make_enrolment(make.make_student(school.lakeside), school.maths)
    for _ in range(min(size, 10)):
        make.make_exam(school.maths)
    ada = client_as(school.ada)
    ada.get(address(school.maths))
    with assert_queries(15):
        assert ada.get(address(school.maths)).status_code == 200
