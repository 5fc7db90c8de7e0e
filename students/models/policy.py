"""What a school has decided for itself."""

from typing import Any

from django.db import models, transaction

from portal.kit.memory import forget, remembered
from portal.kit.scoping import ScopedQuerySet
from students import access
from students.models.provenance import Provenance
from students.models.schools import School

DEMANDING = "schools-demanding-second-factor"
DEMANDING_KEPT_SECONDS = 60


class SchoolPolicyQuerySet(ScopedQuerySet["SchoolPolicy"]):
    rule = access.POLICY

    def demanding_second_factor(self) -> frozenset[int]:
        """The schools that do. Every request of a leader asks, so the few there are stay in memory until one is saved."""
        asked = self.filter(requires_second_factor=True)
        return remembered(DEMANDING, DEMANDING_KEPT_SECONDS, lambda: frozenset(asked.values_list("school", flat=True)))


class SchoolPolicy(Provenance):
    school = models.OneToOneField(School, models.CASCADE, related_name="policy")
    requires_second_factor = models.BooleanField(
        "leaders and office need a second factor", default=False,
        help_text="They are asked to set up an authenticator app or a passkey before they see anything else.",
    )  # fmt: skip

    imports_protected = models.BooleanField(
        "imports may bring protected facts", default=False,
        help_text="Gender, ethnicity, parental education, lunch programme, home language. Off, they are left out of files.",
    )  # fmt: skip

    objects = SchoolPolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "school policies"

    def __str__(self) -> str:
        return f"Policy of {self.school}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        forget(DEMANDING)
        transaction.on_commit(lambda: forget(DEMANDING))  # somebody may have read the old answer meanwhile
