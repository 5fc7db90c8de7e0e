"""What a person can be in a school, and the few named sets of roles."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    LEADER = "leader", _("leader")
    OFFICE = "office", _("office")
    TEACHER = "teacher", _("teacher")
    COUNSELLOR = "counsellor", _("counsellor")
    STUDENT = "student", _("student")
    GUARDIAN = "guardian", _("guardian")
    ANALYST = "analyst", _("analyst")


# Not a role anybody is given by name: a membership that carries the right to protected facts counts as this one too.
DEMOGRAPHICS = "demographics"

LEADERS = frozenset({Role.LEADER})
KEEPERS = frozenset({Role.LEADER, Role.OFFICE})
STAFF = frozenset({Role.LEADER, Role.OFFICE, Role.TEACHER, Role.COUNSELLOR})
EVERYBODY = frozenset(Role)
# Roles that open much or decide who may: only a leader gives them.
GIVEN_BY_LEADERS = frozenset({Role.LEADER, Role.OFFICE, Role.ANALYST})
SECOND_FACTOR_ROLES = frozenset({Role.LEADER, Role.OFFICE})
