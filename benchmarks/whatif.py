"""How long one turn of a what-if slider takes at the server, from the request to the answer for the browser.

`VAR_DIR=… python -m benchmarks.whatif [turns]`; the database must hold predictions, such as those of `make run`. The first
answer opens the stored model and is told apart. Nothing is stored but the trace of who looked.
"""

import logging
import os
import statistics
import sys
import time
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"

import django

django.setup()

from django.conf import settings
from django.db.models import Count
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from predictions import artifacts
from predictions.models import CurrentPrediction, Prediction
from predictions.outlooks.student_supposing import Knob, knobs_of
from students.models import Membership, School
from students.roles import Role

BUDGET_MS = 300
STUDENTS = 20


def asked(school: School) -> list[Prediction]:
    """Of exams ahead, one for each of some students."""
    rows = CurrentPrediction.objects.filter(
        exam__school=school, exam__day__gte=school.today(), prediction__score__isnull=False
    )
    keys = rows.order_by("student_id", "exam__day").values_list("student_id", "prediction_id")
    chosen = list(dict(reversed(list(keys[: 40 * STUDENTS]))).values())[:STUDENTS]
    return list(Prediction.objects.filter(pk__in=chosen).select_related("run__version", "exam", "student"))


def leader_of(school: School) -> User:
    member = Membership.objects.filter(school=school, role=Role.LEADER).select_related("user").first()
    if member is None:
        raise SystemExit("This school has no leader who could ask.")
    return member.user


def turn(client: Client, prediction: Prediction, knob: Knob, number: int) -> float:
    """One answer, in milliseconds."""
    share = (number * 7 % 19 + 1) / 20
    value = float(knob.low) + share * (float(knob.high) - float(knob.low))
    address = reverse("student-what-if", args=[prediction.student_id, prediction.exam_id])
    began = time.perf_counter()
    answer: Any = client.post(address, {knob.key: f"{value:.1f}"}, headers={"HX-Request": "true"})
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}.")
    return 1000 * (time.perf_counter() - began)


def main(turns: int) -> None:
    logging.disable(logging.INFO)
    settings.ALLOWED_HOSTS = ["*"]
    school = School.objects.annotate(many=Count("exams")).order_by("-many").first()
    predictions = asked(school) if school else []
    if school is None or not predictions:
        raise SystemExit("There is no prediction for an exam ahead; seed a demo school first.")
    client = Client()
    client.force_login(leader_of(school), backend="allauth.account.auth_backends.AuthenticationBackend")
    knobs = {each.pk: [knob for knob in knobs_of(each) if knob.low] for each in predictions}
    artifacts.forget_opened()
    first = turn(client, predictions[0], knobs[predictions[0].pk][0], 0)
    told = []
    for number in range(turns):
        prediction = predictions[number % len(predictions)]
        own = knobs[prediction.pk]
        told.append(turn(client, prediction, own[number % len(own)], number))
    ranked = sorted(told)
    print(f"first answer, with the model opened: {first:.0f} ms")
    print(
        f"{turns} more: median {statistics.median(ranked):.0f} ms, 95 of 100 under {ranked[int(0.95 * (turns - 1))]:.0f} ms,"
    )
    print(f"longest {ranked[-1]:.0f} ms; the budget is {BUDGET_MS} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
