"""A family's own pages: what was released of its children's exams, one exam in words, and asking for a review."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.models import User
from portal.kit.errors import DomainError
from portal.kit.pages import render_page
from portal.kit.pdf import PDF_TYPE
from portal.kit.spreadsheets import file_response
from predictions import reviewing
from predictions.models import ReviewRequest
from predictions.outlooks.family import FamilyOutlook, family_outlook, family_outlooks, is_family
from predictions.reports.family_letter import family_letter
from predictions.summaries.reviews import in_order, review_of, with_people
from predictions.web.toured import toured
from students.looking import note_look

LOOKED_AT = "outlook"


class ReviewForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What should be looked at again, and why?"), max_length=reviewing.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": reviewing.LONGEST_TEXT}),
        help_text=gettext_lazy("The teachers of the class and the school’s leaders read this."),
        error_messages={"required": gettext_lazy("Write what you would like looked at.")},
    )  # fmt: skip


@require_safe
@never_cache
@toured
def my_outlook(request: HttpRequest) -> HttpResponse:
    _check_family(request)
    children = family_outlooks(user=request.user)
    note_look(request.user, [each.student for each in children if each.ahead or each.over], what=LOOKED_AT, door="page")
    facts = {
        "children": children,
        "is_empty": not any(each.ahead or each.over for each in children),
        "reviews": [review_of(each) for each in in_order(with_people(_own_requests(request)))],
    }
    return render_page(request, "predictions/family/list.html", facts)


@require_safe
@never_cache
@toured
def my_outlook_exam(request: HttpRequest, student: int, exam: int) -> HttpResponse:
    return _exam_page(request, _outlook(request, student, exam), ReviewForm())


@require_POST
def my_review(request: HttpRequest, student: int, exam: int) -> HttpResponse:
    """Asks for a review, and comes back to the page it was asked from."""
    outlook = _outlook(request, student, exam)
    form = ReviewForm(request.POST)
    if form.is_valid():
        by = cast(User, request.user)
        try:
            asked = reviewing.ask(outlook.student, outlook.exam, form.cleaned_data["text"], by=by, now=timezone.now())
        except DomainError as refusal:
            form.add_error(reviewing.field_of(refusal), refusal.sentence)
        else:
            told = _("Your request has reached the school. You get an answer by {day}.")
            messages.success(request, told.format(day=date_format(asked.due_on, "j F Y")))
            return redirect(reverse("my-outlook-exam", args=[student, exam]) + "#review")
    return _exam_page(request, outlook, form, status=422)


@require_safe
@never_cache
def my_brief(request: HttpRequest) -> HttpResponse:
    """What the first page of a family asks for a moment later: which exams ahead something was released of."""
    _check_family(request)
    children = [each for each in family_outlooks(user=request.user) if each.ahead]
    note_look(request.user, [each.student for each in children], what=LOOKED_AT, door="page")
    return render_page(request, "predictions/family/brief.html", {"children": children})


@require_safe
@never_cache
def my_letter(request: HttpRequest, student: int, exam: int) -> HttpResponse:
    """The same page on paper."""
    outlook = _outlook(request, student, exam)
    content = family_letter(outlook, user=request.user, on=outlook.student.school.today())
    note_look(request.user, [outlook.student], what="letter", door="print")
    return file_response(f"{slugify(outlook.exam.title)[:80] or 'outlook'}.pdf", content, PDF_TYPE)


def _exam_page(request: HttpRequest, outlook: FamilyOutlook, form: ReviewForm, status: int = 200) -> HttpResponse:
    note_look(request.user, [outlook.student], what=LOOKED_AT, door="page")
    own = _own_requests(request).filter(exam=outlook.exam, student=outlook.student)
    reviews = [review_of(each) for each in in_order(with_people(own))]
    facts = {
        "outlook": outlook,
        "form": form,
        "reviews": reviews,
        "may_ask": not any(each.is_open for each in reviews),
        "is_oneself": outlook.student.account_id == request.user.pk,
        "days": reviewing.CLOCK.days,
    }
    return render_page(request, "predictions/family/exam.html", facts, status=status)


def _own_requests(request: HttpRequest) -> Any:
    return ReviewRequest.objects.visible_to(request.user).filter(by=request.user.pk)


def _outlook(request: HttpRequest, student: int, exam: int) -> FamilyOutlook:
    _check_family(request)
    found = family_outlook(user=request.user, student=student, exam=exam)
    if found is None:
        raise Http404
    return found


def _check_family(request: HttpRequest) -> None:
    if not is_family(request.user):
        raise Http404
