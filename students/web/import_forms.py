"""Forms about imports: what is uploaded, what the list is narrowed to, and the rules by which a file is read."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kit.fields import DayField
from students.importing.mapping import DayOrder, Doubles, Layout
from students.importing.spreadsheet.sniffing import ENCODINGS
from students.models import ImportProfile
from students.models.imports import ImportState

LONGEST_WORDS = 400
SAME = frozenset({"utf-8-sig", "utf-16-le", "utf-16-be"})  # other names of what is offered already
LAYOUTS = [
    (Layout.STUDENTS, gettext_lazy("one student, with facts and marks beside each other")),
    (Layout.RESULTS, gettext_lazy("one mark of one student")),
    (Layout.ATTENDANCE, gettext_lazy("one day of attendance of one student")),
    (Layout.OBSERVATIONS, gettext_lazy("one measured value of one student")),
    (Layout.ENROLMENTS, gettext_lazy("one student in one class")),
]
DAY_ORDERS = [
    (DayOrder.YEAR_FIRST, gettext_lazy("year first: 2026-03-14")),
    (DayOrder.DAY_FIRST, gettext_lazy("day first: 14.03.2026 or 14/03/2026")),
    (DayOrder.MONTH_FIRST, gettext_lazy("month first: 03/14/2026")),
]
DECIMALS = [
    ("", gettext_lazy("found by itself")), (".", gettext_lazy("a point: 14.5")), (",", gettext_lazy("a comma: 14,5")),
]  # fmt: skip
ENCODED = [
    ("", gettext_lazy("found by itself")),
    *((name, told) for name, told in ENCODINGS.items() if name not in SAME),
]
DELIMITED = [
    ("", gettext_lazy("found by itself")), (",", gettext_lazy("a comma")), (";", gettext_lazy("a semicolon")),
    ("\t", gettext_lazy("a tab")), ("|", gettext_lazy("a bar: |")),
]  # fmt: skip
DOUBLES = [
    (Doubles.REFUSE, gettext_lazy("tell me, and read neither")),
    (Doubles.FIRST, gettext_lazy("take the first row")),
    (Doubles.LAST, gettext_lazy("take the last row")),
]


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"), max_length=160,
        help_text=gettext_lazy("A spreadsheet (.csv, .tsv, .txt, .xlsx) or a OneRoster export (.zip)."),
        error_messages={
            "required": gettext_lazy("Choose a file first."),
            "empty": gettext_lazy("This file is empty, there is nothing in it to read."),
            "max_length": gettext_lazy("The file's name is too long; rename it to fewer than 160 letters."),
        },
    )  # fmt: skip
    profile = forms.ModelChoiceField(
        ImportProfile.objects.none(), label=gettext_lazy("Read it as"), required=False,
        empty_label=gettext_lazy("Recognise the columns by themselves"),
        help_text=gettext_lazy("A profile remembers how files of one system are read."),
    )  # fmt: skip

    def __init__(self, *args: Any, profiles: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["profile"]
        assert isinstance(field, forms.ModelChoiceField)  # it is made so above
        field.queryset = profiles


class ImportFilter(forms.Form):
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    source = forms.ChoiceField(label=gettext_lazy("Source"), required=False)

    def __init__(self, *args: Any, sources: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(state.value, str(state.label).capitalize()) for state in ImportState]
        self.fields["state"].choices = [("", _("All states")), *states]  # type: ignore[attr-defined]  # of a ChoiceField
        self.fields["source"].choices = [("", _("All sources")), *((each, each) for each in sources)]  # type: ignore[attr-defined]  # of a ChoiceField

    def asked(self) -> dict[str, str]:
        """What can be read of it; a state or source that nobody offers counts as not asked for."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ListSearch(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name or class"), required=False, max_length=80)

    def words(self) -> str:
        """Nothing, where what is asked for cannot be read."""
        return self.cleaned_data["q"] if self.is_valid() else ""


def words_field(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=LONGEST_WORDS, help_text=help_text)


class RulesForm(forms.Form):
    """How the cells of a spreadsheet are understood, whichever column they stand in."""

    layout = forms.ChoiceField(label=gettext_lazy("Each row is"), choices=LAYOUTS)
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=40,
        help_text=gettext_lazy("The system the file comes from. Its ids count only beside those of the same source."),
        error_messages={"required": gettext_lazy("Name the system the file comes from, for example “sims”.")},
    )  # fmt: skip
    numbered = forms.BooleanField(
        label=gettext_lazy("Rows have no id: count them instead"), required=False,
        help_text=gettext_lazy("Only for files whose rows always stand in the same order."),
    )  # fmt: skip
    days = forms.ChoiceField(label=gettext_lazy("Days are written"), choices=DAY_ORDERS)
    decimal = forms.ChoiceField(label=gettext_lazy("Decimals are written with"), choices=DECIMALS, required=False)
    doubles = forms.ChoiceField(label=gettext_lazy("Two rows about the same"), choices=DOUBLES)
    missing = words_field(
        gettext_lazy("Words for “nothing here”"), gettext_lazy("An empty cell always means that. Set apart by commas.")
    )
    absent = words_field(gettext_lazy("Words for “was absent”"), gettext_lazy("In a column of marks."))
    exempt = words_field(gettext_lazy("Words for “exempt”"))
    not_submitted = words_field(gettext_lazy("Words for “not submitted”"), gettext_lazy("Never read as 0 points."))
    attendance = forms.CharField(
        label=gettext_lazy("Attendance codes"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One a line: the code in the file, =, then P (present), L (late), A (absent) or E (excused)."),
    )  # fmt: skip
    on = DayField(
        label=gettext_lazy("Day of measured values"), required=False,
        help_text=gettext_lazy("For rows that name no day of their own."),
    )  # fmt: skip
    subject = forms.CharField(
        label=gettext_lazy("Subject of the marks"), max_length=80, required=False,
        help_text=gettext_lazy("For rows that name no subject of their own."),
    )  # fmt: skip
    school_class = forms.CharField(
        label=gettext_lazy("Class of all rows"), max_length=80, required=False,
        help_text=gettext_lazy(
            "As it is called here, if no column names it. Empty: the marks of each subject are of a class of that name."
        ),
    )  # fmt: skip
    save_as = forms.CharField(
        label=gettext_lazy("Keep this as a profile named"), max_length=80, required=False,
        help_text=gettext_lazy("The next file of this system is then read the same way. Empty: nothing is kept."),
    )  # fmt: skip

    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)
    head = forms.IntegerField(
        label=gettext_lazy("Line with the names of the columns"), required=False, min_value=1, max_value=100_000,
        help_text=gettext_lazy("Empty: found by itself."),
    )  # fmt: skip
    encoding = forms.ChoiceField(label=gettext_lazy("Letters are written as"), choices=ENCODED, required=False)
    delimiter = forms.ChoiceField(label=gettext_lazy("Between two cells stands"), choices=DELIMITED, required=False)

    def __init__(self, *args: Any, sheets: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [("", _("The first one with rows")), *((name, name) for name in sheets)]  # type: ignore[attr-defined]  # of a ChoiceField

    def clean_head(self) -> int:
        return self.cleaned_data["head"] or 0

    def clean_attendance(self) -> dict[str, str]:
        codes = {}
        for line in filter(str.strip, self.cleaned_data["attendance"].splitlines()):
            code, sign, meaning = (part.strip() for part in line.rpartition("="))
            if not sign or not code or meaning.upper() not in ("P", "L", "A", "E"):
                told = _("“%(line)s” is not a code, =, and one of P, L, A, E; for example “x = A”.")
                raise forms.ValidationError(told, params={"line": line.strip()[:40]})
            codes[code] = meaning.upper()
        return codes


def words_of(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (word.strip() for word in text.split(",")))))


class ExamForm(forms.Form):
    """What a column of marks is about."""

    subject = forms.CharField(
        max_length=80, error_messages={"required": gettext_lazy("Say which subject this exam is in.")}
    )
    title = forms.CharField(max_length=120, error_messages={"required": gettext_lazy("Give the exam a title.")})
    on = DayField(error_messages={"required": gettext_lazy("Say on which day the exam was.")})
    maximum = forms.DecimalField(
        min_value=0, max_digits=7, decimal_places=2,
        error_messages={
            "required": gettext_lazy("Say how many points there were at most."),
            "invalid": gettext_lazy("Write the most points as a number, for example 20."),
        },
    )  # fmt: skip
    kind = forms.CharField(max_length=12)
    target = forms.BooleanField(required=False)

    def clean_maximum(self) -> Any:
        if not self.cleaned_data["maximum"]:
            raise forms.ValidationError(_("Most points of 0 leave nothing to be measured."))
        return self.cleaned_data["maximum"]


class ProfileForm(forms.ModelForm):
    class Meta:
        model = ImportProfile
        fields = ("name", "is_nightly")
        labels = {
            "name": gettext_lazy("Name"),
            "is_nightly": gettext_lazy("Apply files by themselves at night"),
        }  # as Django reads it
        help_texts = {  # as Django reads it
            "is_nightly": gettext_lazy(
                "Files that lie in the school's folder at night are checked, and applied in your name where nothing asks for a yes."
            )
        }

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        others = ImportProfile.objects.filter(school=self.instance.school_id, name__iexact=name)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a profile of this name already."))
        return name


class MappingFileForm(forms.Form):
    mapping_file = forms.FileField(
        label=gettext_lazy("Mapping file"), max_length=160,
        help_text=gettext_lazy("A .toml file, as downloaded from this page or kept by whoever looks after your data."),
        error_messages={"required": gettext_lazy("Choose a mapping file first.")},
    )  # fmt: skip


def day_text(day: date | None) -> str:
    return day.isoformat() if day else ""
