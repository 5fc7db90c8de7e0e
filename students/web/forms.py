"""Forms about exams: their facts and classes, and releasing their marks. Rules that hold whoever asks stand in the rooms."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.kit.errors import DomainError
from portal.kit.fields import RecordsField
from students.gradebook.scheduling import MOST_POINTS, MOST_WEIGHT, check_classes, has_results, outside_of
from students.models import Exam, SchoolClass

# Where the sentence of a refusal belongs; what is not named here is about the form as a whole.
FIELD_OF = {
    "no_class": "classes",
    "mixed_classes": "classes",
    "has_results": "classes",
    "locked": "classes",
    "outside_term": "day",
    "day": "day",
    "maximum": "maximum",
    "weight": "weight",
}


class ExamForm(forms.ModelForm):
    maximum = forms.DecimalField(
        label=_("Maximum points"), min_value=Decimal("0.01"), max_value=MOST_POINTS, max_digits=7, decimal_places=2
    )
    weight = forms.DecimalField(
        label=_("Weight"), min_value=Decimal("0.001"), max_value=MOST_WEIGHT, max_digits=6, decimal_places=3,
        help_text=_("An exam of weight 2 counts twice as much in the average as one of weight 1."),
    )  # fmt: skip
    classes = RecordsField(
        SchoolClass.objects.none(),
        label=_("Classes"),
        error_messages={
            "required": _("Choose at least one class."),
            "invalid_choice": _("One of these classes is not yours to schedule for."),
        },
    )
    version_seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Exam
        fields = ("title", "kind", "day", "maximum", "weight", "is_target")
        labels = {"title": _("Title"), "kind": _("Kind"), "day": _("Day"), "is_target": _("A target exam")}
        help_texts = {
            "is_target": _(
                "Foremark will predict each student's score. Teachers, leaders and counsellors see the prediction; "
                "families only after release."
            ),
        }
        widgets = {
            "day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "title": forms.TextInput(attrs={"autocomplete": "off"}),
        }

    def __init__(self, *args: Any, own: Any, fixed: list[SchoolClass] | None = None, **kwargs: Any) -> None:
        """`own` are the classes this person may choose, `fixed` those that sit it and are not theirs to choose."""
        super().__init__(*args, **kwargs)
        self.fixed = fixed or []
        self.fields["classes"].queryset = own.select_related("school", "subject", "term")  # type: ignore[attr-defined]  # of its field
        self.fields["classes"].required = not self.fixed
        self.fields["version_seen"].initial = self.instance.version
        for name in ("maximum", "weight"):
            self.fields[name].widget.attrs["step"] = "any"
            self.initial[name] = f"{getattr(self.instance, name).normalize():f}"
        self.has_results = self.instance.pk is not None and has_results(self.instance)
        if self.has_results:
            self.fields["maximum"].widget.attrs["readonly"] = True
            self.fields["maximum"].help_text = gettext("Marks are entered already, so the maximum stays.")

    def clean_maximum(self) -> Decimal:
        points: Decimal = self.cleaned_data["maximum"]
        if self.has_results and points != Decimal(str(self.initial["maximum"])):
            raise forms.ValidationError(gettext("Marks are entered already, so the maximum stays."))
        return points

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        classes = self.chosen()
        if not classes or "classes" in self.errors:
            return data
        try:
            check_classes(classes)
        except DomainError as refusal:
            self.add_error("classes", refusal.sentence)
            return data
        term, day = classes[0].term, data.get("day")
        if day and not term.starts <= day <= term.ends:
            self.add_error("day", outside_of(term))
        return data

    def chosen(self) -> list[SchoolClass]:
        """All classes that are to sit it, those of other people included."""
        return [*self.cleaned_data.get("classes", ()), *self.fixed]

    def refuse(self, refusal: DomainError) -> None:
        """Put the sentence of a room where it belongs."""
        self.add_error(FIELD_OF.get(refusal.code), refusal.sentence)


class ReleaseForm(forms.Form):
    classes = RecordsField(
        SchoolClass.objects.none(),
        label=_("Classes"),
        error_messages={
            "required": _("Choose at least one class."),
            "invalid_choice": _("One of these classes is not yours to release."),
        },
    )
    comment = forms.CharField(
        label=_("A note"), max_length=400, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with this release; families do not see it yet."),
    )  # fmt: skip

    def __init__(self, *args: Any, classes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["classes"].queryset = classes  # type: ignore[attr-defined]  # of its field
