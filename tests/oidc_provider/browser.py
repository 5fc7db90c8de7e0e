"""A browser without scripts for single sign-on: keeps cookies, follows redirects, fills forms."""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

PROVIDER_PASSWORD = "known-to-the-provider"


class Browser:
    """Follows redirects and fills forms as a person would, with cookies and without scripts."""

    def __init__(self, portal: str) -> None:
        self.portal, self.session = portal, requests.Session()

    def open(self, path: str) -> requests.Response:
        return self.session.get(urljoin(self.portal, path), timeout=10)

    def send(self, page: requests.Response, goes_to: str, /, **values: Any) -> requests.Response:
        """Send the form of this page whose address contains `goes_to`."""
        forms = re.findall(r"<form\b.*?</form>", page.text, re.S)
        form = next(form for form in forms if goes_to in (re.search(r'action="([^"]*)"', form) or [""])[0])
        found = re.search(r'action="([^"]*)"', form)
        inputs = re.findall(r"<input\b[^>]*>", form)
        facts = {name(field): value(field) for field in inputs if name(field)}
        address = urljoin(page.url, found.group(1) if found else "")
        return self.session.post(address, {**facts, **values}, headers={"Referer": page.url}, timeout=10)

    def press(self, button: str) -> requests.Response:
        """The provider's button on the sign-in page; ends at the provider's own sign-in page."""
        page = self.open("/accounts/login/")
        assert f"{button.title()} School" in page.text
        return self.send(page, f"/accounts/oidc/{button}/login/")

    def sign_in_with(self, button: str, email: str) -> requests.Response:
        page = self.press(button)
        assert urlsplit(page.url).port != urlsplit(self.portal).port, page.text
        page = self.send(page, "login", login=email, password=PROVIDER_PASSWORD)
        assert "authorize" in page.url, page.text
        scopes = re.findall(r'name="scopes"[^>]*value="(\w+)"', page.text)
        return self.send(page, "authorize", action="grant", scopes=scopes)

    def is_in(self) -> bool:
        return urlsplit(self.open("/profile/").url).path == "/profile/"


def name(field: str) -> str:
    found = re.search(r'\bname="([^"]*)"', field)
    return found.group(1) if found else ""


def value(field: str) -> str:
    found = re.search(r'\bvalue="([^"]*)"', field)
    return found.group(1).replace("&amp;", "&").replace("&quot;", '"') if found else ""
