"""Where a record came from and how often it was edited: shared by what people edit and imports write."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

OF_OTHER_SCHOOL = {
    "subject": _("That subject belongs to another school."),
    "term": _("That term belongs to another school."),
}


class Origin(models.TextChoices):
    HAND = "hand", "typed by hand"
    IMPORT = "import", "imported"
    DEMO = "demo", "made up for the demo"


class Provenance(models.Model):
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.HAND, editable=False)
    source = models.CharField(max_length=40, blank=True, default="", help_text="The system it was imported from.")
    external_id = models.CharField(max_length=255, blank=True, default="", help_text="Its id in that system.")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


def known_once(parent: str, name: str) -> models.UniqueConstraint:
    """An id of another system stands for one record only; records without such an id are free."""
    return models.UniqueConstraint(
        fields=[parent, "source", "external_id"],
        condition=~Q(external_id=""),
        name=f"{name}_external_id",
        violation_error_message="Another record has this id from the same source already.",
    )


def ends_after_start(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(ends__isnull=True) | Q(ends__gte=models.F("starts")),
        name=f"{name}_ends_after_start",
        violation_error_message="The last day lies before the first.",
    )


def one_of(field: str, choices: Any, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{field}__in": choices.values}), name=f"{name}_{field}_known")
