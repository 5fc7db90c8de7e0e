"""Forms for the people of a class: whom to enrol, whom to end, and how the class moves on."""

from datetime import date
from typing import Any, cast

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.kit.fields import LONGEST_KEY, DayField, RecordsField
from students.models import Enrolment, SchoolClass, Student, Term
from students.recognising import LONGEST, MOST_LINES

NOT_INSIDE = _("Somebody chosen is not in this class.")


def _within(day: date, term: Term) -> None:
    """Raises ValidationError for a day on which the class does not run."""
    if not term.starts <= day <= term.ends:
        days = {"starts": date_format(term.starts, "j F Y"), "ends": date_format(term.ends, "j F Y")}
        raise forms.ValidationError(_("The class runs from %(starts)s to %(ends)s."), params=days)


def _offer(form: forms.Form, **choices: Any) -> None:
    """Only these records may be chosen."""
    for name, rows in choices.items():
        cast(forms.ModelChoiceField, form.fields[name]).queryset = rows


class ListForm(forms.Form):
    """A pasted list and the first day."""

    text = forms.CharField(
        label=_("Students, one on each line"),
        max_length=MOST_LINES * LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_(
            "Full names in either order, or the ids of your student system. Copy a column out of a spreadsheet."
        ),
        error_messages={"required": _("Paste or type at least one name or id.")},
    )
    starts = DayField(label=_("First day in the class"))

    def __init__(self, *args: Any, school_class: SchoolClass, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school_class = school_class

    def clean_starts(self) -> date:
        day: date = self.cleaned_data["starts"]
        _within(day, self.school_class.term)
        return day

    @property
    def chosen(self) -> dict[int, int]:
        """For ambiguous lines which student is meant: `line-3=17`."""
        pairs = ((name.removeprefix("line-"), value) for name, value in self.data.items() if name.startswith("line-"))
        return {int(number): int(key) for number, key in pairs if _is_number(number) and _is_number(key)}


def _is_number(text: Any) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY


class LeavingForm(forms.Form):
    """Who leaves the class, and where to if anywhere."""

    enrolments = RecordsField(
        Enrolment.objects.none(),
        label=_("Students"),
        error_messages={"required": _("Choose at least one student."), "invalid_choice": NOT_INSIDE},
    )
    last_day = DayField(label=_("Last day in this class"))
    to = forms.ModelChoiceField(
        SchoolClass.objects.none(), label=_("From the next day on in"), required=False, empty_label=_("no other class")
    )

    def __init__(self, *args: Any, school_class: SchoolClass, inside: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school_class = school_class
        _offer(self, enrolments=inside, to=others)

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        _within(day, self.school_class.term)
        return day

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        day, rows = facts.get("last_day"), facts.get("enrolments") or ()
        if day and any(each.starts > day for each in rows):
            self.add_error("last_day", _("Somebody chosen begins after that day."))
        if day and facts.get("to") and day >= self.school_class.term.ends:
            self.add_error("last_day", _("To change class, the last day here lies before the last day of the term."))
        return facts


class OnwardForm(forms.Form):
    """Where the class goes, under which name, and who comes along."""

    target = forms.ModelChoiceField(Term.objects.none(), label=_("To"), empty_label=None)
    name = forms.CharField(label=_("Name of the new class"), max_length=80)
    grade_level = forms.IntegerField(label=_("Grade"), min_value=0, max_value=14, required=False)
    teachers_follow = forms.BooleanField(label=_("The teachers go along"), required=False, initial=True)
    students = RecordsField(
        Student.objects.none(),
        label=_("Students who go along"),
        error_messages={"required": _("Choose at least one student."), "invalid_choice": NOT_INSIDE},
    )

    def __init__(self, *args: Any, school_class: SchoolClass, terms: Any, students: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school_class = school_class
        _offer(self, target=terms, students=students)

    def clean(self) -> dict[str, Any]:
        """A class of that name may be there already: then people are enrolled in it, and none is made."""
        facts = super().clean() or {}
        same = SchoolClass.objects.filter(school=self.school_class.school_id, subject=self.school_class.subject_id)
        if facts.get("target") and same.filter(term=facts["target"], name=facts.get("name")).exists():
            told = gettext("There is a class %(name)s in %(term)s already. Choose another name, or enrol people there.")
            self.add_error("name", told % {"name": facts["name"], "term": facts["target"]})
        return facts
