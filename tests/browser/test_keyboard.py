"""Annotating without a pointer: the word cursor, growing, jumping, and what keys do to spans."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.stage import Stage

SELECTED = "() => getSelection().toString()"


def selected(desk: Desk) -> str:
    text: str = desk.page.evaluate(SELECTED)
    return text


@pytest.mark.parametrize(
    ("start", "keys", "wanted"),
    [
        (None, ["ArrowRight"], "Engineered"),
        ("young", ["ArrowRight"], "patients"),
        ("young", ["ArrowLeft"], "Eight"),
        ("young", ["ArrowLeft", "ArrowLeft"], "children"),
        ("children", ["ArrowRight"], "Eight"),
        ("young", ["Shift+ArrowRight", "Shift+ArrowRight"], "young patients with"),
        ("young", ["Shift+ArrowRight", "Shift+ArrowLeft"], "young"),
        ("patients", ["Shift+ArrowLeft", "Shift+ArrowLeft"], "Eight young patients"),
        ("immune cells", ["Shift+ArrowRight"], "immune cells, and"),
        ("young", ["End"], "years"),
        ("kidneys", ["Home"], "Eight"),
        ("young", ["Control+ArrowRight"], "The"),
        ("kidneys", ["Control+ArrowLeft"], "The"),
        ("kidneys", ["Control+ArrowLeft", "Control+ArrowLeft"], "Eight"),
        ("mild", ["Shift+Control+ArrowRight"], "mild fever. The"),
        ("relapsed", ["ArrowRight"], "within"),
    ],
)
def test_arrow_keys_move_and_extend_by_words(
    desk: Desk, start: str | None, keys: list[str], wanted: str
) -> None:
    if start:
        desk.select(start)
    desk.press(*keys)
    assert selected(desk) == wanted


def test_lines_are_the_browsers(desk: Desk) -> None:
    desk.select("young")
    top = desk.page.evaluate("() => getSelection().getRangeAt(0).getBoundingClientRect().top")
    desk.press("ArrowDown")
    below = desk.page.evaluate("() => getSelection().getRangeAt(0).getBoundingClientRect().top")
    assert below > top + 10
    desk.press("ArrowUp")
    assert desk.page.evaluate(
        "() => getSelection().getRangeAt(0).getBoundingClientRect().top"
    ) == pytest.approx(top, abs=2)


@pytest.mark.parametrize(
    ("start", "grown"),
    [
        ("18", ["18 months", "Nobody relapsed 😀 within 18 months"]),
        ("three", ["three months", "and their symptoms eased within three months"]),
        ("17", ["9 to 17 years", "aged 9 to 17 years"]),
        ("mild", ["and 2 of 8 had a mild fever"]),
        ("control", ["Experts who were not involved said that the study had no control group"]),
        ("steroids", ["All patients stopped taking steroids"]),
        ("recovered", ["𝛃-cell counts recovered by day 112"]),
    ],
)
def test_growing_goes_from_the_word_to_the_paragraph_and_back(
    desk: Desk, start: str, grown: list[str]
) -> None:
    desk.select(start)
    seen = [selected(desk)]
    while len(seen) < 2 or seen[-1] != seen[-2]:
        desk.press("e")
        seen.append(selected(desk))
    units = seen[1:-1]
    assert units[: len(grown)] == grown
    *_, sentence, paragraph = [*units, units[-1]] if len(units) == len(grown) + 1 else units
    assert sentence.endswith(".")
    assert sentence in paragraph
    for wanted in reversed(seen[:-2]):
        desk.press("E")
        assert selected(desk) == wanted


def test_three_keys_mark_three_words(desk: Desk) -> None:
    desk.select("young")
    desk.press("Shift+ArrowRight", "Shift+ArrowRight", "4")
    desk.saved()
    assert desk.stored_quotes() == ["young patients with"]
    desk.press("ArrowRight")
    assert selected(desk) == "severe"


def test_hints_jump_to_a_word_in_three_keys(desk: Desk) -> None:
    page = desk.page
    page.keyboard.press("f")
    hints = page.locator("#hints kbd")
    expect(hints.first).to_be_visible()
    tags = hints.all_text_contents()
    assert len(set(tags)) == len(tags)
    words = desk.text.replace("\n", " ").split()
    at = next(n for n, word in enumerate(words) if word == "kidneys")
    letters = sum(1 for word in words[:at] if any(c.isalnum() for c in word))
    # “1×10⁶ cells/kg” and the like may be several words; before “kidneys” there are none.
    page.keyboard.press(tags[letters][0])
    page.keyboard.press(tags[letters][1])
    assert selected(desk) == "kidneys"
    expect(page.locator("#hints")).to_have_count(0)
    desk.check_text()


def test_escape_ends_the_hints_and_nothing_else(desk: Desk) -> None:
    desk.mark("Eight", "3")
    desk.saved()
    desk.page.keyboard.press("f")
    expect(desk.page.locator("#hints")).to_have_count(1)
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator("#hints")).to_have_count(0)
    assert desk.current_quote() == "Eight"


def test_edges_move_by_a_word_and_back(desk: Desk) -> None:
    desk.mark("young patients", "4")
    desk.saved()
    for key, wanted in [
        ("[", "Eight young patients"),
        ("]", "Eight young patients with"),
        ("{", "young patients with"),
        ("}", "young patients"),
    ]:
        desk.press(key)
        desk.saved()
        desk.eventually(desk.stored_quotes, [wanted])
        assert desk.current_quote() == wanted
    desk.press("Control+z", "Control+z", "Control+z")
    desk.saved()
    desk.eventually(desk.stored_quotes, ["Eight young patients"])
    desk.press("Control+Shift+z")
    desk.saved()
    desk.eventually(desk.stored_quotes, ["Eight young patients with"])


def test_an_edge_does_not_pass_the_other_or_leave_the_block(desk: Desk) -> None:
    desk.mark("Eight", "3")
    desk.press("[", "{", "}")
    desk.saved()
    assert desk.stored_quotes() == ["Eight"]


def test_an_armed_label_marks_each_selection(desk: Desk) -> None:
    desk.press("Shift+3")
    armed = desk.label("PATIENT_COUNT")
    expect(armed).to_have_attribute("aria-pressed", "true")
    desk.drag("Eight")
    desk.saved()
    desk.select("seven")
    desk.press("Enter")
    desk.saved()
    assert desk.stored_quotes() == ["Eight", "seven"]
    desk.press("Escape", "Escape")
    expect(armed).to_have_attribute("aria-pressed", "false")
    desk.drag("children")
    assert desk.stored_quotes() == ["Eight", "seven"]


def test_repeat_takes_label_and_confirmed_values(desk: Desk) -> None:
    desk.mark("seven", "3")
    desk.saved()
    desk.press("Alt+1", "Alt+1")
    desk.saved()
    first = desk.card("seven").locator("button.set").all_text_contents()
    assert first
    desk.select("Eight")
    desk.press(".")
    desk.saved()
    assert [one.label for one in desk.stored()] == ["PATIENT_COUNT"] * 2
    assert desk.card("Eight").locator("button.set").all_text_contents() == first
    desk.press("Control+z")
    desk.saved()
    assert desk.stored_quotes() == ["seven"]


def test_the_picker_finds_a_label_by_letters(desk: Desk) -> None:
    desk.select("Eight")
    desk.press(" ")
    picker = desk.page.locator("#picker")
    expect(picker).to_be_visible()
    desk.page.keyboard.type("patc")
    expect(picker.get_by_role("option").first).to_contain_text("patient count")
    desk.page.keyboard.press("Enter")
    expect(picker).not_to_be_visible()
    desk.saved()
    assert [(one.quote, one.label) for one in desk.stored()] == [("Eight", "PATIENT_COUNT")]
    desk.press("ArrowRight")
    assert selected(desk) == "young"


def test_the_same_words_everywhere_are_one_change(stage: Stage) -> None:
    text = "Cells helped. The cells grew; cells died, and no cells were left of these cells."
    desk = stage.desk(text)
    desk.mark("cells", "5")
    desk.saved()
    desk.press("*")
    panel = desk.page.locator("#same")
    expect(panel.get_by_role("checkbox")).to_have_count(3)
    panel.get_by_role("checkbox").nth(1).uncheck()
    panel.get_by_role("button", name="Mark these").press("Enter")
    desk.saved()
    desk.eventually(lambda: len(desk.stored_quotes()), 3)
    desk.press("Control+z")
    desk.saved()
    desk.eventually(lambda: len(desk.stored_quotes()), 1)
    desk.press("Control+Shift+z")
    desk.saved()
    desk.eventually(lambda: len(desk.stored_quotes()), 3)


def test_enter_leads_to_the_card_and_escape_back(desk: Desk) -> None:
    desk.mark("Eight", "3")
    desk.saved()
    desk.press("Escape", "Escape", "Enter")
    focused = "() => document.activeElement.className"
    assert "card" not in desk.page.evaluate(focused)
    desk.press("k", "Enter")
    assert "card" in desk.page.evaluate(focused)
    desk.press("Escape")
    assert desk.page.evaluate("() => document.activeElement.id") == "text"


def test_marks_hide_while_the_key_is_held(desk: Desk) -> None:
    desk.mark("Eight", "3")
    desk.saved()
    image = "() => getComputedStyle(document.querySelector('#text mark')).backgroundImage"
    shown = desk.page.evaluate(image)
    desk.page.keyboard.down("h")
    assert desk.page.evaluate(image) == "none"
    desk.page.keyboard.up("h")
    assert desk.page.evaluate(image) == shown != "none"


def test_lists_and_buttons_keep_their_own_keys(desk: Desk) -> None:
    desk.select("Eight")
    desk.label("PATIENT_COUNT").focus()
    desk.page.keyboard.press(" ")
    desk.saved()
    assert desk.stored_quotes() == ["Eight"]
