"""Admins that show, offer and save only what the access rules give, and that save through the rooms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse

from portal.backoffice import rights, saving
from portal.backoffice.forms import REFUSALS, SEEN, OfficeForm, is_versioned, sentence_of
from portal.backoffice.listing import BoundedPaginator
from portal.backoffice.past import entries_of
from portal.backoffice.widgets import KnownSelect
from portal.kit.errors import NotAllowed

if TYPE_CHECKING:
    Base = admin.options.BaseModelAdmin[Any]
    FullAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    Base, FullAdmin, TabularInline = object, admin.ModelAdmin, admin.TabularInline

Keep = Callable[[Any, Any, bool], None]


class Scoped(Base):
    """What full pages and inlines share."""

    model: type[models.Model]
    school_path = "school"  # from the record to its school
    keep: Keep | None = None  # a room that saves (record, by, is new); without one the record is saved with history
    may_delete = False
    readonly_on_change: tuple[str, ...] = ()
    related: tuple[str, ...] = ()  # relations that the list or the rows name, read with them

    def rows(self, user: Any, verb: str = "view") -> models.QuerySet[Any, Any]:
        return rights.rows_for(user, self.model, verb)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any, Any]:
        rows = self.rows(request.user).order_by(*(self.get_ordering(request) or ()))
        return rows.select_related(*self.related) if self.related else rows

    def choosable(self, user: Any, source: type[models.Model]) -> models.QuerySet[Any, Any]:
        """Which of these records a person may name in a record of `source`."""
        return self.rows(user, "edit")

    def label(self, record: Any) -> str:
        """How a record is called where one of many is chosen."""
        return str(record)

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> Any:
        related = self.admin_site._registry.get(db_field.remote_field.model)
        if not isinstance(related, Scoped):
            return db_field.remote_field.model._default_manager.none()
        return related.choosable(request.user, self.model)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KnownSelect(db_field, self.admin_site))
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        related = self.admin_site._registry.get(db_field.remote_field.model)
        if field is not None and isinstance(related, Scoped):
            field.label_from_instance = related.label
        return field

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget: Any = getattr(field, "widget", None)
        if hasattr(widget, "can_add_related"):
            # One page, one record: pop-up windows over pop-up windows help nobody.
            widget.can_add_related = widget.can_change_related = widget.can_delete_related = False
            widget.can_view_related = False
        return field

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields + self.readonly_on_change if obj is not None and isinstance(obj, self.model) else fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The last group carries the version that was read, unless the page is for looking only."""
        fieldsets: list[tuple[Any, dict[str, Any]]] = [
            (name, dict(facts)) for name, facts in super().get_fieldsets(request, obj)
        ]
        for _, facts in fieldsets:
            facts["fields"] = [name for name in facts["fields"] if name != SEEN]
        edited = is_versioned(self.model) and obj is not None and self.has_change_permission(request, obj)
        if edited and fieldsets:
            fieldsets[-1][1]["fields"].append(SEEN)
        return fieldsets

    def save_one(self, request: HttpRequest, record: Any, *, adding: bool, fields: Iterable[str]) -> None:
        """Through the room, and back out if the person could not change what came of it."""
        if self.keep is not None:
            self.keep(record, request.user, adding)
        else:
            saving.keep(record, request.user, adding=adding, school_path=self.school_path, fields=fields)
        if not self.rows(request.user, "edit").filter(pk=record.pk).exists():
            raise NotAllowed("This would be a record that you may not change. Choose another school, class or student.")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


class ScopedAdmin(Scoped, FullAdmin):
    form = OfficeForm
    group = "The machine"
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator
    save_on_top = False
    view_on_site = False
    parts: tuple[str, ...] = ()  # relations that go with a deleted record
    links: tuple[str, ...] = ()  # relations by which other pages link to this list
    object_history_template = "admin/object_history.html"

    # --- may they? ---
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return rights.holds(request.user, self.model, "view") and (obj is None or self._reaches(request, obj, "view"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return rights.holds(request.user, self.model, "edit") and (obj is None or self._reaches(request, obj, "edit"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return rights.keeps(request.user, self.model)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not self.may_delete or not self.has_change_permission(request, obj):
            return False
        return obj is None or not saving.hangs_on(request, obj)

    def _reaches(self, request: HttpRequest, obj: Any, verb: str) -> bool:
        return rights.reaches(request, obj, lambda: self.rows(request.user, verb), verb)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what the page's own filters and links use: any other look-up could ask what one may not see."""
        listed = self.get_list_filter(request) if request is not None else self.list_filter
        names = {getattr(each, "parameter_name", each) for each in listed}
        return lookup.removesuffix("__exact") in {*names, *self.links}

    def get_list_display(self, request: HttpRequest) -> Any:
        """Who keeps one school needs no column that says so in every row."""
        shown = super().get_list_display(request)
        named = any(field.name == "school" for field in self.opts.concrete_fields)
        if not named or request.user.is_superuser or len(rights.schools_kept(request.user, self.model, "view")) != 1:
            return shown
        return [name for name in shown if name != "school"]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        title = str(self.opts.verbose_name_plural).capitalize()
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    # --- saving ---
    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"refused": request.__dict__.get("_refused", ""), "user": request.user})

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What a room refuses is told in the form, with everything that was typed still there."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except REFUSALS as refusal:
            if request.method != "POST":
                raise
            request.__dict__["_refused"] = sentence_of(refusal, self.model)
        rights.forget(request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        fields = [name for name in form.changed_data if name != SEEN]
        if fields or not change:
            self.save_one(request, obj, adding=not change, fields=fields)
            rights.forget(request)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        inline: ScopedInline = formset.inline
        saved = formset.save(commit=False)
        for record in formset.deleted_objects:
            saving.remove(record, request.user, school_path=inline.school_path)
        known = {id(record): fields for record, fields in formset.changed_objects}
        for record in saved:
            fields = [name for name in known.get(id(record), ()) if name != SEEN]
            inline.save_one(request, record, adding=id(record) not in known, fields=fields)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except REFUSALS as refusal:
            messages.error(request, sentence_of(refusal, self.model))
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        saving.remove(obj, request.user, school_path=self.school_path, parts=self.parts)

    # --- what Django would write about it elsewhere; our own history and audit say it already, without names ---
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    log_change = log_addition

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None

    # --- pages ---
    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        record = self.get_object(request, unquote(object_id))
        if record is None or not self.has_view_permission(request, record):
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {self.opts.verbose_name}",
            "subtitle": str(record),
            "entries": entries_of(record, request.user),
            "object": record,
            "opts": self.opts,
            "module_name": str(self.opts.verbose_name_plural).capitalize(),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        obj = kwargs.get("obj")
        context["related_links"] = self.related_links(obj, request) if obj is not None else []
        return super().render_change_form(request, context, *args, **kwargs)

    def related_links(self, record: Any, request: HttpRequest) -> list[tuple[str, str]]:
        """Label and address of other lists, narrowed to this record."""
        return []

    def list_of(self, model: type[models.Model], **narrowed: Any) -> str:
        found = "&".join(f"{name}__exact={value}" for name, value in narrowed.items())
        try:
            return f"{reverse(f'admin:{model._meta.app_label}_{model._meta.model_name}_changelist')}?{found}"
        except NoReverseMatch:  # not registered
            return ""

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404


class ScopedInline(Scoped, TabularInline):
    form = OfficeForm
    extra = 0
    may_add = True
    view_on_site = False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.inline = self  # type: ignore[attr-defined]  # so that the page saves each row as its inline would
        return formset

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if self.may_add else flatten_fieldsets([(None, {"fields": self.fields or ()})])

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return rights.holds(request.user, self.model, "view")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_add and rights.keeps(request.user, self.model)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_add and rights.keeps(request.user, self.model)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_delete and rights.keeps(request.user, self.model)
