"""The page on which a person says what the line items of a OneRoster export are: whose school, which categories are which exams."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kit.pages import render_page
from students import orders
from students.importing import batches, intake, oneroster
from students.importing.findings import Unreadable
from students.importing.mapping import ExamRule
from students.importing.spreadsheet import mapping_file
from students.models import Exam, ImportBatch
from students.web.import_forms import MappingFileForm
from students.web.import_frame import head_of, signed_in

LEAVE_OUT = "leave-out"
BLANK = 2  # lines for another rule by words
EXAMPLES = 3
LONGEST = 80
MOST_RULES = 200


class BundleForm(forms.Form):
    """Whose rows are read; and the source, for ids belong to it."""

    org = forms.ChoiceField(
        label=gettext_lazy("School in the export"), required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the schools in this export.")},
    )  # fmt: skip
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=40,
        help_text=gettext_lazy("The system the export comes from. Keep it the same each time: its ids belong to it."),
        error_messages={"required": gettext_lazy("Name the system the export comes from, for example “powerschool”.")},
    )  # fmt: skip
    save_as = forms.CharField(
        label=gettext_lazy("Keep this as a profile named"), max_length=80, required=False,
        help_text=gettext_lazy("The next export is then read the same way. Empty: nothing is kept."),
    )  # fmt: skip

    def __init__(self, *args: Any, schools: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        several = len(schools) > 1
        self.fields["org"].choices = [*([("", _("Choose a school"))] if several else []), *schools]  # type: ignore[attr-defined]  # of a ChoiceField
        self.fields["org"].required = several


@dataclass
class RuleLine:
    """One rule as a line of the page: words that a title contains, a category of the export, or all that is left."""

    name: str
    category: str = ""
    title: str = ""
    kind: str = Exam.Kind.TEST.value
    target: bool = False
    examples: Sequence[Any] = ()  # titles of the export that fall under it, each with how often it comes
    is_typed: bool = False

    @property
    def is_rest(self) -> bool:
        return not self.is_typed and not self.category

    def rule(self) -> ExamRule:
        leaves_out = self.kind == LEAVE_OUT
        kind = Exam.Kind.TEST.value if leaves_out else self.kind
        return ExamRule(
            self.category, self.title, kind=kind, target=self.target and not leaves_out, leave_out=leaves_out
        )


def lines_of(look: Any, rules: Sequence[ExamRule]) -> list[RuleLine]:
    """Rules by words first, for they are the more particular; then a line for each category, and one for all that is left."""
    plain = {rule.category: rule for rule in rules if not (rule.title or rule.course)}
    listed = [*look.categories, ""]
    others = [rule for rule in rules if plain.get(rule.category) is not rule or rule.category not in listed]
    words = [
        RuleLine(f"w{number}", rule.category, rule.title, _kind(rule), rule.target, is_typed=True)
        for number, rule in enumerate(others[:MOST_RULES])
    ]
    words += [RuleLine(f"w{len(words) + number}", is_typed=True) for number in range(BLANK)]
    return [*words, *(_of_category(number, title, plain.get(title), look) for number, title in enumerate(listed))]


def _of_category(number: int, title: str, rule: ExamRule | None, look: Any) -> RuleLine:
    examples = [each for each in look.titles if each.category == title][:EXAMPLES]
    return RuleLine(f"k{number}", title, "", _kind(rule), bool(rule and rule.target), examples)


def _kind(rule: ExamRule | None) -> str:
    if rule is None:
        return Exam.Kind.TEST.value
    return LEAVE_OUT if rule.leave_out else rule.kind


def sent_lines(lines: list[RuleLine], sent: QueryDict) -> list[RuleLine]:
    kinds = {*Exam.Kind.values, LEAVE_OUT}
    for line in lines:
        kind = sent.get(f"{line.name}-kind", "")
        line.kind = kind if kind in kinds else Exam.Kind.TEST.value
        line.target = f"{line.name}-target" in sent
        if line.is_typed:
            line.title = sent.get(f"{line.name}-title", "").strip()[:LONGEST]
    return lines


def rules_of(lines: Sequence[RuleLine]) -> tuple[ExamRule, ...]:
    """Lines in which nothing was typed are none; a rule that says what is usual anyway is left out where it fits all."""
    usual = ExamRule()
    made = [line.rule() for line in lines if not line.is_typed or line.title or line.category]
    return tuple(rule for rule in made if rule != usual)


def items_page(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    try:
        with intake.opened(batch.path) as file:
            look = oneroster.look_in(file)
    except Unreadable as refusal:
        batch.refusal = refusal.finding.expected
        facts = {**head_of(request, batch, "columns"), "file_form": MappingFileForm()}
        return render_page(request, "students/imports/unreadable.html", facts)
    mapping = mapping_file.from_json(batch.mapping)
    schools = schools_in(look)
    lines = lines_of(look, mapping.exam_rules)
    form = BundleForm(schools=schools, initial={"org": mapping.org, "source": batch.source})
    if request.method == "POST":
        lines = sent_lines(lines, request.POST)
        form = BundleForm(request.POST, schools=schools)
        if form.is_valid():
            given, by = form.cleaned_data, signed_in(request)
            made = replace(mapping, org=given["org"], exam_rules=rules_of(lines))
            batches.choose_mapping(
                batch, mapping_file.as_json(made), by=by, source=given["source"], save_as=given["save_as"]
            )
            orders.order_plan(batch, by=by)
            return redirect("import", batch.pk)
    facts = {
        **head_of(request, batch, "columns"),
        "look": look,
        "form": form,
        "schools": schools,
        "lines": lines,
        "has_items": bool(look.titles or look.categories),
        "kinds": [*Exam.Kind.choices, (LEAVE_OUT, _("leave out"))],
        "file_form": MappingFileForm(),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "students/imports/items.html", facts, status=status)


def has_one_school(batch: ImportBatch) -> bool:
    """Or cannot be read, which the check says with a sentence."""
    try:
        with intake.opened(batch.path) as file:
            return len(oneroster.look_in(file).schools) < 2
    except Unreadable:
        return True


def schools_in(look: Any) -> list[tuple[str, str]]:
    return [(each.key, each.name or each.key) for each in look.schools]
