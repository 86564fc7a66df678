"""From the sign-in form, and from the demo's link, to the first mark that is still there."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import FIND, SELECT
from tests.browser.stage import TEXT, Stage
from tests.world import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT = 180.0
"""Seconds for the demo to make its data and say where it is."""


@pytest.fixture(scope="module")
def demo_link(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The one-time link that a fresh ``annotator demo`` prints."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "annotator", "--data-dir", str(folder), "demo", "--port", "0"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if "ANNOTATOR_" not in name},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    watchdog = threading.Timer(START_LIMIT, process.kill)
    watchdog.start()
    links = (word for line in process.stdout for word in line.split() if "/start/" in word)
    link = next(links, "")
    watchdog.cancel()
    assert link, (folder / "log").read_text()
    yield link
    process.terminate()
    process.wait(15)
    process.stdout.close()


def mark_eight(page: Page, words: str) -> None:
    """Mark the first ``words`` as a count of patients, by key, and look again after a reload."""
    marks = page.locator("#text mark").get_by_text(words, exact=True)
    expect(page.locator("#save-state")).to_have_text("Saved")
    page.evaluate(SELECT, page.evaluate(FIND, words))
    key = page.locator('[data-label="PATIENT_COUNT"]').get_attribute("aria-keyshortcuts")
    assert key is not None
    page.keyboard.press(key)
    expect(page.locator("#save-state")).to_have_text("Saved")
    expect(marks).to_have_count(1)
    page.reload()
    expect(page.locator("#save-state")).to_have_text("Saved")
    expect(marks).to_have_count(1)


def test_sign_in_mark_reload(stage: Stage) -> None:
    name = stage.person()
    stage.project(TEXT, **{name: "annotator"})
    page = stage.context().new_page()
    page.goto("/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Next article").click()
    mark_eight(page, "Eight")


def test_a_wrong_password_is_told_and_leaves_the_name(stage: Stage) -> None:
    stage.watch.allow("status of 422")
    page = stage.context().new_page()
    page.goto("/sign-in")
    page.get_by_label("User name").fill("nobody")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("User name or password is not right.")
    expect(page.get_by_label("User name")).to_have_value("nobody")


def test_the_demos_link_leads_to_the_first_mark(stage: Stage, demo_link: str) -> None:
    page = stage.context().new_page()
    page.goto(demo_link)
    hint = page.get_by_text(re.compile("^Select words in the text, press the key"))
    expect(page.locator("#text")).to_contain_text("CAR-T")
    expect(hint).to_be_visible()
    expect(page.locator("#text mark").first).to_be_visible()
    words = page.locator("#text").inner_text()
    mark_eight(page, "Eight" if "Eight" in words else "eight")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Done", exact=True)).to_be_visible()
    expect(hint).to_have_count(0)
    page.get_by_role("button", name="Export the corpus").click()
    expect(page.get_by_role("heading", name="New export")).to_be_visible()
