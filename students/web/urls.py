"""Addresses of the pages about the school and its people."""

from django.urls import path

from students.web import classes, dashboard, frame, people

urlpatterns = [
    path("", dashboard.home, name="home"),
    path("school/", frame.choose_school, name="choose-school"),
    path("classes/", classes.class_list, name="classes"),
    path("classes/<int:pk>/", classes.class_page, name="class"),
    path("classes/<int:pk>/register.csv", classes.class_csv, name="class-csv"),
    path("students/", people.student_list, name="students"),
    path("students/<int:pk>/", people.student_page, name="student"),
]
