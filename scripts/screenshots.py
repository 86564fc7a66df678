"""Take the README's pictures from a fresh demo project: `python -m scripts.screenshots`."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.browser.browser_finder import arguments, ensure

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs"
PASSWORD = "only for pictures, only on this machine"
SIZE: ViewportSize = {"width": 1280, "height": 800}


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


def show_queue(page: Page) -> None:
    page.goto("/projects/demo/articles", wait_until="networkidle")


def show_annotate(page: Page) -> None:
    """The first article with a new mark and the values that were proposed for it."""
    page.goto("/projects/demo/next", wait_until="networkidle")
    page.evaluate(SELECT, "eight")
    key = page.locator('[data-label="PATIENT_COUNT"]').get_attribute("aria-keyshortcuts")
    page.keyboard.press(key or "")
    expect(page.locator("#save-state")).to_have_text("Saved")
    expect(page.locator("#values")).to_be_visible()


def show_export(page: Page) -> None:
    """A finished export with its proof and the lines to train."""
    page.goto("/projects/demo/exports", wait_until="networkidle")
    page.get_by_role("button", name="Make the export").click()
    expect(page.get_by_role("button", name="Download")).to_be_visible(timeout=120_000)
    page.evaluate(NEUTRAL, [[sys.executable, "/srv/annotator/.venv/bin/python"], DATA_FOLDER])


# Account and what to show, by the picture's name.
WANTED: dict[str, tuple[str, Callable[[Page], None]]] = {
    "queue": ("annotator1", show_queue),
    "annotate": ("manager", show_annotate),
    "export": ("manager", show_export),
}
# The picture shows no folder of the machine that it was taken on.
DATA_FOLDER = ["/[^ ]*/exports/", "/srv/annotator/data/exports/"]
NEUTRAL = """pairs => {
  const code = document.querySelector("pre code");
  for (const [found, shown] of pairs)
    code.textContent = code.textContent.replace(new RegExp(found, "g"), shown);
}"""
SELECT = """words => {
  const walker = document.createTreeWalker(document.getElementById("text"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf(words);
    if (at < 0) continue;
    getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + words.length);
    return;
  }
}"""


def take(address: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=ensure(), args=arguments())
        for name, (account, show) in WANTED.items():
            page = signed_in(browser, address, account)
            show(page)
            page.screenshot(path=PICTURES / f"{name}.png")
            print(f"docs/{name}.png")
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
