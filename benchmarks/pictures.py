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
PASSWORD = "made-up-for-pictures"


def signed_in(browser: Browser, email: str, *, scheme: str = "light", width: int = 1280) -> Page:
    page = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}).new_page()  # type: ignore[arg-type]
    page.goto(f"http://localhost:{PORT}/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"http://localhost:{PORT}/")
    return page


def take(browser: Browser, people: dict[str, str]) -> None:
    page = signed_in(browser, people["teacher"])
    page.goto(f"http://localhost:{PORT}/classes/")
    page.get_by_role("link", name="9", exact=False).filter(has_text="9A ").first.click()
    page.wait_for_load_state()
    page.screenshot(path=PICTURES / "class.png")
    page.get_by_role("link", name="Marks", exact=True).first.click()
    page.wait_for_load_state()
    page.screenshot(path=PICTURES / "marks.png")
    page = signed_in(browser, people["leader"])
    page.goto(f"http://localhost:{PORT}/models/accuracy/")
    sentence = page.get_by_text("scores were off by")
    while not sentence.count():  # the demo trains and predicts by itself, a minute or two
        page.wait_for_timeout(2000)
        page.reload()
    page.wait_for_timeout(15_000)  # the challenger's last replays
    page.reload()
    page.screenshot(path=PICTURES / "accuracy.png")


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
        finally:
            runner.terminate()
            runner.wait(30)


if __name__ == "__main__":
    main()
