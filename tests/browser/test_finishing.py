"""Done, skipped, reopened, next: how an article is left, and what it looks like afterwards."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import Desk
from tests.browser.stage import TEXT, Stage

SECOND = "A second story\n\nNine adults with gout received a new tablet."


@pytest.fixture
def shift(stage: Stage) -> Desk:
    """Somebody at the first of two articles that are all theirs."""
    name = stage.person()
    slug, articles = stage.project(TEXT, SECOND, **{name: "annotator"})
    desk = stage.desk_of(stage.context(name), slug, articles[0], name)
    desk.page.goto(f"/projects/{slug}/next")
    desk.saved()
    return desk


def finished(page: Page) -> None:
    """The article is shown with its summary and takes no marks."""
    expect(page.get_by_role("heading", name="Done", exact=True)).to_be_visible()


def test_from_the_first_article_to_the_last(shift: Desk) -> None:
    page = shift.page
    hint = page.get_by_text("Select words in the text, press the key of a label")
    expect(hint).to_be_visible()
    shift.mark("Eight", "3")
    shift.mark("seven", "3")
    shift.leave("Control+Enter")
    finished(page)
    expect(hint).to_have_count(0)
    expect(page.locator(".finished")).to_contain_text("2 annotations:")
    expect(page.locator(".finished")).to_contain_text(re.compile(r"2\s+patient count"))
    expect(page.locator(".finished")).to_contain_text("values are guesses that nobody confirmed")
    expect(page.locator(".finished")).to_contain_text("The article card has no answer yet for")
    page.locator(".finished").get_by_role("button", name="Next article").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A second story")
    expect(page.locator("#save-state")).to_have_text("Saved")
    shift.leave("Control+Enter")
    page.wait_for_url(f"**/projects/{shift.slug}/articles")
    expect(page.get_by_text("Nothing is left for you here")).to_be_visible()
    page.get_by_role("link", name="A second story", exact=True).click()
    finished(page)
    expect(page.locator(".finished")).to_contain_text("Finished with nothing marked")
    assert shift.stored_quotes() == ["Eight", "seven"]


def test_done_and_stay(shift: Desk) -> None:
    shift.mark("Eight", "3")
    shift.leave("Control+Shift+Enter")
    finished(shift.page)
    assert shift.page.url.endswith(shift.path)
    shift.saved()
    assert shift.stored_quotes() == ["Eight"]


def test_a_finished_article_is_read_only_until_it_is_reopened(shift: Desk) -> None:
    shift.mark("Eight", "3")
    shift.leave("Control+Enter")
    finished(shift.page)
    shift.saved()
    shift.mark("lupus", "5")
    expect(shift.page.locator("#toasts")).to_contain_text("This article is closed.")
    shift.press("Escape", "j", "Delete", "Control+z")
    expect(shift.label("CONDITION")).to_be_disabled()
    expect(shift.cards).to_have_count(1)
    shift.saved()
    assert shift.stored_quotes() == ["Eight"]
    shift.page.get_by_role("button", name="Reopen").click()
    expect(shift.label("CONDITION")).to_be_enabled()
    shift.saved()
    shift.mark("lupus", "5")
    shift.saved()
    assert shift.stored_quotes() == ["Eight", "lupus"]


def test_an_article_is_skipped_with_a_reason(shift: Desk) -> None:
    page = shift.page
    page.locator("summary", has_text="Skip").click()
    page.get_by_label("Why is this article skipped?").select_option("truncated")
    page.get_by_label("Note").fill("ends in mid-sentence")
    page.get_by_role("button", name="Skip this article").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A second story")
    page.goto(shift.path)
    expect(page.get_by_role("heading", name="Skipped")).to_be_visible()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()


def test_a_queue_row_is_a_link_named_like_the_article(shift: Desk) -> None:
    page = shift.page
    page.goto(f"/projects/{shift.slug}/articles")
    page.get_by_role(
        "link", name="Engineered cells calm an illness of children", exact=True
    ).click()
    shift.saved()
    assert page.url.endswith(shift.path)


def test_without_script_an_article_can_be_finished(stage: Stage, shift: Desk) -> None:
    shift.mark("Eight", "3")
    shift.saved()
    page = stage.context(shift.name, java_script_enabled=False).new_page()
    page.goto(shift.path)
    expect(page.locator("#text mark")).to_have_text("Eight")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A second story")
    page.goto(shift.path)
    finished(page)
