"""Selecting with the pointer: whole tokens, characters with Alt, words, blocks."""

from playwright.sync_api import expect

from tests.browser.desk import Desk


def test_a_drag_widens_to_whole_words(desk: Desk) -> None:
    desk.drag("young patients", start=14, end=-12)
    desk.press("4")
    desk.saved()
    assert desk.stored_quotes() == ["young patients"]


def test_a_drag_with_alt_keeps_characters(desk: Desk) -> None:
    desk.page.keyboard.down("Alt")
    desk.drag("engineered", start=1, end=-30)
    desk.page.keyboard.up("Alt")
    desk.press("6")
    desk.saved()
    [quote] = desk.stored_quotes()
    assert 2 < len(quote) < len("engineered")
    assert "engineered".startswith(quote)


def test_a_double_click_takes_the_word_and_a_triple_click_the_block(desk: Desk) -> None:
    desk.click_word("steroids", count=2)
    desk.press("6")
    desk.saved()
    desk.click_word("Experts", count=3)
    desk.press("9")
    desk.saved()
    assert desk.stored_quotes() == ["steroids", desk.text[desk.text.index("Experts") :]]


def test_a_click_takes_the_innermost_mark_and_then_the_one_around(desk: Desk) -> None:
    desk.mark("Eight young patients with severe lupus", "1")
    desk.mark("young patients", "4")
    desk.saved()
    desk.press("Escape", "Escape")
    expect(desk.current).to_have_count(0)
    desk.click_word("young patients")
    assert desk.current_quote() == "young patients"
    desk.click_word("young patients")
    assert desk.current_quote() == "Eight young patients with severe lupus"
    desk.click_word("young patients")
    assert desk.current_quote() == "young patients"
    desk.press("o")
    assert desk.current_quote() == "Eight young patients with severe lupus"


def test_selecting_inside_a_mark_makes_another(desk: Desk) -> None:
    desk.mark("Eight young patients", "4")
    desk.saved()
    desk.drag("young")
    desk.press("5")
    desk.saved()
    assert desk.stored_quotes() == ["Eight young patients", "young"]
