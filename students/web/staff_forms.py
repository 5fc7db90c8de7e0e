"""Forms of the staff pages: roles, teaching, caseloads, invitations. What must hold whoever asks is checked in the rooms."""

from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import User
from portal.kit.fields import DayField
from students import staffing
from students.filters import GRADES
from students.inviting import MOST_LINES
from students.models import Membership, School, Term
from students.roles import DEMOGRAPHICS, STAFF, Role

BY_INVITATION = (Role.GUARDIAN, Role.STUDENT)  # they need to be told of which student, and an invitation asks that
ROLE_FIRST = [("", gettext_lazy("All roles"))]


class DaysForm(forms.Form):
    """A first day and, where it is known, a last one."""

    starts = DayField(label=gettext_lazy("First day"))
    ends = DayField(
        label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: until further notice.")
    )

    def within(self, term: Term) -> None:
        """Days of this term alone are offered, and the page says which these are."""
        told = staffing.told_days(term.starts, term.ends)
        self.fields["starts"].help_text = _("The class runs %s.") % told
        for name in ("starts", "ends"):
            self.fields[name].widget.attrs |= {"min": term.starts.isoformat(), "max": term.ends.isoformat()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", _("The last day lies before the first."))
        return cleaned


class StaffFilter(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=80)
    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False, choices=[])
    state = forms.ChoiceField(
        label=gettext_lazy("Who"), required=False,
        choices=[("", gettext_lazy("Working here")), ("ended", gettext_lazy("No longer here"))],
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        work = [(role.value, str(role.label).capitalize()) for role in Role if role in STAFF or role == Role.ANALYST]
        self.fields["role"].choices = [*ROLE_FIRST, *work]  # type: ignore[attr-defined]  # a choice field

    def asked(self, name: str) -> str:
        """What cannot be read filters nothing."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


class RoleForm(DaysForm):
    """Only roles in the gift of who asks are offered; the right to protected facts only by a leader.

    Guardians and students are invited, for a student that is named then.
    """

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=[])
    sees_demographics = forms.BooleanField(
        label=gettext_lazy("May see protected facts"), required=False,
        help_text=gettext_lazy("Gender, ethnicity, parental education, lunch programme, home language."),
    )  # fmt: skip
    field_order = ("role", "starts", "ends", "sees_demographics")

    def __init__(self, roles: list[Role], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [each for each in roles if each not in BY_INVITATION]
        self.fields["role"].choices = [(each.value, str(each.label).capitalize()) for each in offered]  # type: ignore[attr-defined]  # a choice field
        if Role.LEADER not in roles:
            del self.fields["sees_demographics"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get(f"sees_{DEMOGRAPHICS}") and cleaned.get("role") not in STAFF:
            self.add_error("sees_demographics", _("Only staff can be given this right."))
        return cleaned


class EndForm(forms.Form):
    """The last day of something that began on a day."""

    on = DayField(label=gettext_lazy("Last day"))
    with_duties = forms.BooleanField(required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31)

    def __init__(self, post: Membership, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.starts = post.starts
        duties = {
            Role.TEACHER: _("End their classes on that day too"),
            Role.COUNSELLOR: _("End the caseload on that day too"),
        }
        if post.role in duties:
            self.fields["with_duties"].label = duties[Role(post.role)]
        else:
            del self.fields["with_duties"]

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day < self.starts:
            raise forms.ValidationError(_("It begins only on %(day)s.") % {"day": date_format(self.starts, "j F Y")})
        return day


class PersonField(forms.ModelChoiceField):
    """Chosen from a short list on the page, or typed as a number into the address of a forged form."""

    def __init__(self, **facts: Any) -> None:
        required, unknown = gettext_lazy("Choose a person."), gettext_lazy("Choose somebody from the list.")
        told = {"required": required, "invalid_choice": unknown}
        super().__init__(User.objects.none(), error_messages=told, widget=forms.RadioSelect, **facts)


class TeachForm(DaysForm):
    person = PersonField(label=gettext_lazy("Teacher"))
    is_lead = forms.BooleanField(label=gettext_lazy("Leads the class"), required=False, initial=True)

    def __init__(self, people: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]  # a choice field


class TeachingForm(DaysForm):
    is_lead = forms.BooleanField(label=gettext_lazy("Leads the class"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31)


class HandOverForm(forms.Form):
    teaching: forms.ModelChoiceField = forms.ModelChoiceField(None, label=gettext_lazy("From"), empty_label=None)
    person = PersonField(label=gettext_lazy("To"))
    on = DayField(label=gettext_lazy("First day with the new teacher"))

    def __init__(self, teachings: Any, people: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["teaching"].queryset = teachings  # type: ignore[attr-defined]  # a choice field
        self.fields["teaching"].label_from_instance = lambda each: each.teacher.name  # type: ignore[attr-defined]
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class TakeOnForm(forms.Form):
    """Students by pasted names, by a class or by a grade; at least one of the three."""

    text = forms.CharField(
        label=gettext_lazy("Names or numbers, one per line"), required=False, max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy("“Sam Okafor”, “Okafor, Sam”, the school's own id, or # and the Foremark number."),
    )  # fmt: skip
    class_name = forms.CharField(
        label=gettext_lazy("or everybody in a class"), required=False, max_length=80,
        widget=forms.TextInput(attrs={"list": "class-names", "autocomplete": "off"}),
    )  # fmt: skip
    grade = forms.ChoiceField(
        label=gettext_lazy("or everybody in a grade"), required=False, choices=[("", "–"), *GRADES]
    )
    on = DayField(label=gettext_lazy("First day"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(str(cleaned.get(name, "")).strip() for name in ("text", "class_name", "grade")):
            self.add_error("text", _("Name some students, a class or a grade."))
        return cleaned


class CaseloadForm(forms.Form):
    """What to do with a caseload, or with those chosen from it."""

    which = forms.ChoiceField(
        choices=[("all", gettext_lazy("Everybody")), ("chosen", gettext_lazy("Those chosen"))],
        widget=forms.RadioSelect, label=gettext_lazy("For"), initial="chosen",
    )  # fmt: skip
    person = forms.ModelChoiceField(
        User.objects.none(), required=False, label=gettext_lazy("Hand over to"),
        empty_label=gettext_lazy("Nobody: only end it"),
    )  # fmt: skip
    on = DayField(label=gettext_lazy("From this day on"))

    def __init__(self, people: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]  # a choice field
        self.fields["person"].label_from_instance = _with_days  # type: ignore[attr-defined]


def _with_days(person: Any) -> str:
    """The name, and until when somebody has the role who will not keep it."""
    if person.held_until is None:
        return str(person.name)
    return _("%(name)s (until %(day)s)") % {"name": person.name, "day": date_format(person.held_until, "j F Y")}


class InviteForm(DaysForm):
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=[])
    addresses = forms.CharField(
        label=gettext_lazy("E-mail addresses, one per line"), max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy("“ada@example.org” or “Ada Marsh &lt;ada@example.org&gt;”."),
    )  # fmt: skip
    students = forms.CharField(
        label=gettext_lazy("Which students, one per line (for guardians and students only)"), required=False,
        max_length=8000, widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=gettext_lazy("Names, or the numbers the school uses."),
    )  # fmt: skip
    field_order = ("role", "addresses", "students", "starts", "ends")

    def __init__(self, roles: list[Role], school: School, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = school
        self.fields["role"].choices = [(each.value, str(each.label).capitalize()) for each in roles]  # type: ignore[attr-defined]  # a choice field

    def clean_addresses(self) -> str:
        text: str = self.cleaned_data["addresses"]
        if sum(bool(line.strip()) for line in text.splitlines()) > MOST_LINES:
            raise forms.ValidationError(_("Invite at most %(n)s people at once.") % {"n": MOST_LINES})
        return text
