"""Mails about requests for a review: that one came, is due or was answered. No child's name and no score is in any."""

import logging
from collections.abc import Iterable
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from portal.accounts.models import User
from portal.accounts.preferences import language_of
from predictions.models import ReviewRequest

logger = logging.getLogger("predictions.reviews")


def send(what: str, asked: ReviewRequest, readers: Iterable[User]) -> None:
    """`what` is asked, due, overdue or answered. A mail server that is away is a line in the log; the page tells it too."""
    for reader in readers:
        try:
            with translation.override(language_of(reader)):
                _letter(what, asked, reader).send()
        except (SMTPException, OSError) as error:
            logger.warning("review not mailed", exc_info=error, extra={"review": asked.pk, "user": reader.pk})


def _letter(what: str, asked: ReviewRequest, reader: User) -> EmailMultiAlternatives:
    page = reverse("my-outlook") if what == "answered" else reverse("review", args=[asked.pk])
    told: dict[str, Any] = {
        "what": what,
        "asked": asked,
        "exam": asked.exam.title,
        "school": asked.student.school,
        "reader": reader,
        "link": settings.SITE_URL + page,
    }
    subject = " ".join(render_to_string("emails/review.subject.txt", told).split())
    letter = EmailMultiAlternatives(subject, render_to_string("emails/review.txt", told), to=[reader.email])
    letter.attach_alternative(render_to_string("emails/review.html", told), "text/html")
    return letter
