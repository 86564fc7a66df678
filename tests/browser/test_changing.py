"""Changing what is marked: label, deletion, undo and redo, and moving among the marks."""

from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.stage import Stage


def labels(desk: Desk) -> list[tuple[str, str]]:
    """Quote and label of everything stored."""
    return [(one.quote, one.label) for one in desk.stored()]


def test_a_focused_mark_takes_another_label(desk: Desk) -> None:
    desk.mark("symptoms eased", "1")
    desk.saved()
    desk.press("2")
    expect(desk.current.locator(".code")).to_have_text("SAFE")
    desk.saved()
    assert labels(desk) == [("symptoms eased", "SAFETY_CLAIM")]
    desk.press("Control+z")
    desk.saved()
    assert labels(desk) == [("symptoms eased", "EFFICACY_CLAIM")]
    desk.press("Control+Shift+z")
    desk.saved()
    assert labels(desk) == [("symptoms eased", "SAFETY_CLAIM")]


def test_delete_and_its_undo(desk: Desk) -> None:
    desk.mark("steroids", "6")
    desk.mark("fever", "2")
    desk.saved()
    [first, second] = desk.stored()
    desk.press("Delete")
    assert desk.cards.count() == 1
    desk.saved()
    assert desk.stored() == [first]
    desk.press("Control+z")
    desk.saved()
    assert desk.stored() == [first, second]
    expect(desk.cards).to_have_count(2)
    desk.press("Control+Shift+z")
    desk.saved()
    assert desk.stored() == [first]


def test_a_toast_offers_to_undo_a_deletion(desk: Desk) -> None:
    desk.mark("steroids", "6")
    desk.saved()
    before = desk.stored()
    desk.press("Delete")
    desk.page.locator("#toasts").get_by_role("button", name="Undo").click()
    desk.saved()
    assert desk.stored() == before


def test_undo_and_redo_outlive_a_reload(desk: Desk) -> None:
    for needle, key in [("lupus", "5"), ("seven", "3"), ("fever", "2")]:
        desk.mark(needle, key)
    desk.press("Control+z")
    desk.saved()
    assert desk.stored_quotes() == ["lupus", "seven"]
    desk.page.reload()
    desk.saved()
    desk.press("Control+Shift+z")
    desk.saved()
    assert desk.stored_quotes() == ["lupus", "seven", "fever"]
    desk.press("Control+z", "Control+z", "Control+z")
    desk.saved()
    assert desk.stored() == []
    expect(desk.marks).to_have_count(0)
    desk.press("Control+z")
    expect(desk.page.locator("#toasts")).to_contain_text("Nothing left to undo.")


def test_j_and_k_step_through_the_marks(desk: Desk) -> None:
    for needle, key in [("fever", "2"), ("lupus", "5"), ("seven", "3")]:
        desk.mark(needle, key)
    desk.saved()
    desk.press("Escape", "Escape")
    expect(desk.current).to_have_count(0)
    for key, quote in [("j", "lupus"), ("j", "seven"), ("j", "fever"), ("k", "seven")]:
        desk.press(key)
        assert desk.current_quote() == quote


def test_escape_lets_go_of_strip_selection_and_focus_in_turn(desk: Desk) -> None:
    desk.mark("Eight", "3")
    desk.saved()
    expect(desk.values).to_be_visible()
    desk.press("Escape")
    expect(desk.values).to_be_hidden()
    expect(desk.current).to_have_count(1)
    desk.select("seven")
    desk.press("Escape")
    assert desk.page.evaluate("() => getSelection().toString()") == ""
    expect(desk.current).to_have_count(1)
    desk.press("Escape")
    expect(desk.current).to_have_count(0)
    assert desk.page.evaluate("() => document.activeElement.id") == "text"


def test_the_help_lists_the_keys_and_keys_rest_meanwhile(desk: Desk) -> None:
    desk.press("?")
    sheet = desk.page.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    shown = set(sheet.locator("kbd").all_text_contents())
    pressed = "j k o ? Del Esc Ctrl+Z Ctrl+Shift+Z Ctrl+Enter Ctrl+Shift+Enter Alt+1 Alt+9"
    assert set(pressed.split()) <= shown
    desk.select("lupus")
    desk.press("5", "Escape")
    expect(sheet).to_be_hidden()
    assert desk.stored() == []


def test_two_tabs_show_the_same(stage: Stage, desk: Desk) -> None:
    other = stage.desk_of(desk.page.context, desk.slug, desk.article, desk.name)
    other.open()
    desk.mark("kidneys", "7")
    expect(other.marks).to_have_text("kidneys")
    other.mark("steroids", "6")
    expect(desk.marks).to_have_text(["kidneys", "steroids"])
    desk.saved()
    other.saved()
    assert desk.page.inner_html("#text") == other.page.inner_html("#text")
