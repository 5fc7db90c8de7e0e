"""What a school has decided about its models: when they are trained, what they must reach, and what they may know."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.kit.scoping import ScopedQuerySet
from predictions import access
from students.models import Indicator, Origin, School
from students.models.provenance import Provenance, one_of

HOUR = [MaxValueValidator(23)]
SHARE = [MinValueValidator(0), MaxValueValidator(0.5)]


class Effort(models.TextChoices):
    QUICK = "quick", _("quick: seconds to a minute")
    STANDARD = "standard", _("standard: some minutes")
    THOROUGH = "thorough", _("thorough: up to an hour")


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class ModelPolicyQuerySet(ScopedQuerySet["ModelPolicy"]):
    rule = access.POLICY


class ModelPolicy(Provenance):
    """One per school or district. Empty times mean never."""

    school = models.OneToOneField(School, models.CASCADE, related_name="model_policy")
    needs_second_person = models.BooleanField(
        _("a second leader must approve a model"), default=True,
        help_text=_("Before a model serves, somebody other than the one who promotes it has to approve it."),
    )  # fmt: skip
    retrain_on = models.PositiveSmallIntegerField(
        _("train again every"), choices=Weekday.choices, null=True, blank=True
    )
    retrain_at = models.PositiveSmallIntegerField(_("at this hour"), default=3, validators=HOUR)
    score_at = models.PositiveSmallIntegerField(
        _("score what has changed, every night at"), null=True, blank=True, default=2, validators=HOUR
    )
    measure_at = models.PositiveSmallIntegerField(
        _("hold predictions against results, every night at"), null=True, blank=True, default=4, validators=HOUR
    )
    effort = models.CharField(max_length=8, choices=Effort.choices, default=Effort.QUICK)
    least_r2 = models.FloatField(
        _("least share of the differences explained"), null=True, blank=True, validators=[MaxValueValidator(1.0)]
    )
    most_error = models.FloatField(
        _("largest mean error in points of 100"), null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )  # fmt: skip
    coverage_slack = models.FloatField(
        _("how far the hit-rate of ranges may lie from what they promise"), default=0.04, validators=SHARE
    )
    retrain_on_alert = models.BooleanField(_("train again when a model falls under its gate"), default=False)

    objects = ModelPolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "model policies"
        constraints: ClassVar[list[Any]] = [one_of("effort", Effort, "model_policy")]

    def __str__(self) -> str:
        return f"Model policy of {self.school}"

    @classmethod
    def of(cls, school: School) -> "ModelPolicy":
        """The school's own, or the one that holds until a leader decides otherwise; that one is not stored."""
        return cls.objects.filter(school=school).first() or cls(school=school, origin=Origin.HAND)


class IndicatorRuleQuerySet(ScopedQuerySet["IndicatorRule"]):
    rule = access.POLICY


class IndicatorRule(models.Model):
    """When an indicator's values are known, whether anybody can still change them, and whether models may use them."""

    school = models.ForeignKey(School, models.CASCADE, related_name="indicator_rules")
    indicator = models.OneToOneField(Indicator, models.CASCADE, related_name="model_rule")
    known_after = models.PositiveSmallIntegerField(
        _("known so many days after its day"), null=True, blank=True, validators=[MaxValueValidator(730)],
        help_text=_("Empty: known on the day on which it was entered."),
    )  # fmt: skip
    is_fixed = models.BooleanField(
        _("nobody can still change it"), default=False,
        help_text=_("Such as last year's average: no “what if” is asked of it."),
    )  # fmt: skip
    is_left_out = models.BooleanField(_("not used by models"), default=False)

    objects = IndicatorRuleQuerySet.as_manager()

    class Meta:
        ordering = ("indicator__name",)

    def __str__(self) -> str:
        return f"Rule for {self.indicator}"


class ProtectedUseQuerySet(ScopedQuerySet["ProtectedUse"]):
    rule = access.POLICY

    def in_force(self) -> "ProtectedUseQuerySet":
        return self.filter(approved_at__isnull=False, ended_at__isnull=True)


class ProtectedUse(models.Model):
    """A protected fact that a school lets its models use: asked for by one leader, seen with its measured effect,
    and approved by another. Off until then, and again after its end.
    """

    school = models.ForeignKey(School, models.CASCADE, related_name="protected_uses")
    fact = models.CharField(max_length=60)
    reason = models.CharField(max_length=400)
    # What a training without and with it found: shown before anybody can approve.
    effect = models.JSONField(default=dict, blank=True)
    measured_by = models.ForeignKey("predictions.TrainingRun", models.SET_NULL, null=True, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    approved_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)

    objects = ProtectedUseQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at",)
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["school", "fact"], condition=models.Q(ended_at__isnull=True), name="protected_use_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("asked_by")),
                name="protected_use_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact} in models of {self.school}"
