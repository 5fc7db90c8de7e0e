"""The students of one chunk with their families: who they are, who cares for them, who looks after them."""

from datetime import datetime
from typing import Any

import numpy as np

from mlcore.synth import NO_DAY, SynthChunk
from mlcore.synth.draw import stream
from mlcore.synth.people import ETHNICITIES, GENDERS, HOME_LANGUAGES, LUNCH_PROGRAMMES, PARENTAL_EDUCATION
from mlcore.synth.presence import ABSENT
from portal.kit import bulk
from portal.kit.names import fold
from predictions.demo import names
from predictions.demo.school import DemoSchool, days, stamp, write_memberships, write_users
from students.models import Caseload, Demographics, Guardianship, Relation, Student, StudentStatus
from students.roles import Role

CALLED_OTHERWISE = {"Samuel": "Sam", "Benjamin": "Ben", "Charlotte": "Lottie", "Matilda": "Tilly", "Michał": "Mike"}
OFTEN_ABSENT = 0.12
OF_ANOTHER_NAME = 0.2  # guardians whose family name is not the child's


def write_students(demo: DemoSchool, chunk: SynthChunk, first: int) -> None:
    """Students, protected facts, guardians and caseloads. Student k of the plan gets the key `first + k`."""
    rng = stream(demo.plan.spec.seed, "student names", chunk.start)
    people = chunk.people
    genders = [GENDERS[code] for code in people["gender"]]
    given, family = names.draw(rng, people["name_origin"], genders)
    keys = first + people["student"].astype(np.int64)
    called = [CALLED_OTHERWISE.get(name, "") for name in given]
    bulk.write(
        Student,
        {
            "id": keys,
            "school_id": demo.school.pk,
            "given_name": given,
            "family_name": family,
            "preferred_name": called,
            "search_name": [fold(*name) for name in zip(given, family, called, strict=True)],
            "birth_date": days(people["birth_date"]),
            "grade_level": people["grade_level"],
            "status": _status(demo, people),
            "starts": days(people["starts"]),
            "ends": days(people["ends"], NO_DAY),
            "account_id": None,
            **stamp(demo.moment),
        },
    )
    _demographics(keys, people, demo.moment)
    _guardians(demo, keys, people, family, rng)
    _caseloads(demo, chunk, keys)


def _status(demo: DemoSchool, people: dict[str, Any]) -> bulk.Coded:
    left = people["ends"] != NO_DAY
    expected = people["starts"] > demo.plan.today
    values = [StudentStatus.ENROLLED.value, StudentStatus.LEFT.value, StudentStatus.EXPECTED.value]
    return bulk.Coded(np.where(left, 1, np.where(expected, 2, 0)), values)


def _demographics(keys: Any, people: dict[str, Any], moment: datetime) -> None:
    words = {
        "gender": GENDERS,
        "ethnicity": ETHNICITIES,
        "parental_education": PARENTAL_EDUCATION,
        "lunch_programme": LUNCH_PROGRAMMES,
        "home_language": HOME_LANGUAGES,
    }
    columns = {name: [choices[code] for code in people[name]] for name, choices in words.items()}
    bulk.write(Demographics, {"student_id": keys, **columns, **stamp(moment)})


def _guardians(
    demo: DemoSchool, keys: Any, people: dict[str, Any], family: list[str], rng: np.random.Generator
) -> None:
    """None, one or two for each student, as people who could be given an account."""
    child = np.repeat(np.arange(len(keys)), people["guardians"])
    if not len(child):
        return
    origins = people["name_origin"][child]
    genders = np.where(rng.random(len(child)) < 0.55, "female", "male").tolist()
    given, own_family = names.draw(rng, origins, genders)
    other = rng.random(len(child)) < OF_ANOTHER_NAME
    surnames = [own_family[row] if other[row] else family[child[row]] for row in range(len(child))]
    first_user = write_users(list(zip(given, surnames, strict=True)), "family", demo.moment)
    users = np.arange(first_user, first_user + len(child))
    starts = days(people["starts"])[child]
    write_memberships(demo.school, users, Role.GUARDIAN.value, starts, demo.moment)
    first = bulk.next_key(Guardianship)
    bulk.write(
        Guardianship,
        {
            "id": np.arange(first, first + len(child)),
            "student_id": keys[child],
            "guardian_id": users,
            "relation": bulk.Coded(
                (rng.random(len(child)) < 0.06).astype(np.int8), [Relation.PARENT.value, Relation.CARER.value]
            ),
            "is_first_contact": np.concatenate([[True], child[1:] != child[:-1]]),
            "starts": starts,
            "ends": days(people["ends"], NO_DAY)[child],
            **stamp(demo.moment),
        },
    )
    bulk.keys_taken(Guardianship)


def _caseloads(demo: DemoSchool, chunk: SynthChunk, keys: Any) -> None:
    """Counsellors look after those who were often absent and are still here."""
    marks = chunk.attendance
    position = marks["student"] - chunk.start
    seen = np.bincount(position, minlength=len(keys))
    away = np.bincount(position[marks["status"] >= ABSENT], minlength=len(keys))
    chosen = np.flatnonzero((away > OFTEN_ABSENT * np.maximum(seen, 20)) & (chunk.people["ends"] == NO_DAY))
    if not len(chosen):
        return
    first = bulk.next_key(Caseload)
    bulk.write(
        Caseload,
        {
            "id": np.arange(first, first + len(chosen)),
            "counsellor_id": demo.first_counsellor + chunk.people["student"][chosen] % demo.counsellors,
            "student_id": keys[chosen],
            "starts": np.maximum(
                days(demo.plan.year_spans[demo.plan.current_year, 0]), days(chunk.people["starts"][chosen])
            ),
            "ends": None,
            **stamp(demo.moment),
        },
    )
    bulk.keys_taken(Caseload)
