"""Take the README's pictures from a fresh demo project: `python -m scripts.screenshots`."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser.browser_finder import arguments, ensure

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images"
PASSWORD = "only for pictures, only on this machine"
SIZE: ViewportSize = {"width": 1280, "height": 800}
# Picture, account, address.
WANTED = (
    ("queue", "annotator1", "/projects/demo/articles"),
    ("annotate", "manager", "/projects/demo/next"),
    ("export", "manager", "/projects/demo/exports"),
)


def address_of(server: "subprocess.Popen[str]") -> str:
    assert server.stdout is not None
    said = []
    for line in server.stdout:
        said.append(line)
        if found := re.search(r"Listening on (http://[\w.]+:\d+)", line):
            return found[1]
    raise SystemExit("the demo ended before it listened:\n" + "".join(said))


def signed_in(browser: Browser, address: str, account: str) -> Page:
    page = browser.new_context(viewport=SIZE, color_scheme="light", base_url=address).new_page()
    page.goto("/sign-in")
    page.fill("[name=username]", account)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("[name=password]", "Enter")
    return page


def take(address: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=ensure(), args=arguments())
        for name, account, path in WANTED:
            page = signed_in(browser, address, account)
            page.goto(path, wait_until="networkidle")
            page.screenshot(path=PICTURES / f"{name}.png")
            print(f"docs/images/{name}.png")
        browser.close()


def main() -> None:
    environment = os.environ | {"ANNOTATOR_DEMO_PASSWORD": PASSWORD, "PYTHONUNBUFFERED": "1"}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "annotator", "--data-dir", folder, "demo", "--port", "0"]
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        ) as server:
            try:
                take(address_of(server))
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
