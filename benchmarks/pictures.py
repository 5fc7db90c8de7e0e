"""`make pictures`: takes the pictures of docs/pictures from the running app, with a demo school of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

BASE_DIR = Path(__file__).resolve().parent.parent
PICTURES = BASE_DIR / "docs" / "pictures"
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"
PORT = "8017"
ADDRESS = f"http://localhost:{PORT}"
WIDE, PHONE = 1440, 390
PASSWORD = "made-up-for-pictures"


def signed_in(browser: Browser, email: str, *, scheme: str = "light", width: int = WIDE, height: int = 900) -> Page:
    """On the first page, with the tour read and signed."""
    window = {"color_scheme": scheme, "viewport": {"width": width, "height": height}, "locale": "en-GB"}
    page = browser.new_context(base_url=ADDRESS, device_scale_factor=2 if width == PHONE else 1, **window).new_page()  # type: ignore[arg-type]  # of Any
    page.goto("/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{ADDRESS}/")
    page.goto("/tour/")
    while (following := page.locator("a[rel=next]")).count():
        following.click()
        page.wait_for_load_state()
    if (signing := page.get_by_role("button", name="I have read this")).count():
        signing.click()
        page.wait_for_url(f"{ADDRESS}/")
    return page


def shoot(page: Page, name: str, address: str = "") -> None:
    """The window as it is, without a pointer over anything, once what comes later has come."""
    if address:
        page.goto(address)
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    page.screenshot(path=PICTURES / f"{name}.png")


def take(browser: Browser, people: dict[str, str]) -> None:
    _of_leader(signed_in(browser, people["leader"]))  # it waits until there are predictions
    outlook = _of_teacher(signed_in(browser, people["teacher"], height=1000))
    shoot(signed_in(browser, people["teacher"], scheme="dark"), "class-outlook-dark", outlook)
    phone = signed_in(browser, people["teacher"], width=PHONE, height=844)
    phone.goto(outlook)
    phone.locator(".sum-trust").evaluate("each => each.scrollIntoView()")  # some of the rows are what it is about
    shoot(phone, "class-outlook-phone")
    shoot(signed_in(browser, people["counsellor"]), "board", "/help/")
    family = signed_in(browser, people["guardian"], width=1280)
    family.goto("/my/outlook/")
    family.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    shoot(family, "family")


def _of_leader(page: Page) -> None:
    page.goto("/models/accuracy/")
    sentence = page.get_by_text("scores were off by")
    while not sentence.count():  # the demo trains and predicts by itself, a minute or two
        page.wait_for_timeout(2000)
        page.reload()
    page.wait_for_timeout(15_000)  # the challenger's last replays
    shoot(page, "accuracy", "/models/accuracy/")
    shoot(page, "watchlist", "/watchlist/")
    shoot(page, "overview", "/overview/")


def _of_teacher(page: Page) -> str:
    """Where the outlook of the class is."""
    page.goto("/classes/")
    page.get_by_role("link", name="9", exact=False).filter(has_text="9A ").first.click()
    shoot(page, "class")
    page.get_by_role("link", name="Marks", exact=True).first.click()
    shoot(page, "marks")
    page.get_by_role("link", name="Outlook", exact=True).first.click()
    shoot(page, "class-outlook")
    outlook = page.url
    page.locator("table.outlook .row-link").nth(3).click()
    page.set_viewport_size({"width": WIDE, "height": 1750})  # down to why, and what is needed
    shoot(page, "student-outlook")
    return outlook


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        environment = {**os.environ, "VAR_DIR": folder, "PORT": PORT, "DEMO_PASSWORD": PASSWORD}
        command = [sys.executable, "-m", "portal.runner"]
        runner = subprocess.Popen(command, cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert runner.stdout
            lines = iter(runner.stdout.readline, "")
            said = []
            for line in lines:
                said.append(line.split())
                if "Ctrl-C" in line:
                    break
            people = {words[0]: words[1] for words in said if len(words) == 3 and "@" in words[1]}
            chromium = shutil.which("chromium") or shutil.which("google-chrome")
            take(playwright.chromium.launch(executable_path=chromium, args=FLAGS.split()), people)
            letter = [sys.executable, "-m", "benchmarks.letter_picture", str(PICTURES / "letter.png")]
            subprocess.run(letter, cwd=BASE_DIR, env={**environment, "PORT": PORT}, check=True)
        finally:
            runner.terminate()
            runner.wait(30)


if __name__ == "__main__":
    main()
