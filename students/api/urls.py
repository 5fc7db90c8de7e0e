"""Addresses of the API about the school and its people."""

from django.urls import path

from students.api import viewsets

urlpatterns = [
    path("me/", viewsets.me, name="api-me"),
    path("classes/", viewsets.ClassViewSet.as_view({"get": "list"}), name="api-class-list"),
    path("classes/<int:pk>/", viewsets.ClassViewSet.as_view({"get": "retrieve"}), name="api-class"),
    path("students/", viewsets.StudentViewSet.as_view({"get": "list"}), name="api-student-list"),
    path("students/<int:pk>/", viewsets.StudentViewSet.as_view({"get": "retrieve"}), name="api-student"),
]
