"""/api/v1: what there is, and each app's own addresses."""

from django.urls import include, path, reverse
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

PLACES = {"me": "api-me", "classes": "api-class-list", "students": "api-student-list"}


@api_view(["GET"])
def contents(request: Request) -> Response:
    return Response({name: request.build_absolute_uri(reverse(address)) for name, address in PLACES.items()})


urlpatterns = [
    path("", contents, name="api-contents"),
    path("", include("students.api.urls")),
    path("", include("predictions.api.urls")),
]
