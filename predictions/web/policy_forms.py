"""Forms of the settings of models: times and floors, what is known of indicators when, and asking for a protected fact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from predictions.models import Effort, IndicatorRule, ModelPolicy, Weekday
from predictions.summaries.report_parts import fact_name
from students.models import Indicator

NEVER = ("", gettext_lazy("never"))
HOURS = [(str(hour), f"{hour:02}:00") for hour in range(24)]
PERCENT = ("least_r2", "coverage_slack")  # stored as shares, asked for in per cent
LONGEST_WAIT = 730


def _whole(text: str) -> int:
    return int(text)


def _hour(label: Any, *, may_be_never: bool = True, help_text: Any = "") -> forms.TypedChoiceField:
    choices = [NEVER, *HOURS] if may_be_never else HOURS
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=_whole, empty_value=None, required=not may_be_never, help_text=help_text
    )


class PolicyForm(forms.Form):
    """Everything a leader decides about a school's models, in hours, points and per cent."""

    needs_second_person = forms.BooleanField(
        label=gettext_lazy("A second leader must approve a model before it serves"), required=False,
        help_text=gettext_lazy("Somebody other than the one who lets it serve."),
    )  # fmt: skip
    retrain_on_alert = forms.BooleanField(
        label=gettext_lazy("Train again when a model falls short"), required=False,
        help_text=gettext_lazy("When results show larger errors than promised. The new version waits for a decision."),
    )  # fmt: skip
    retrain_on = forms.TypedChoiceField(
        label=gettext_lazy("Train again every week on"), choices=[NEVER, *((str(day), label) for day, label in Weekday.choices)],
        coerce=_whole, empty_value=None, required=False,
    )  # fmt: skip
    retrain_at = _hour(gettext_lazy("at"), may_be_never=False)
    score_at = _hour(gettext_lazy("Predict what has changed, every night at"))
    measure_at = _hour(gettext_lazy("Hold predictions against results, every night at"))
    effort = forms.ChoiceField(label=gettext_lazy("How hard to try in these trainings"), choices=Effort.choices)
    least_r2 = forms.FloatField(
        label=gettext_lazy("Must explain at least, in per cent"), required=False, min_value=0, max_value=100,
        help_text=gettext_lazy("Of the differences between results. Empty: not asked for."),
    )  # fmt: skip
    most_error = forms.FloatField(
        label=gettext_lazy("May be off by at most, in points"), required=False, min_value=0, max_value=100,
        help_text=gettext_lazy("Points of 100, on average. Empty: not asked for."),
    )  # fmt: skip
    coverage_slack = forms.FloatField(
        label=gettext_lazy("Ranges may miss their promise by, in per cent"), min_value=0, max_value=50,
        help_text=gettext_lazy("4: a range that promises 8 of 10 must hold at least 76 of 100 results."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31)

    @classmethod
    def usual(cls, policy: ModelPolicy) -> dict[str, Any]:
        told = {name: getattr(policy, name) for name in cls.base_fields}
        for name in PERCENT:
            told[name] = None if told[name] is None else round(100 * told[name], 1)
        return told | ({} if policy.pk else {"version": 0})  # what is not stored yet is older than anything stored

    def onto(self, policy: ModelPolicy) -> ModelPolicy:
        """The policy with what was chosen; it carries the version that was seen, so that nobody is overwritten."""
        told = dict(self.cleaned_data)
        for name in PERCENT:
            told[name] = None if told[name] is None else told[name] / 100
        for name, value in told.items():
            setattr(policy, name, value)
        return policy


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    indicator: Indicator
    known_after: Any
    is_fixed: Any
    is_left_out: Any


class IndicatorsForm(forms.Form):
    """Three fields for each indicator of the school."""

    def __init__(
        self, indicators: Sequence[Indicator], rules: dict[int, IndicatorRule], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.indicators = indicators
        for each in indicators:
            rule = rules.get(each.pk) or IndicatorRule()
            self.fields[f"known_after_{each.pk}"] = forms.IntegerField(
                label=_("%(name)s: known so many days after its day") % {"name": each.name},
                required=False, min_value=0, max_value=LONGEST_WAIT, initial=rule.known_after,
            )  # fmt: skip
            self._box("is_fixed", each, _("%(name)s: nobody can still change it"), rule.is_fixed)
            self._box("is_left_out", each, _("%(name)s: not used by models"), rule.is_left_out)

    def _box(self, name: str, each: Indicator, label: str, initial: bool) -> None:
        told = label % {"name": each.name}
        self.fields[f"{name}_{each.pk}"] = forms.BooleanField(label=told, required=False, initial=initial)

    def rows(self) -> Iterator[IndicatorRow]:
        for each in self.indicators:
            names = ("known_after", "is_fixed", "is_left_out")
            yield IndicatorRow(each, *(self[f"{name}_{each.pk}"] for name in names))

    def wanted(self) -> dict[int, dict[str, Any]]:
        names = ("known_after", "is_fixed", "is_left_out")
        return {each.pk: {name: self.cleaned_data[f"{name}_{each.pk}"] for name in names} for each in self.indicators}


class ProtectedForm(forms.Form):
    fact = forms.ChoiceField(label=gettext_lazy("Protected fact"), choices=[])
    reason = forms.CharField(
        label=gettext_lazy("Why models should use it"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say why, so that whoever approves can weigh it.")},
    )  # fmt: skip

    def __init__(self, facts: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fact"].choices = [(fact, fact_name(fact)) for fact in facts]  # type: ignore[attr-defined]  # a choice field
