"""The site itself: who may come in, where signing in and out lead to, and the records grouped in school words."""

from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.decorators import method_decorator
from django.utils.text import slugify
from django.views.decorators.cache import never_cache

from portal.accounts.policy import policy
from portal.backoffice.scoped import Scoped
from portal.kit.errors import NotAllowed

# In the order in which an office thinks of them.
GROUPS = ("The school", "People", "Classes", "Exams and results", "Day by day", "What happened", "The machine")
# Its `view_on_site` redirects to any record of any school, which tells whether it exists.
CLOSED = frozenset({"view_on_site", "password_change_done"})


class Choices(AutocompleteJsonView):
    """What a field offers while somebody types: the rows of the related admin, called by its labels."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return {"id": str(getattr(obj, to_field_name)), "text": self.model_admin.label(obj)}  # type: ignore[attr-defined]  # Scoped: see below

    def process_request(self, request: HttpRequest) -> Any:
        found = super().process_request(request)
        if not isinstance(found[1], Scoped):
            raise PermissionDenied
        return found


class BackOffice(AdminSite):
    site_title = site_header = "Foremark back office"
    index_title = "Back office"
    enable_nav_sidebar = True
    empty_value_display = "–"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def has_permission(self, request: HttpRequest) -> bool:
        return policy.may_enter_back_office(request.user)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Somebody who is signed in and has no business here is told so; the stock one asks them to sign in again."""
        stock = super().admin_view(view, cacheable)

        @wraps(stock)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.user.is_authenticated and not self.has_permission(request):
                raise NotAllowed("The back office is for the leaders and the office of a school.")
            return stock(request, *args, **kwargs)

        return guarded

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [url for url in super().get_urls() if getattr(url, "name", None) not in CLOSED]

    @method_decorator([never_cache, login_not_required])
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        inside = reverse("admin:index")
        if request.user.is_authenticated:
            return redirect(inside)
        return redirect_to_login(request.GET.get("next") or inside, reverse("account_login"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_change_password")

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return Choices.as_view(admin_site=self)(request)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """What a person may open, by subject and not by Python package."""
        found: dict[str, list[Any]] = {}
        for app in super().get_app_list(request, app_label):
            for model in app["models"]:
                group = getattr(self._registry[model["model"]], "group", GROUPS[-1])
                found.setdefault(group, []).append(model)
        return [self._group(name, found[name]) for name in GROUPS if name in found]

    def _group(self, name: str, models: list[Any]) -> dict[str, Any]:
        place = {model: at for at, model in enumerate(self._registry)}
        return {
            "name": name,
            "app_label": slugify(name),
            "app_url": f"{reverse('admin:index')}#{slugify(name)}",
            "has_module_perms": True,
            "models": sorted(models, key=lambda model: place[model["model"]]),
        }
