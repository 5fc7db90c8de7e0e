"""What a person can be in a school, and the few named sets of roles."""

from django.db import models


class Role(models.TextChoices):
    LEADER = "leader", "leader"
    OFFICE = "office", "office"
    TEACHER = "teacher", "teacher"
    COUNSELLOR = "counsellor", "counsellor"
    STUDENT = "student", "student"
    GUARDIAN = "guardian", "guardian"
    ANALYST = "analyst", "analyst"


# Not a role anybody is given by name: a membership that carries the right to protected facts counts as this one too.
DEMOGRAPHICS = "demographics"

LEADERS = frozenset({Role.LEADER})
KEEPERS = frozenset({Role.LEADER, Role.OFFICE})
STAFF = frozenset({Role.LEADER, Role.OFFICE, Role.TEACHER, Role.COUNSELLOR})
EVERYBODY = frozenset(Role)
# Roles that open much or decide who may: only a leader gives them.
GIVEN_BY_LEADERS = frozenset({Role.LEADER, Role.OFFICE, Role.ANALYST})
SECOND_FACTOR_ROLES = frozenset({Role.LEADER, Role.OFFICE})
