"""Every page, in light and dark, wide and narrow: nothing for axe to find, nothing sideways."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.pages import PAGES, SIDEWAYS, TELEPHONE, Place, axe_faults, furnish
from tests.browser.stage import Stage
from tests.faults.server import Server
from tests.world import World

WIDE = {"width": 1360, "height": 860}
SMALLEST = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def place(world: World, browser: Browser, server: Server, stories: str) -> Iterator[Place]:
    """A project with something on each of its pages, for all tests here."""
    stage = Stage(world, browser, f"http://127.0.0.1:{server.port}", stories)
    yield furnish(stage)
    stage.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_everybody(place: Place, name: str) -> None:
    page = place.page
    place.stage.watch.allow("status of 404")
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    page.goto(place.address(name))
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert axe_faults(page) == []
    page.set_viewport_size(TELEPHONE)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(SIDEWAYS) == []
    assert axe_faults(page) == []
    page.set_viewport_size(SMALLEST)
    assert page.evaluate(SIDEWAYS) == []
    assert place.stage.watch.unexpected == []


@pytest.mark.parametrize(
    "opened",
    [
        "help",
        "values",
    ],
)
def test_what_opens_on_the_annotate_page_is_for_everybody(place: Place, opened: str) -> None:
    page = place.page
    page.set_viewport_size(WIDE)
    page.goto(place.address("annotate"))
    expect(page.locator("#save-state")).to_have_text("Saved")
    page.keyboard.press("?" if opened == "help" else "j")
    if opened == "values":
        page.locator("[data-card][aria-current] .tools [data-value]").click()
        expect(page.locator("#values")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert axe_faults(page) == []


def test_print_keeps_the_marks_and_drops_the_tools(place: Place) -> None:
    page = place.page
    page.set_viewport_size(WIDE)
    page.goto(place.address("annotate"))
    page.emulate_media(media="print")
    mark = page.locator("#text mark").first
    expect(mark).to_be_visible()
    style = mark.evaluate(
        "mark => [getComputedStyle(mark).backgroundImage, getComputedStyle(mark).printColorAdjust,"
        " getComputedStyle(mark, '::before').content]"
    )
    assert "gradient" in style[0]
    assert style[1] == "exact"
    assert "POP" in style[2]
    expect(page.locator("#cards .card").first).to_be_visible()
    expect(page.locator("#labels")).to_be_hidden()
    expect(page.locator(".work-head")).to_be_hidden()
    page.emulate_media(media="screen")


def test_the_keyboard_alone_reaches_labels_text_cards_and_done(place: Place) -> None:
    page = place.page
    page.set_viewport_size(WIDE)
    page.goto(place.address("annotate"))
    expect(page.locator("#text")).to_be_focused()
    page.evaluate("() => document.activeElement.blur()")
    page.evaluate("() => { getSelection().removeAllRanges(); document.body.tabIndex = -1; }")
    page.evaluate("() => document.body.focus()")
    visited: list[str] = []
    wanted = ["skip-link", "Done", "labels", "text", "cards"]
    for _ in range(60):
        page.keyboard.press("Tab")
        visited.append(
            page.evaluate(
                """() => {
              const at = document.activeElement;
              if (at.matches("[data-finish] button")) return "Done";
              return at.closest(".skip-link") ? "skip-link"
                : at.closest("#labels, #text, #cards")?.id ?? at.tagName;
            }"""
            )
        )
        if wanted[-1] in visited:
            break
    order = [name for name in dict.fromkeys(visited) if name in wanted]
    assert order == wanted
