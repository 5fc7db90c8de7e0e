"""Accounts as a school sees them, and the invitations by which new people come in."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.db import transaction
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone

from portal.accounts import invitations
from portal.accounts.models import Invitation, User
from portal.audit import history
from portal.audit.record import record
from portal.backoffice.forms import OfficeForm
from portal.backoffice.scoped import ScopedAdmin
from portal.kit.errors import DomainError
from portal.kit.names import fold
from portal.kit.scoping import grants_of
from students import staffing
from students.admin.base import became
from students.models import Caseload, Guardianship, Membership, School, Student, Teaching
from students.roles import KEEPERS, Role


def people_named(text: str) -> QuerySet[Any, Any] | None:
    """Accounts whose names or address begin like these words; nothing when nothing is asked for."""
    words = fold(text.partition("@")[0]).split()
    if not words:
        return None
    found = User.objects.order_by()
    for word in words:
        found = found.filter(Q(search_name__startswith=f" {word}") | Q(search_name__contains=f" {word}"))
    return found.filter(email__istartswith=text.strip()) if "@" in text else found


def people_of(user: Any) -> QuerySet[Any, Any]:
    """Who has, or had, a role in a school this person keeps. Anybody else comes in by an invitation."""
    if user.is_superuser:
        return User.objects.all()
    members = Membership.objects.filter(school__in=grants_of(user).of(KEEPERS)).order_by()
    return User.objects.filter(pk__in=members.values("user_id"))


@admin.register(User)
class UserAdmin(ScopedAdmin):
    """Looked up by the office, changed by a superuser; a person's own name and address are their own affair."""

    group = "People"
    list_display = ("name", "email", "is_active", "joined_at")
    list_filter = ("is_active",)
    search_fields = ("search_name",)
    search_help_text = "The beginnings of names, or an e-mail address."
    ordering = ("name", "pk")
    sortable_by = ()
    fields = ("name", "email", "is_active", "is_superuser", "joined_at", "last_login")
    readonly_fields = ("email", "joined_at", "last_login")

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Any, Any]:
        if verb == "edit" and not user.is_superuser:
            return User.objects.none()
        return people_of(user)

    def choosable(self, user: Any, source: type[Model]) -> QuerySet[Any, Any]:
        return people_of(user)

    def label(self, record: Any) -> str:
        return f"{record.name} ({record.email})" if record.name else record.email

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        found = people_named(search_term)
        return (queryset if found is None else queryset.filter(pk__in=found.values("pk"))), False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        return fields if self.has_change_permission(request) else [name for name in fields if name != "is_superuser"]

    @staticmethod
    @transaction.atomic
    def keep(account: Any, by: Any, adding: bool) -> None:
        if history.save(account, by=by):
            record(by, "account changed", account)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or self._reaches(request, obj, "view")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(getattr(request.user, "is_superuser", False))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def related_links(self, record: Any, request: HttpRequest) -> list[tuple[str, str]]:
        lists = (("Roles", Membership, "user"), ("Classes taught", Teaching, "teacher"))
        cared = (("Children", Guardianship, "guardian"), ("Caseload", Caseload, "counsellor"))
        return [(label, self.list_of(model, **{name: record.pk})) for label, model, name in (*lists, *cared)]


class InviteForm(OfficeForm):
    school = forms.ModelChoiceField(School.objects.none())
    role = forms.ChoiceField(choices=Role.choices)
    students = forms.ModelMultipleChoiceField(
        Student.objects.none(),
        required=False,
        widget=AutocompleteSelectMultiple(Guardianship._meta.get_field("student"), admin.site),
        help_text="For a guardian: the children in their care. For a student: who the account belongs to.",
    )

    class Meta:
        model = Invitation
        fields = ("email", "name", "starts", "ends")
        labels = {"starts": "first day", "ends": "last day", "email": "e-mail address"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schools = School.objects.all()
        kept = grants_of(self.user).of(KEEPERS)
        rows = Student.objects.all() if self.user.is_superuser else Student.objects.editable_by(self.user)
        if "school" in self.fields:
            cast(Any, self.fields["school"]).queryset = (
                schools if self.user.is_superuser else schools.filter(pk__in=kept)
            )
            if len(kept) == 1:
                self.initial.setdefault("school", next(iter(kept)))
            cast(Any, self.fields["students"]).queryset = rows

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        strangers = [each for each in cleaned.get("students", ()) if each.school != cleaned.get("school")]
        if strangers:
            self.add_error("students", "These students are not of that school.")
        if cleaned.get("students") and cleaned.get("role") not in (Role.GUARDIAN, Role.STUDENT):
            self.add_error("students", "Only a guardian or a student is invited for particular students.")
        return cleaned


@admin.register(Invitation)
class InvitationAdmin(ScopedAdmin):
    group = "People"
    form = InviteForm
    list_display = ("email", "name", "role", "school", "state", "invited_by", "invited_at")
    list_filter = ("role",)
    related = ("invited_by",)
    search_fields = ("email",)
    ordering = ("-invited_at", "-pk")
    sortable_by = ()
    fields = ("school", "email", "name", "role", "students", "starts", "ends")
    actions = ("send_again", "withdraw")

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Any, Any]:
        if user.is_superuser:
            return Invitation.objects.all()
        return Invitation.objects.filter(school_id__in=grants_of(user).of(KEEPERS))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or self._reaches(request, obj, "view")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        told = ("email", "name", "role", "school", "starts", "ends", "state", "invited_by", "invited_at", "expires_at")
        return told if obj is not None else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any, Any]:
        name = School.objects.order_by().filter(pk=OuterRef("school_id")).values("name")
        rows: QuerySet[Any, Any] = super().get_queryset(request)
        return rows.annotate(school_called=Subquery(name[:1]))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        data = form.cleaned_data
        staffing.check_may_grant(cast(User, request.user), data["school"], data["role"])
        facts = {"students": [each.pk for each in data["students"]]} if data["students"] else {}
        told = {name: data[name] for name in ("email", "name", "role", "starts", "ends")}
        became(obj, invitations.invite(by=cast(User, request.user), school_id=data["school"].pk, facts=facts, **told))

    @admin.display(description="school")
    def school(self, invitation: Invitation) -> str:
        return str(getattr(invitation, "school_called", "") or "–")

    @admin.display(description="state")
    def state(self, invitation: Invitation) -> str:
        if invitation.accepted_at:
            return "accepted"
        if invitation.revoked_at:
            return "withdrawn"
        return "open" if invitation.expires_at > timezone.now() else "expired"

    @admin.action(description="Send the link again")
    def send_again(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, invitations.resend, "sent again")

    @admin.action(description="Withdraw the invitation")
    def withdraw(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, invitations.revoke, "withdrawn")

    def _each(self, request: HttpRequest, queryset: Any, do: Any, done: str) -> None:
        count = 0
        for invitation in queryset[:200]:
            try:
                school = School.objects.get(pk=invitation.school_id)
                staffing.check_may_grant(request.user, school, invitation.role)  # type: ignore[arg-type]  # signed in
                do(invitation, by=request.user)
                count += 1
            except DomainError as refusal:
                messages.error(request, f"{invitation.email}: {refusal.sentence}")
        messages.success(request, f"{count} of them {done}.")
