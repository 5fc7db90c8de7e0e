"""What every API address shares: who may ask, how lists are paged, and errors as problem documents.

REST framework reads this file while it loads its own views, so the base of our viewsets stands in viewsets.py.
"""

from typing import Any

from django.core.exceptions import PermissionDenied as Refused
from django.http import Http404
from rest_framework.exceptions import APIException, AuthenticationFailed, NotAuthenticated, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from portal.kit.errors import DomainError
from portal.kit.problems import CONTENT_TYPE, problem_document


class SignedIn(BasePermission):
    """Which records there are to see is decided by the rules of the querysets."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user and request.user.is_authenticated and request.user.is_active)


class Pages(CursorPagination):
    """By key and without counting: as quick on the thousandth page as on the first."""

    ordering = "pk"
    page_size = 50
    page_size_query_param = "size"
    max_page_size = 200


def problem(exception: Exception, context: dict[str, Any]) -> Response | None:
    """None for what nobody foresaw: that goes on to the log and becomes a 500."""
    found = _document(exception)
    if found is None:
        return None
    headers = {"WWW-Authenticate": "Session"} if found["status"] == 401 else {}
    return Response(found, status=found["status"], headers=headers, content_type=CONTENT_TYPE)


def _document(exception: Exception) -> dict[str, Any] | None:
    if isinstance(exception, DomainError):
        return problem_document(exception.status, exception.sentence, code=exception.code)
    if isinstance(exception, Http404):
        return problem_document(404, "There is no such address, or it holds a record that your role does not include.")
    if isinstance(exception, Refused):
        return problem_document(403, "Your role does not include this.")
    if isinstance(exception, NotAuthenticated | AuthenticationFailed):
        return problem_document(401, "Sign in; this address answers only people and systems it knows.")
    if isinstance(exception, ValidationError):
        return problem_document(400, "Some values do not fit.", code="invalid", errors=exception.detail)
    if isinstance(exception, APIException):
        return problem_document(exception.status_code, str(exception.detail))
    return None
