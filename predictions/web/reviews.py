"""What families ask to be looked at again: the list for staff, one request with its answer, and the part on the first page."""

from typing import cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.models import User
from portal.kit.errors import DomainError, NotAllowed
from portal.kit.listed import asked_form, every_row, list_file
from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from portal.kit.tables import Slice, read_page
from predictions import reviewing
from predictions.models import ReviewRequest
from predictions.outlooks.family import told_to_family
from predictions.outlooks.rows import dressed
from predictions.releasing import may_release
from predictions.reports.lists import reviews_table
from predictions.summaries import reviews as summaries
from predictions.web.overview_tabs import overview_tabs
from predictions.web.toured import toured
from students.looking import note_look
from students.standing import may_record

LOOKED_AT = "review"


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Your answer to the family"), max_length=reviewing.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": reviewing.LONGEST_TEXT}),
        help_text=gettext_lazy("Say what you looked at and what came of it. It cannot be changed once it is sent."),
        error_messages={"required": gettext_lazy("Write an answer for the family.")},
    )  # fmt: skip


@require_safe
@never_cache
def review_list(request: HttpRequest) -> HttpResponse:
    _check_staff(request)
    rows = summaries.in_order(summaries.asked_of_staff(request.user))
    if form := asked_form(request):
        return _list_file(request, form, list(every_row(rows, summaries.with_people)))
    listing = read_page(request, rows, summaries.with_people)
    note_look(request.user, list({each.student for each in listing.rows}), what=LOOKED_AT, door="page")
    told = Slice(
        [summaries.review_of(each) for each in listing.rows], listing.number, listing.previous, listing.next
    )  # fmt: skip
    tabs = overview_tabs(request, "reviews")
    facts = {"listing": told, "waiting": summaries.waiting_for(request.user), "tabs": tabs}
    return render_page(request, "predictions/reviews/list.html", facts)


def _list_file(request: HttpRequest, form: str, asked: list[ReviewRequest]) -> HttpResponse:
    answer = list_file(form, reviews_table(map(summaries.review_of, asked)))
    note_look(request.user, list({each.student for each in asked}), what=LOOKED_AT, door="export")
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@toured
def review(request: HttpRequest, pk: int) -> HttpResponse:
    _check_staff(request)
    asked = fetch(summaries.with_people(summaries.asked_of_staff(request.user)), request.user, pk=pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            reviewing.answer(asked, form.cleaned_data["text"], by=cast(User, request.user), now=timezone.now())
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(reviewing.field_of(refusal), refusal.sentence)
        else:
            messages.success(request, _("The family was told that there is an answer."))
            return redirect("review", pk)
    return _page(request, asked, form, status=422 if request.method == "POST" else 200)


def _page(request: HttpRequest, asked: ReviewRequest, form: AnswerForm, status: int) -> HttpResponse:
    shown, today = summaries.shown_for(asked, user=request.user), asked.student.school.today()
    row = next(iter(dressed([shown], user=request.user, on=today)), None) if shown else None
    note_look(request.user, [asked.student], what=LOOKED_AT, door="page")
    school_class = summaries.sits_in(asked, user=request.user)
    facts = {
        "review": summaries.review_of(asked),
        "asked": asked,
        "row": row,
        "outlook": told_to_family(row, on=today) if row else None,
        "school_class": school_class,
        "may_record": bool(school_class and may_record(request.user, school_class, on=today)),
        "may_release": bool(school_class and may_release(request.user, school_class)),
        "may_answer": ReviewRequest.objects.editable_by(request.user).filter(pk=asked.pk).exists(),
        "form": form,
    }
    return render_page(request, "predictions/reviews/one.html", facts, status=status)


@require_safe
@never_cache
def reviews_brief(request: HttpRequest) -> HttpResponse:
    """What the first page of staff asks for a moment later; empty where nothing waits."""
    _check_staff(request)
    waiting = summaries.waiting_for(request.user)
    note_look(request.user, list({each.asked.student for each in waiting.reviews}), what=LOOKED_AT, door="page")
    return render_page(request, "predictions/reviews/brief.html", {"waiting": waiting})


def _check_staff(request: HttpRequest) -> None:
    if not summaries.is_staff(request.user):
        raise Http404
