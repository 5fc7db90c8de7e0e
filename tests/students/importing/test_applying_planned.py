"""From rows of a file to records and back: planned, written, planned again, and taken back."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from portal.audit.undo import undo
from students.importing.applying import write_plan
from students.importing.incoming import Incoming
from students.models import Guardianship, Membership, Result
from tests import make
from tests.cast import Cast
from tests.students.importing.incoming_made import made, planned
from tests.students.importing.plans_made import silent, stand


def a_file(school: Cast) -> Incoming:
    """A row or two for every table; some say what is there already, some say something new."""
    begins, day = make.TODAY - timedelta(days=60), make.TODAY - timedelta(days=5)
    tables: dict[str, list[dict[str, Any]]] = {
        "terms": [{"external_id": "y", "name": "Next", "kind": "year", "starts": begins, "ends": make.TODAY}],
        "subjects": [{"external_id": "b", "code": "BIO", "name": "Biology"}],
        "classes": [{"external_id": "c", "name": "Biology 9B", "subject": "b", "term": "y", "grade_level": 9}],
        "people": [
            {"external_id": "p", "name": "Noa Çelik", "email": "noa.new@lakeside.example"},
            {"external_id": "g", "name": "Gus Guardian", "email": "GUS@lakeside.example"},
        ],
        "memberships": [{"external_id": "m", "person": "p", "role": "teacher", "starts": begins}],
        "students": [
            {"external_id": "1", "given_name": "Ben", "family_name": "Ng", "grade_level": 9, "starts": begins},
            {"external_id": "2", "given_name": "Ida", "family_name": "Holm", "grade_level": 10, "starts": begins},
        ],
        "guardianships": [{"student": "1", "person": "g", "relation": "parent", "starts": begins}],
        "enrolments": [{"student": each, "school_class": "c", "starts": begins} for each in ("1", "2")],
        "teachings": [{"person": "p", "school_class": "c", "starts": begins, "is_lead": 1}],
        "exams": [
            {"external_id": "x", "title": "Cells", "subject": "b", "term": "y", "day": day, "maximum": 20000},
            {"external_id": "z", "title": "Last", "subject": "b", "term": "y", "day": make.TODAY + timedelta(days=9)},
        ],
        "sittings": [{"exam": each, "school_class": "c"} for each in ("x", "z")],
        "results": [
            {"exam": "x", "student": "1", "score": 12345.25, "status": "scored"},
            {"exam": "x", "student": "2", "status": "not_submitted"},
        ],
        "attendance": [{"student": "1", "school_class": "c", "day": day, "status": "L"}],
        "indicators": [{"external_id": "i", "code": "hours", "name": "Hours", "kind": "number"}],
        "observations": [{"student": "2", "indicator": "i", "day": day, "number": 3.125}],
    }
    return made(**tables)


def test_a_file_is_written_once_says_nothing_the_second_time_and_is_taken_back(school: Cast) -> None:
    before, mark = stand(), uuid4()
    plan, findings = planned(a_file(school), school.lakeside, make.TODAY)
    assert [each.expected for each in findings.shown["error"]] == []
    with transaction.atomic():
        written = write_plan(plan, by=school.otto, at=timezone.now(), mark=mark, progress=silent)
    assert {name: counts["added"] for name, counts in written.counts.items()}["results"] == 2
    assert Guardianship.objects.get(student__family_name="Ng").guardian == school.gus
    assert Membership.objects.get(user__email="noa.new@lakeside.example").role == "teacher"
    assert str(Result.objects.get(student__family_name="Ng").score) == "12345.25"
    again, _findings = planned(a_file(school), school.lakeside, make.TODAY)
    assert again.does == 0
    done = undo(mark, by=school.hana)
    assert done.left == []
    assert stand() == before
