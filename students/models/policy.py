"""What a school has decided for itself."""

from django.db import models

from portal.kit.scoping import ScopedQuerySet
from students import access
from students.models.provenance import Provenance
from students.models.schools import School


class SchoolPolicyQuerySet(ScopedQuerySet["SchoolPolicy"]):
    rule = access.POLICY


class SchoolPolicy(Provenance):
    school = models.OneToOneField(School, models.CASCADE, related_name="policy")
    requires_second_factor = models.BooleanField(
        "leaders and office need a second factor", default=False,
        help_text="They are asked to set up an authenticator app or a passkey before they see anything else.",
    )  # fmt: skip

    objects = SchoolPolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "school policies"

    def __str__(self) -> str:
        return f"Policy of {self.school}"
