"""The shapes in which records leave through the API. Demographics and birth dates are in none of them."""

from typing import ClassVar

from rest_framework import serializers

from students.models import School, SchoolClass, Student, Subject, Term


class SchoolSerializer(serializers.ModelSerializer[School]):
    class Meta:
        model = School
        fields: ClassVar = ["id", "name", "kind", "timezone"]


class SubjectSerializer(serializers.ModelSerializer[Subject]):
    class Meta:
        model = Subject
        fields: ClassVar = ["id", "code", "name"]


class TermSerializer(serializers.ModelSerializer[Term]):
    class Meta:
        model = Term
        fields: ClassVar = ["id", "kind", "name", "starts", "ends"]


class ClassSerializer(serializers.ModelSerializer[SchoolClass]):
    subject = SubjectSerializer()
    term = TermSerializer()

    class Meta:
        model = SchoolClass
        fields: ClassVar = ["id", "school", "name", "subject", "term", "grade_level", "is_home_class"]


class StudentSerializer(serializers.ModelSerializer[Student]):
    class Meta:
        model = Student
        fields: ClassVar = [
            "id", "school", "given_name", "family_name", "preferred_name", "grade_level", "status", "starts", "ends",
        ]  # fmt: skip
