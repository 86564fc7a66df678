"""Values of an annotation: the strip under its mark, its guesses, and what is stored."""

from playwright.sync_api import expect

from tests.browser.desk import Desk


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
