"""What is predicted of a class and of a student over JSON: the rows and rights of the pages. Families are answered 404."""

from typing import Any

from django.http import Http404
from django.views.decorators.cache import never_cache
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from portal.kit.scoping import fetch, grants_of
from predictions.api.shapes import class_shape, row_shape
from predictions.models import Prediction
from predictions.outlooks.class_outlook import class_outlook, framed_exams, target_exams
from predictions.outlooks.rows import dressed
from predictions.outlooks.student_exams import exams_ahead, student_for_staff
from students.looking import note_look
from students.models import SchoolClass
from students.roles import STAFF


@never_cache
@api_view(["GET"])
def class_predictions(request: Request, pk: int) -> Response:
    """`?exam=` names one of the class's exams to be predicted; without it the next one. 404 where there is none."""
    school_class: SchoolClass = fetch(SchoolClass.objects.with_frame(), request.user, pk=pk)
    if school_class.school_id not in grants_of(request.user).of(STAFF):
        raise Http404
    on = school_class.school.today()
    ahead = target_exams(school_class, user=request.user, on=on)
    exam = _named(request, school_class) if "exam" in request.query_params else next(iter(ahead), None)
    if exam is None:
        raise Http404
    outlook = class_outlook(school_class, exam, user=request.user, on=on, exams=ahead)
    note_look(request.user, [row.student for row in outlook.rows], what="outlook", door="api")
    return Response(class_shape(outlook))


@never_cache
@api_view(["GET"])
def student_predictions(request: Request, pk: int) -> Response:
    """What is shown of the exams that lie ahead of one student."""
    student = student_for_staff(pk, user=request.user)
    on = student.school.today()
    exams = exams_ahead(student, user=request.user, on=on)
    shown = Prediction.objects.visible_to(request.user).current().filter(student=student, exam__in=exams)
    rows = dressed(list(shown.order_by("exam__day", "exam_id")), user=request.user, on=on)
    note_look(request.user, [student], what="outlook", door="api")
    return Response({"student": {"id": student.pk, "name": student.name}, "rows": [row_shape(row) for row in rows]})


def _named(request: Request, school_class: SchoolClass) -> Any:
    key = request.query_params["exam"]
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return framed_exams(school_class, request.user).filter(is_target=True, pk=int(key)).first()
