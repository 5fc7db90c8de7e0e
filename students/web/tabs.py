"""The pages of one class, as tabs above each of them: only those that the person may open."""

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from portal.kit.scoping import grants_of
from students.models import SchoolClass
from students.roles import STAFF
from students.standing import may_keep, may_record
from students.web.frame import Item


def class_tabs(
    request: HttpRequest, school_class: SchoolClass, *, current: str, records: bool | None = None
) -> list[Item]:
    """`current` is the name of the address one is at. At most one query, for a teacher; none where it is known already
    whether the person `records` marks and the roll here."""
    pages = [(_("Register"), "class")]
    if school_class.school_id in grants_of(request.user).of(STAFF):
        pages.append((_("Outlook"), "class-outlook-next"))
    if records is None:
        records = may_record(request.user, school_class, on=school_class.school.today())
    if records:
        pages += [(_("Marks"), "marks"), (_("Roll"), "roll")]
    if may_keep(request.user, school_class):
        pages += [(_("Enrol"), "class-enrol"), (_("Teachers"), "class-staff"), (_("Next term"), "class-next")]
    return [
        Item(label, url, "page" if name == current else "")
        for label, name in pages
        if (url := _address(name, school_class.pk))
    ]


def _address(name: str, pk: int) -> str:
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""
