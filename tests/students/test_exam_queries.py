"""How many queries the pages about exams need, whatever their number."""

import pytest

from students.summaries.exams import TIMES
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast


@pytest.mark.parametrize("size", [3, 40])
@pytest.mark.parametrize("person", ["ada", "hana"])
def test_exam_pages_need_as_many_queries_for_many_as_for_few(school: Cast, client_as, person: str, size: int) -> None:
    others = [make.make_class(school.lakeside, subject=school.maths.subject, name=f"Set {n:02}") for n in range(size)]
    for each in others:
        make.make_teaching(school.ada, each)
        make.make_enrolment(make.make_student(school.lakeside), each)
    for _ in range(size):
        make.make_exam(school.maths, *others)
    shared = make.make_exam(school.maths, *others, day=make.YESTERDAY)
    for each in others:
        make.make_result(shared, each.enrolments.first().student)
    client = client_as(getattr(school, person))
    client.get("/")
    for when in TIMES:
        with assert_queries(11):  # the sizes of exams are asked first, or one sat by hundreds of classes takes seconds
            client.get(f"/exams/?when={when}")
    for address, most in (("", 15), ("release/", 14), ("lock/", 13), ("edit/", 14), ("call-off/", 14)):
        with assert_queries(most):
            assert client.get(f"/exams/{shared.pk}/{address}").status_code == 200
    with assert_queries(9):
        client.get(f"/exams/new/?class={school.maths.pk}")
