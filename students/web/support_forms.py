"""Forms about help and notes. What must hold whoever asks is checked in the rooms."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.kit.errors import DomainError
from portal.kit.fields import DayField
from students.filters import GRADES
from students.models import HelpKind, HelpOutcome, Intervention, Student, Subject
from students.support import LONGEST_GOAL, LONGEST_NOTE, LONGEST_WENT, HelpPlan


def worded(choices: Any) -> list[tuple[str, str]]:
    """Choices as they stand at the beginning of a line."""
    return [(each.value, str(each.label)[:1].upper() + str(each.label)[1:]) for each in choices]


class Refusable(forms.Form):
    """Puts the sentence of a room at the field it is about; a field is named by the code of the refusal."""

    def refuse(self, refusal: DomainError) -> None:
        self.add_error(refusal.code if refusal.code in self.fields else None, refusal.sentence)


class RecordField(forms.ModelChoiceField):
    """A key that no database could hold is as unknown as any other."""

    def to_python(self, value: Any) -> Any:
        text = str(getattr(value, "pk", value) or "")
        if text and not (text.isascii() and text.isdigit() and len(text) <= 18):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().to_python(value)


class PlanForm(Refusable):
    kind = forms.ChoiceField(label=_("Kind of help"), choices=[])
    subject = RecordField(
        Subject.objects.none(), label=_("Subject"), required=False, empty_label=_("No single subject")
    )
    goal = forms.CharField(
        label=_("Goal"), max_length=LONGEST_GOAL,
        help_text=_("What is to be reached, so that it can be said at the review whether it was."),
    )  # fmt: skip
    owner = RecordField(User.objects.none(), label=_("Who helps"))
    starts = DayField(label=_("First day"))
    review_on = DayField(label=_("Day of review"), help_text=_("On that day it moves to the column “to review”."))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, student: Student, owners: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = dict(self.fields)
        fields["kind"].choices = worded(HelpKind)
        fields["subject"].queryset = Subject.objects.filter(school=student.school_id)
        fields["owner"].queryset = User.objects.filter(pk__in=[each.pk for each in owners]).order_by("name", "pk")
        fields["goal"].widget.attrs["autocomplete"] = "off"

    def wish(self) -> HelpPlan:
        names = ("kind", "subject", "goal", "owner", "starts", "review_on")
        return HelpPlan(**{name: self.cleaned_data[name] for name in names})


def as_planned(each: Intervention) -> dict[str, Any]:
    """What the form of an intervention begins with."""
    return {
        "kind": each.kind, "subject": each.subject_id, "goal": each.goal, "owner": each.owner_id,
        "starts": each.starts, "review_on": each.review_on, "version": each.version,
    }  # fmt: skip


class ReviewForm(Refusable):
    review_on = DayField(label=_("Look at it again on"))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class CloseForm(Refusable):
    outcome = forms.ChoiceField(label=_("How it went"), choices=[], widget=forms.RadioSelect)
    went = forms.CharField(
        label=_("In a few words"), required=False, max_length=LONGEST_WENT, widget=forms.Textarea({"rows": 3}),
        help_text=_("What helped, what did not. Read by the staff who see the student."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, is_begun: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [each for each in HelpOutcome if is_begun or each == HelpOutcome.STOPPED]
        self.fields["outcome"].choices = worded(offered)  # type: ignore[attr-defined]  # a choice field


class NoteForm(Refusable):
    text = forms.CharField(label=_("Note"), max_length=LONGEST_NOTE, widget=forms.Textarea({"rows": 3}))
    is_restricted = forms.BooleanField(
        label=_("Restricted"), required=False,
        help_text=_("Read by leaders, the student's counsellors and you; by nobody else."),
    )  # fmt: skip
    about = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)


class BoardForm(forms.Form):
    """What the board is narrowed to. What cannot be read filters nothing."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[])
    owner = RecordField(User.objects.none(), label=_("Who helps"), required=False, empty_label=_("Anybody"))
    grade = forms.ChoiceField(label=_("Grade"), required=False, choices=GRADES)

    def __init__(self, *args: Any, owners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = dict(self.fields)
        fields["kind"].choices = [("", _("All kinds")), *worded(HelpKind)]
        fields["owner"].queryset = owners

    def asked(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name)


def next_review(on: date, weeks: int = 4) -> date:
    """A day of review that is offered: some weeks ahead, on a weekday."""
    day = date.fromordinal(on.toordinal() + 7 * weeks)
    return date.fromordinal(day.toordinal() + max(0, 7 - day.weekday()) % 7) if day.weekday() > 4 else day
