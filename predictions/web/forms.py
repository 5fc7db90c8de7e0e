"""Forms about models: what a training is asked to do, a decision with its reason, and going back."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mlcore.spec import Floors
from portal.kit.fields import DayField
from predictions.models import Effort, ModelPolicy
from predictions.specs import TrainingWish
from students.models import School, Subject

EFFORTS = {
    Effort.QUICK: (
        gettext_lazy("Quick"),
        gettext_lazy("Seconds to a minute. Good for a first look and for every week."),
    ),
    Effort.STANDARD: (
        gettext_lazy("Standard"),
        gettext_lazy("Some minutes. Tries more kinds of models, and each in more ways."),
    ),
    Effort.THOROUGH: (gettext_lazy("Thorough"), gettext_lazy("Up to an hour. Worth it once a term.")),
}
LEFT_OUT = {
    "attendance": gettext_lazy("Attendance"),
    "observations": gettext_lazy("Indicators"),
    "participation": gettext_lazy("Clubs and sports"),
}
MOST_KEY = 2**62


class TrainForm(forms.Form):
    """What a person may choose of a training. Floors are asked for in per cent and points, as people say them."""

    subject: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=gettext_lazy("For which exams"), required=False, empty_label=gettext_lazy("All subjects together"),
        help_text=gettext_lazy("All subjects together is usual: what is learned in one helps in the others."),
    )  # fmt: skip
    as_of = DayField(
        label=gettext_lazy("Day of the data"),
        help_text=gettext_lazy("Nothing that became known later is read. Usually today."),
    )
    since = DayField(
        label=gettext_lazy("First day to learn from"), required=False,
        help_text=gettext_lazy("Empty: everything that is recorded."),
    )  # fmt: skip
    effort = forms.ChoiceField(label=gettext_lazy("How hard to try"), choices=[], widget=forms.RadioSelect)
    leave_out = forms.MultipleChoiceField(
        label=gettext_lazy("Do without"), required=False, choices=list(LEFT_OUT.items()),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    least_r2 = forms.FloatField(
        label=gettext_lazy("Explains at least"), required=False, min_value=0, max_value=100,
        help_text=gettext_lazy("Per cent of the differences between results. Empty: not asked for."),
    )  # fmt: skip
    most_error = forms.FloatField(
        label=gettext_lazy("Off by at most"), required=False, min_value=0, max_value=100,
        help_text=gettext_lazy("Points of 100, on average. Empty: not asked for."),
    )  # fmt: skip
    promotes = forms.BooleanField(
        label=gettext_lazy("Let it serve at once if it passes"), required=False,
        help_text=gettext_lazy("Otherwise it is compared first, and a leader decides."),
    )  # fmt: skip

    def __init__(self, school: School, policy: ModelPolicy, *args: Any, may_promote: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school, self.policy = school, policy
        self.fields["subject"].queryset = Subject.objects.filter(school=school)  # type: ignore[attr-defined]  # a choice field
        self.fields["effort"].choices = [(each.value, EFFORTS[each][0]) for each in Effort]  # type: ignore[attr-defined]  # a choice field
        if not may_promote:
            del self.fields["promotes"]

    def efforts_with_hints(self) -> list[tuple[Any, Any]]:
        """Each radio button beside how long it takes."""
        return list(zip(self["effort"], (EFFORTS[each][1] for each in Effort), strict=True))

    @staticmethod
    def usual(policy: ModelPolicy, today: date) -> dict[str, Any]:
        r2 = None if policy.least_r2 is None else round(100 * policy.least_r2, 1)
        return {"as_of": today, "effort": policy.effort, "least_r2": r2, "most_error": policy.most_error}

    def clean_as_of(self) -> date:
        day: date = self.cleaned_data["as_of"]
        if day > self.school.today():
            raise forms.ValidationError(_("The day of the data lies in the future; choose today or an earlier day."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, as_of = cleaned.get("since"), cleaned.get("as_of")
        if since and as_of and since >= as_of:
            self.add_error("since", _("The first day to learn from must lie before the day of the data."))
        return cleaned

    def wish(self) -> TrainingWish:
        told = self.cleaned_data
        r2 = None if told["least_r2"] is None else told["least_r2"] / 100
        return TrainingWish(
            school=self.school,
            as_of=told["as_of"],
            subject=told["subject"],
            effort=told["effort"],
            since=told["since"],
            leave_out=tuple(sorted(told["leave_out"])),
            floors=Floors(r2, told["most_error"], self.policy.coverage_slack),
        )


class ReasonForm(forms.Form):
    """A decision and why: others read it beside the version for as long as it is kept."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say why in a sentence; it is kept beside the version.")},
    )  # fmt: skip


class GoBackForm(forms.Form):
    """`seen`: the version that served when the page was shown."""

    seen = forms.IntegerField(min_value=1, max_value=MOST_KEY)
    subject: forms.ModelChoiceField = forms.ModelChoiceField(None, required=False)
    why = forms.CharField(required=False, max_length=400)

    def __init__(self, school: School, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].queryset = Subject.objects.filter(school=school)  # type: ignore[attr-defined]  # a choice field
