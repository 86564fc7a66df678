"""Values of an annotation: the strip under its mark, its guesses, and what is stored."""

from playwright.sync_api import Route, expect

from annotator.domain.operations import ChangeSpan
from annotator.domain.values import LONGEST_TEXT
from tests.browser.desk import Desk
from tests.world import new_id


def values(desk: Desk, quote: str) -> dict[str, tuple[str, bool]]:
    """Text and confirmed of every value on a card."""
    found = (
        desk.card(quote)
        .locator("[data-value][data-is]")
        .evaluate_all(
            "all => all.map((b) => [b.dataset.value, b.dataset.is, b.className === 'set'])"
        )
    )
    return {name: (text, sure) for name, text, sure in found}


def test_required_values_are_guessed_and_confirmed_by_number(desk: Desk) -> None:
    desk.mark("Eight", "3")
    desk.saved()
    rows = desk.values.locator("fieldset")
    expect(rows.locator("legend")).to_have_text(["Value", "Role"])
    assert values(desk, "Eight")["value"] == ("8", False)
    desk.press("Alt+1")
    desk.saved()
    assert values(desk, "Eight")["value"] == ("8", True)
    expect(rows.nth(1)).to_have_class("active")
    desk.press("Alt+2")
    desk.saved()
    expect(desk.values).to_be_hidden()
    assert values(desk, "Eight")["role"][1]
    shown = values(desk, "Eight")
    desk.page.reload()
    desk.saved()
    assert values(desk, "Eight") == shown
    assert desk.page.evaluate("() => document.activeElement.id") == "text"


def test_values_are_typed_ahead_of_the_server(desk: Desk) -> None:
    desk.mark("symptoms eased", "1")
    desk.press("Alt+4", "Alt+2")
    desk.saved()
    assert {name for name, (_, sure) in values(desk, "symptoms eased").items() if sure} == {
        "direction",
        "claim_strength",
    }


def test_going_on_leaves_the_guess_unconfirmed(desk: Desk) -> None:
    desk.mark("Eight", "3")
    desk.mark("seven", "3")
    desk.saved()
    assert values(desk, "Eight")["value"] == ("8", False)
    assert values(desk, "seven")["value"] == ("7", False)


def test_a_number_is_typed(desk: Desk) -> None:
    desk.mark("Eight", "3")
    desk.saved()
    desk.press("Alt+2")
    field = desk.values.locator("fieldset.active input")
    expect(field).to_be_focused()
    desk.page.keyboard.type("12")
    desk.press("Enter")
    desk.saved()
    assert values(desk, "Eight")["value"] == ("12", True)
    assert desk.page.evaluate("() => document.activeElement.id") == "text"
    desk.press("Control+z")
    desk.saved()
    assert values(desk, "Eight").get("value") != ("12", True)


def test_a_card_opens_its_values(desk: Desk) -> None:
    desk.mark("Eight", "3")
    desk.saved()
    desk.press("Escape", "Escape")
    desk.card("Eight").locator("[data-value=role]").click()
    expect(desk.values.locator("legend")).to_have_text(["Role"])
    desk.values.get_by_role("button", name="not stated", exact=True).click()
    desk.saved()
    assert values(desk, "Eight")["role"] == ("not stated", True)


def test_undo_gives_back_value_and_doubt(desk: Desk) -> None:
    desk.mark("Eight", "3")
    desk.saved()
    guesses = values(desk, "Eight")
    assert guesses["value"] == ("8", False)
    desk.press("Alt+1", "Alt+2")
    desk.saved()
    chosen = values(desk, "Eight")
    assert all(sure for _, sure in chosen.values())
    desk.press("Control+z", "Control+z")
    assert values(desk, "Eight") == guesses
    desk.saved()
    assert values(desk, "Eight") == guesses
    desk.page.reload()
    desk.saved()
    assert values(desk, "Eight") == guesses
    desk.press("Control+Shift+z", "Control+Shift+z")
    desk.saved()
    assert values(desk, "Eight") == chosen


def test_undo_gives_back_guesses_that_were_never_shown(desk: Desk) -> None:
    desk.mark("symptoms eased", "1")
    desk.saved()
    guesses = values(desk, "symptoms eased")
    assert guesses
    assert not any(sure for _, sure in guesses.values())
    desk.press("Delete")
    desk.saved()
    held: list[Route] = []
    desk.page.route("**/operations", lambda route: held.append(route), times=1)
    desk.mark("symptoms eased", "1")
    desk.press("Alt+4", "Alt+2")
    desk.eventually(lambda: len(held), 1)
    held[0].continue_()
    desk.saved()
    assert all(sure for _, sure in values(desk, "symptoms eased").values())
    desk.press("Control+z", "Control+z")
    desk.saved()
    assert values(desk, "symptoms eased") == guesses


def test_undo_tells_a_number_from_not_stated(desk: Desk) -> None:
    desk.mark("Eight", "3")
    desk.saved()
    [mark] = desk.stored()
    unstated = ChangeSpan(new_id(), mark.id, None, values={"value": "not stated"})
    desk.world.apply(desk.world.actor(desk.name), desk.article, unstated, slug=desk.slug)
    desk.page.reload()
    desk.saved()
    assert values(desk, "Eight")["value"] == ("not stated", True)
    for number in ("12", "7"):
        desk.card("Eight").locator("[data-value=value]").click()
        desk.values.locator("input").fill(number)
        desk.press("Enter")
        desk.saved()
    undo, redo = "Control+z", "Control+Shift+z"
    for key, shown in [(undo, "12"), (undo, "not stated"), (redo, "12"), (redo, "7")]:
        desk.press(key)
        desk.saved()
        assert values(desk, "Eight")["value"] == (shown, True)


def test_a_field_takes_what_the_server_takes(desk: Desk) -> None:
    [key] = [key for key, label in desk.keys().items() if label == "RESULT_VALUE"]
    desk.mark("112", key)
    desk.saved()
    desk.press("Escape")
    desk.current.hover()
    desk.current.get_by_role("button", name="All values").click()
    text = desk.values.locator("input[type=text]").first
    text.fill("x" * (LONGEST_TEXT + 100))
    expect(text).to_have_value("x" * LONGEST_TEXT)
    desk.press("Enter")
    desk.saved()
    assert ("x" * LONGEST_TEXT, True) in values(desk, "112").values()
    before = values(desk, "112")
    number = desk.values.locator("input[type=number]").first
    for wrong in ("9007199254740992", "1e999"):
        number.fill("")
        number.press_sequentially(wrong)
        desk.press("Enter")
        expect(number).to_be_focused()
    desk.press("Escape")
    desk.saved()
    assert values(desk, "112") == before


def test_an_answer_does_not_take_back_what_still_waits(desk: Desk) -> None:
    desk.mark("Eight", "3")
    desk.saved()
    held: list[Route] = []
    desk.page.route("**/operations", lambda route: held.append(route))
    desk.press("Alt+1")
    desk.eventually(lambda: len(held), 1)
    desk.press("Alt+1")
    chosen = values(desk, "Eight")
    assert all(sure for _, sure in chosen.values())
    held[0].continue_()
    desk.eventually(lambda: len(held), 2)
    assert values(desk, "Eight") == chosen
    held[1].continue_()
    desk.saved()
    assert values(desk, "Eight") == chosen
