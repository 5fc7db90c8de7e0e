"""Classes and students over JSON: the same rules and filters as the pages."""

from typing import Any

from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from portal.kit.scoping import grants_of
from portal.kit.viewsets import ScopedViewSet
from students.api.serializers import ClassSerializer, SchoolSerializer, StudentSerializer
from students.filters import ClassFilter, StudentFilter
from students.looking import note_look
from students.models import School, SchoolClass, Student
from students.roles import Role


@api_view(["GET"])
def me(request: Request) -> Response:
    """Who asks, and the roles in force today."""
    grants = grants_of(request.user)
    schools = School.objects.visible_to(request.user)
    roles = [
        {"school": SchoolSerializer(school).data, "roles": [role for role in Role if school.pk in grants.of((role,))]}
        for school in schools
    ]
    return Response({"id": request.user.pk, "name": str(request.user), "roles": roles})


class ClassViewSet(ScopedViewSet):
    queryset = SchoolClass.objects.with_frame()
    serializer_class = ClassSerializer
    filterset_class = ClassFilter


class StudentViewSet(ScopedViewSet):
    """Every answer with students in it leaves access events."""

    queryset = Student.objects.all()
    serializer_class = StudentSerializer
    filterset_class = StudentFilter

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        note_look(self.request.user, page or [], what="list", door="api")
        return page

    def get_object(self) -> Any:
        student = super().get_object()
        note_look(self.request.user, [student], what="student", door="api")
        return student
