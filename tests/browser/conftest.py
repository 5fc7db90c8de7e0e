"""A real browser for the tests in this folder: Chromium, and what it complained about."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from portal.accounts.models import User

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def portal(live_server) -> str:
    """The address of a running portal; by name, because passkeys belong to names and not to numbers."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def chromium(django_db_setup) -> Iterator[Browser]:
    """Started once for all tests of a file, for starting takes longer than most of them."""
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM} on this machine: apt-get install chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's loop runs in this thread
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()
        connections.close_all()  # playwright's loop gave this thread a second connection, which nobody else closes


@pytest.fixture
def browser(chromium: Browser, portal: str) -> Iterator[Browser]:
    """Each test opens windows of its own, and none of them outlives it."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.fixture
def page(browser: Browser, portal: str) -> Page:
    """Signed out. What the console says in anger is collected in `page.complaints`."""
    return listening(browser.new_context(base_url=portal))


@pytest.fixture
def page_as(browser: Browser, portal: str, client_as) -> Callable[..., Page]:
    """A page of the browser in which this person is signed in already."""

    def signed_in(person: User, **options) -> Page:
        context = browser.new_context(base_url=portal, locale="en-GB", **options)
        session = client_as(person).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": portal}])
        return listening(context)

    return signed_in


def listening(context: BrowserContext) -> Page:
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda line: page.complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page
