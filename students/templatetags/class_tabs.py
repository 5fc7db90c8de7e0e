"""The tabs of a class for pages of other apps, which do not know the pages of this one. `{% load class_tabs %}`."""

from typing import Any

from django import template

from portal.kit.scoping import grants_of
from students.models import SchoolClass
from students.roles import KEEPERS, Role
from students.web.tabs import class_tabs

register = template.Library()


@register.inclusion_tag("students/class_tabs.html", takes_context=True)
def tabs_of_class(context: Any, school_class: SchoolClass, current: str) -> dict[str, Any]:
    """`current` is the name of the address one is at. Without a query, but for who is a counsellor as well as a teacher:
    who sees a class only as a teacher teaches it.
    """
    request, school = context["request"], school_class.school_id
    grants = grants_of(request.user)
    is_plain = school in grants.of(KEEPERS) or school not in grants.of((Role.COUNSELLOR,))
    records = school in grants.of((*KEEPERS, Role.TEACHER)) if is_plain else None
    return {"tabs": class_tabs(request, school_class, current=current, records=records)}
