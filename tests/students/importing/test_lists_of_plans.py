"""Every record that a plan adds, changes, ends or removes, as the office leafs through it: by name, class and line."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone

from students import orders
from students.importing import batches, lists
from students.importing.batches import letting_go
from students.importing.lists import BLOCK, Listed, OneList, write_lists
from students.importing.spreadsheet.mapping_file import as_json, from_toml
from students.models import Enrolment, ImportBatch, Student
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.students.importing.batches_made import make_planned
from tests.students.importing.bundles import make_bundle
from tests.students.importing.files import after_work, applied, known, planned

pytestmark = pytest.mark.django_db(transaction=True)
ROLL = """\
source = "sis"
subject = "Mathematics"
[student]
external_id = "Id"
name = "Name"
grade_level = "Grade"
school_class = "Class"
ends = "Last day"
"""
HEAD = "Id;Name;Grade;Class;Last day\n"
NAME = re.compile(r'<th scope="row" class="break">(.*?)</th>')
ClientAs = Callable[..., Client]


def looked(school: Cast, text: str, toml: str = ROLL) -> ImportBatch:
    batch = batches.receive(school.lakeside, BytesIO(text.encode()), "roll.csv", by=school.otto)
    batches.choose_mapping(batch, as_json(from_toml(toml)), by=school.otto, source="sis")
    orders.order_plan(batch, by=school.otto)
    return after_work(batch)


def many(count: int) -> str:
    return HEAD + "".join(f"n{number};Child Number{number:03};9;{8 + number % 2}X;\n" for number in range(count))


def at(batch: ImportBatch, table: str, deed: str, asked: str = "") -> str:
    return f"/data/imports/{batch.pk}/plan/{table}/{deed}/{asked}"


def names_on(page: str) -> list[str]:
    return [unescape(name) for name in NAME.findall(page)]


def test_the_plan_leads_to_every_student_it_would_add(school: Cast, client_as: ClientAs) -> None:
    batch = looked(school, many(3))
    client = client_as(school.otto)
    plan = client.get(f"/data/imports/{batch.pk}/plan/").text
    assert f'href="{at(batch, "students", "added")}"' in plan
    page = client.get(at(batch, "students", "added")).text
    assert names_on(page) == ["Child Number000", "Child Number001", "Child Number002"]
    assert "Students, To add: 3" in page
    assert re.findall(r'data-label="Class">(\w+)<', page) == ["8X", "9X", "8X"]
    assert re.findall(r'data-label="Line">(\d+)<', page) == ["2", "3", "4"]


def test_a_long_list_is_leafed_through_fifty_at_a_time(school: Cast, client_as: ClientAs) -> None:
    batch = looked(school, many(120))
    client = client_as(school.otto)
    pages = [client.get(at(batch, "students", "added", f"?page={number}")).text for number in (1, 2, 3)]
    assert [len(names_on(page)) for page in pages] == [50, 50, 20]
    assert 'rel="next"' in pages[1]
    assert 'rel="next"' not in pages[2]
    assert "There is no page 4" in client.get(at(batch, "students", "added", "?page=4")).text


def test_what_is_listed_is_what_happens(school: Cast, client_as: ClientAs) -> None:
    batch, client = looked(school, many(70)), client_as(school.otto)
    before = set(Student.objects.values_list("pk", flat=True))
    listed = [
        name for page in (1, 2) for name in names_on(client.get(at(batch, "students", "added", f"?page={page}")).text)
    ]
    orders.order_apply(batch, batch.fingerprint, by=school.otto, accepted_guards=True)
    after_work(batch)
    added = Student.objects.exclude(pk__in=before)
    assert sorted(listed) == sorted(f"{each.given_name} {each.family_name}" for each in added)
    page = client.get(at(batch, "students", "added")).text
    assert "Students, Added: 70" in page
    assert f'href="{at(batch, "students", "added")}"' in client.get(f"/data/imports/{batch.pk}/").text


def test_somebody_is_found_by_name_or_class(school: Cast, client_as: ClientAs) -> None:
    batch, client = looked(school, many(120)), client_as(school.otto)
    assert names_on(client.get(at(batch, "students", "added", "?q=number117")).text) == ["Child Number117"]
    ninth = client.get(at(batch, "students", "added", "?q=9x&page=2")).text
    assert len(names_on(ninth)) == 10
    assert "Nobody and nothing here is called so" in client.get(at(batch, "students", "added", "?q=nobody")).text


def test_who_leaves_is_listed_with_what_changes(school: Cast, client_as: ClientAs) -> None:
    known(school)
    batch = looked(school, HEAD + "s1;Sam Okafor;9;;2026-10-30\n")
    page = client_as(school.otto).get(at(batch, "students", "ended")).text
    assert names_on(page) == ["Sam Okafor"]
    assert "2026-10-30" in page
    assert "Last day" in page
    home = Enrolment.objects.filter(student=school.sam, school_class__is_home_class=True).first()
    assert (home.school_class.name if home else "Mathematics") in page


def test_an_enrolment_that_the_file_names_no_more_stands_in_no_line(school: Cast, client_as: ClientAs) -> None:
    Enrolment.objects.filter(student=school.sam).update(source="oneroster", external_id="gone", origin="import")
    batch = batches.receive(
        school.lakeside,
        BytesIO(make_bundle(students=3, classes_each=1, class_size=3, items_each=0, seed=1, on=make.TODAY).zipped()),
        "bundle.zip",
        by=school.otto,
    )
    orders.order_plan(batch, by=school.otto)
    batch = after_work(batch)
    page = client_as(school.otto).get(at(batch, "enrolments", "ended")).text
    assert "Sam Okafor" in names_on(page)
    assert "not in the file" in page


def test_marks_are_listed_with_their_exam_and_points(school: Cast, client_as: ClientAs) -> None:
    known(school)
    page = client_as(school.otto).get(at(planned(school), "results", "added")).text
    assert names_on(page) == ["Sam Okafor, Quiz 1", "Mia Lindqvist, Quiz 1"]
    assert "<b>14</b>" in page
    assert "<b>17</b>" in page


def test_removed_marks_are_listed(school: Cast, client_as: ClientAs) -> None:
    known(school)
    applied(school)
    batch = planned(school, "Id;Name;Exam;Subject;Day;Maximum;Score\ns1;Sam Okafor;Quiz 1;Mathematics;2026-03-02;20;14\n", truncate=True)  # fmt: skip
    assert batch.plan["tables"]
    page = client_as(school.otto).get(at(batch, "results", "removed")).text
    assert names_on(page) == ["Mia Lindqvist, Quiz 1"]


def test_a_list_without_anybody_says_so_and_what_is_no_list_is_not_found(school: Cast, client_as: ClientAs) -> None:
    batch, client = make_planned(school), client_as(school.otto)
    assert "Nothing of this kind" in client.get(at(batch, "students", "ended")).text
    for table, deed in (("students", "unchanged"), ("students", "read"), ("spells", "added"), ("exams", "added")):
        assert client.get(at(batch, table, deed)).status_code == 404


def test_lists_are_let_go_with_the_files(school: Cast, client_as: ClientAs) -> None:
    batch, client = looked(school, many(2)), client_as(school.otto)
    path = batch.lists_path
    letting_go.let_go(timezone.now() + timedelta(days=31), kept=timedelta(days=30))
    assert not storages["files"].exists(path)
    assert at(batch, "students", "added") not in client.get(f"/data/imports/{batch.pk}/plan/").text
    assert client.get(at(batch, "students", "added")).status_code == 410


def test_a_new_plan_and_a_discarded_one_leave_no_lists_behind(school: Cast) -> None:
    batch = looked(school, many(2))
    first = batch.lists_path
    orders.order_plan(batch, by=school.otto)
    batch = after_work(batch)
    assert not storages["files"].exists(first)
    batches.discard(batch, by=school.otto)
    assert not storages["files"].exists(batch.lists_path or first)
    assert batch.lists_path == ""


def test_a_list_needs_as_many_queries_whatever_is_on_it(school: Cast, client_as: ClientAs) -> None:
    client = client_as(school.otto)
    for batch in (looked(school, many(2)), looked(school, many(60))):
        client.get(at(batch, "students", "added"))
        with assert_queries(9):
            assert client.get(at(batch, "students", "added")).status_code == 200


def test_a_page_reads_only_the_blocks_it_shows() -> None:
    blocks = [[Listed(f"Child {BLOCK * turn + row}", "9X", "", 0) for row in range(BLOCK)] for turn in range(3)]
    out = BytesIO()
    write_lists(lambda: [("students", "added", blocks)], out)
    with ZipFile(out) as archive:
        assert len(archive.namelist()) == 3
        chosen = OneList(archive, "students", "added")
        assert [row.who for row in chosen.taken(BLOCK - 1, 2)] == [f"Child {BLOCK - 1}", f"Child {BLOCK}"]
        assert chosen.taken(3 * BLOCK, 50) == []
        assert [row.who for row in chosen.taken(1, 1, "child")] == ["Child 1"]
    assert lists.MOST % BLOCK == 0


def test_a_report_speaks_the_language_of_who_reads_it_and_says_what_was_done(school: Cast, client_as) -> None:
    known(school)
    school.otto.preferences["language"] = "de"
    school.otto.save()
    batch = applied(school)
    assert "Prüfungen" in {table["label"] for table in batch.plan["tables"]}, "as Otto read it when he ordered it"
    page = client_as(school.hana).get(f"/data/imports/{batch.pk}/").text
    assert "Prüfungen" not in page
    assert '<th scope="row">Exams</th>' in page
    assert '<th scope="col" class="num">Added</th>' in page
