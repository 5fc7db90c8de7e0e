"""Addresses of the API about what is predicted."""

from django.urls import path

from predictions.api import viewsets

urlpatterns = [
    path("classes/<int:pk>/predictions/", viewsets.class_predictions, name="api-class-predictions"),
    path("students/<int:pk>/predictions/", viewsets.student_predictions, name="api-student-predictions"),
]
