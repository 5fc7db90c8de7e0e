"""The page on which a school moves to its next year: choose, look at the plan, confirm, take back."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from portal.accounts.models import User
from portal.kit.errors import DomainError
from students import moving_up, orders
from students.models import School, Student, StudentStatus, Term
from students.next_year import Wish, plan

__all__ = ["may_move", "page"]
may_move = moving_up.may_move


class WishForm(forms.Form):
    year = forms.ModelChoiceField(Term.objects.none(), label="from the year")
    target = forms.ModelChoiceField(Term.objects.none(), label="to the year")
    top_grade = forms.IntegerField(
        min_value=0, max_value=13, label="top grade level", help_text="Students of this grade level leave the school."
    )
    classes_follow = forms.BooleanField(
        required=False, initial=True, label="students stay together",
        help_text="Everybody is enrolled in the class that follows theirs. Otherwise the new classes are empty.",
    )  # fmt: skip
    teachers_follow = forms.BooleanField(required=False, label="teachers keep their classes")

    def __init__(self, school: School, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = school
        for name in ("year", "target"):
            self.fields[name].queryset = Term.objects.years().filter(school=school)  # type: ignore[attr-defined]  # a choice field

    def wish(self) -> Wish:
        return Wish(school=self.school, **self.cleaned_data)


def page(request: HttpRequest, pk: int) -> HttpResponse:
    school = School.objects.filter(pk=pk).first()
    if school is None or not may_move(request.user, school):
        raise Http404
    if request.POST.get("step") == "undo":
        return _undo(request, school)
    form = WishForm(school, request.POST or None, initial=_usual(school))
    found = None
    if form.is_valid():
        try:
            found = plan(form.wish(), on=school.today())
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
    if found is not None and request.POST.get("step") == "do":
        if request.POST.get("school_name", "").strip() == school.name:
            job = orders.order_next_year(found.wish, request.POST.get("fingerprint", ""), by=cast(User, request.user))
            return redirect("job", job.pk)
        messages.error(request, "Type the name of the school exactly as it is written to confirm.")
    return _show(request, school, form, found)


def _show(request: HttpRequest, school: School, form: WishForm, found: Any) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": "Move to next year",
        "subtitle": school.name,
        "school": school,
        "form": form,
        "plan": found,
        "last": moving_up.last_move(school),
        "opts": School._meta,
    }
    return TemplateResponse(request, "admin/students/next_year.html", context)


def _undo(request: HttpRequest, school: School) -> HttpResponse:
    move = moving_up.last_move(school)
    if move is None:
        messages.error(request, "There is no move that could be taken back.")
        return redirect("admin:next_year", school.pk)
    job = orders.order_take_back(school, UUID(move.facts["batch"]), by=cast(User, request.user))
    return redirect("job", job.pk)


def _usual(school: School) -> dict[str, Any]:
    """The year that runs or has just ended, the one after it, and the highest grade level on the roll."""
    years = Term.objects.years().filter(school=school).order_by("starts")
    year = years.filter(starts__lte=timezone.localdate()).last()
    roll = Student.objects.filter(school=school, status=StudentStatus.ENROLLED)
    return {
        "year": year,
        "target": years.filter(starts__gt=year.ends).first() if year else None,
        "top_grade": roll.order_by("grade_level").values_list("grade_level", flat=True).last(),
        "classes_follow": True,
    }
