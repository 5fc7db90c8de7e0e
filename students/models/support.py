"""Help that was planned for a student, by whom and until when, how it went; and remarks about a student, normal or restricted."""

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.kit.scoping import ScopedQuerySet
from students import access
from students.models.people import Student
from students.models.provenance import OF_OTHER_SCHOOL, Provenance, one_of
from students.models.schools import Subject


class HelpKind(models.TextChoices):
    TUTORING = "tutoring", _("tutoring")
    STUDY_GROUP = "study_group", _("study group")
    CONVERSATION = "conversation", _("conversation")
    FAMILY = "family", _("family contact")
    ATTENDANCE = "attendance", _("attendance plan")
    LEARNING = "learning", _("learning support")
    OTHER = "other", _("other help")


class HelpOutcome(models.TextChoices):
    REACHED = "reached", _("goal reached")
    PARTLY = "partly", _("goal partly reached")
    NOT_REACHED = "not_reached", _("goal not reached")
    STOPPED = "stopped", _("stopped")


class HelpState(models.TextChoices):
    """Where help stands on a day; worked out from its days and stored nowhere."""

    PLANNED = "planned", _("planned")
    RUNNING = "running", _("running")
    TO_REVIEW = "to_review", _("to review")
    CLOSED = "closed", _("closed")


class InterventionQuerySet(ScopedQuerySet["Intervention"]):
    rule = access.INTERVENTION

    def still_open(self) -> Self:
        return self.filter(closed_on__isnull=True)

    def in_state(self, state: str, on: date) -> Self:
        return self.filter(state_is(state, on))


def state_is(state: str, on: date) -> Q:
    """The condition under which help stands in this column on that day. The four exclude each other."""
    still_open = Q(closed_on__isnull=True)
    return {
        HelpState.PLANNED: still_open & Q(starts__gt=on),
        HelpState.RUNNING: still_open & Q(starts__lte=on, review_on__gt=on),
        HelpState.TO_REVIEW: still_open & Q(starts__lte=on, review_on__lte=on),
        HelpState.CLOSED: Q(closed_on__isnull=False),
    }[HelpState(state)]


class Intervention(Provenance):
    """Planned help for one student. Closed exactly when it is said how it went."""

    Kind, Outcome = HelpKind, HelpOutcome

    student = models.ForeignKey(Student, models.CASCADE, related_name="interventions", db_index=False)
    subject = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Leave empty where the help is not about one subject.",
    )  # fmt: skip
    kind = models.CharField(max_length=12, choices=HelpKind.choices)
    goal = models.CharField(max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="interventions"
    )
    starts = models.DateField("first day")
    review_on = models.DateField("day of review")
    outcome = models.CharField("how it went", max_length=12, choices=HelpOutcome.choices, blank=True, default="")
    went = models.TextField("how it went, in words", max_length=2000, blank=True, default="")
    closed_on = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    objects = InterventionQuerySet.as_manager()

    class Meta:
        ordering = ("-starts", "-pk")
        constraints: ClassVar[list[Any]] = [
            one_of("kind", HelpKind, "intervention"),
            models.CheckConstraint(
                condition=Q(review_on__gte=F("starts")), name="intervention_review_after_start",
                violation_error_message="The day of review lies before the first day.",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, outcome="")
                | Q(closed_on__isnull=False, outcome__in=HelpOutcome.values),
                name="intervention_closed_iff_outcome",
                violation_error_message="Help that is closed says how it went, and no other does.",
            ),
            models.CheckConstraint(condition=~Q(goal=""), name="intervention_has_goal"),
        ]  # fmt: skip
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["student", "starts"], name="intervention_by_student"),
            models.Index(fields=["review_on"], condition=Q(closed_on__isnull=True), name="intervention_open"),
            models.Index(fields=["-closed_on"], condition=Q(closed_on__isnull=False), name="intervention_closed"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.starts}"

    def clean(self) -> None:
        if self.subject and self.student_id and self.subject.school_id != self.student.school_id:
            raise ValidationError({"subject": OF_OTHER_SCHOOL["subject"]})

    def state(self, on: date) -> HelpState:
        if self.closed_on is not None:
            return HelpState.CLOSED
        if self.starts > on:
            return HelpState.PLANNED
        return HelpState.TO_REVIEW if self.review_on <= on else HelpState.RUNNING


class NoteKind(models.TextChoices):
    NORMAL = "normal", _("normal")
    RESTRICTED = "restricted", _("restricted")


class NoteQuerySet(ScopedQuerySet["Note"]):
    rule = access.NOTE


class Note(Provenance):
    """A remark about a student, by one person, perhaps about one piece of help."""

    Kind = NoteKind

    student = models.ForeignKey(Student, models.CASCADE, related_name="notes", db_index=False)
    intervention = models.ForeignKey(
        Intervention, models.SET_NULL, null=True, blank=True, related_name="notes", verbose_name="about"
    )
    kind = models.CharField(max_length=10, choices=NoteKind.choices, default=NoteKind.NORMAL)
    text = models.TextField(max_length=4000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-pk")
        constraints: ClassVar[list[Any]] = [
            one_of("kind", NoteKind, "note"),
            models.CheckConstraint(condition=~Q(text=""), name="note_has_text"),
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["student", "at"], name="note_by_student")]

    def __str__(self) -> str:
        return f"Note {self.pk}"

    @property
    def is_restricted(self) -> bool:
        return self.kind == NoteKind.RESTRICTED
