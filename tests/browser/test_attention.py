"""Changes that were overtaken or refused: listed until somebody decides, and in nobody's way."""

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Route, expect

from tests.browser.desk import Desk
from tests.browser.pages import axe_faults
from tests.browser.stage import TEXT, Stage
from tests.browser.test_delivery import KEPT
from tests.browser.watch import OFFLINE

ROUTE = "**/operations"


def edited(edit: Callable[[dict[str, Any]], object]) -> Callable[[Route], None]:
    """A route that changes each operation on its way to the server."""

    def route(found: Route) -> None:
        body = found.request.post_data_json
        for operation in body["ops"]:
            edit(operation)
        found.continue_(post_data=json.dumps(body))

    return route


def spoil(operation: dict[str, Any]) -> None:
    """Claim words that do not stand there."""
    operation |= {"q": "other words"} if operation["op"] == "add" else {}


as_if_unheard = edited(lambda operation: operation.update({"rev": 1} if "rev" in operation else {}))


def listed(desk: Desk) -> Locator:
    """What needs attention."""
    return desk.page.get_by_role("list", name="Needs attention").get_by_role("listitem")


def button(desk: Desk, name: str) -> Locator:
    return listed(desk).get_by_role("button", name=name)


def labels(desk: Desk) -> list[tuple[str, str]]:
    """Quote and label of everything stored."""
    return [(one.quote, one.label) for one in desk.stored()]


def overtaken(stage: Stage, desk: Desk) -> Desk:
    """Another tab, whose change came after one that it had not heard of."""
    desk.mark("kidneys", "7")
    desk.saved()
    other = stage.desk_of(desk.page.context, desk.slug, desk.article, desk.name)
    other.open()
    desk.press("5")
    desk.saved()
    other.page.route(ROUTE, as_if_unheard)
    other.press("j", "6")
    expect(other.state).to_have_text("1 needs attention")
    expect(listed(other)).to_have_count(1)
    expect(listed(other).locator("[data-what]")).to_have_text(re.compile("^Change to "))
    expect(listed(other).locator("[data-quote]")).to_have_text("kidneys")
    expect(listed(other)).to_contain_text("was changed elsewhere meanwhile")
    other.page.unroute(ROUTE)
    return other


def test_a_stale_change_stays_and_is_made_again(stage: Stage, desk: Desk) -> None:
    other = overtaken(stage, desk)
    kept = other.page.evaluate(KEPT)
    assert "changed elsewhere" in kept
    assert "kidneys" not in kept, "article text is kept in the browser"
    other.page.reload()
    expect(other.state).to_have_text("1 needs attention")
    expect(other.cards.locator(".code")).to_have_text("COND")
    assert labels(desk) == [("kidneys", "CONDITION")]
    button(other, "Try again").click()
    other.saved()
    expect(listed(other)).to_have_count(0)
    assert other.highlights("refused") == []
    [(quote, label)] = labels(desk)
    assert (quote, label == "CONDITION") == ("kidneys", False)
    expect(desk.cards.locator(".code")).not_to_have_text("COND")
    desk.saved()
    other.press("Control+z")
    other.saved()
    assert labels(desk) == [("kidneys", "CONDITION")]


def test_a_stale_change_is_discarded_in_every_tab(stage: Stage, desk: Desk) -> None:
    other = overtaken(stage, desk)
    expect(desk.state).to_have_text("1 needs attention")
    button(other, "Discard").click()
    other.saved()
    desk.saved()
    expect(listed(desk)).to_have_count(0)
    expect(other.cards.locator(".code")).to_have_text("COND")
    assert labels(desk) == [("kidneys", "CONDITION")]
    other.page.reload()
    other.saved()


def test_done_shows_the_list_instead(stage: Stage, desk: Desk) -> None:
    desk.page.route(ROUTE, edited(spoil))
    desk.mark("Eight", "3")
    expect(desk.state).to_have_text("1 needs attention")
    expect(listed(desk)).to_contain_text("is “Eight”, not “other words”")
    assert "Eight" not in desk.page.evaluate(KEPT), "article text is kept in the browser"
    desk.page.unroute(ROUTE)
    desk.press("Control+Enter")
    expect(button(desk, "Try again")).to_be_focused()
    expect(desk.page.locator("#toasts")).to_contain_text("Not finished")
    desk.page.get_by_role("button", name="Done").click()
    expect(button(desk, "Try again")).to_be_focused()
    desk.mark("lupus", "5")
    expect(desk.marks).to_have_text("lupus")
    expect(desk.state).to_have_text("1 needs attention")
    button(desk, "Try again").focus()
    desk.page.keyboard.press("Enter")
    desk.saved()
    assert desk.page.evaluate("() => document.activeElement.id") == "text"
    assert desk.stored_quotes() == ["Eight", "lupus"]
    desk.leave("Control+Enter")
    expect(desk.page.get_by_role("heading", name="Done", exact=True)).to_be_visible()


def test_done_waits_for_what_is_on_its_way(desk: Desk) -> None:
    held: list[Route] = []
    desk.page.route(ROUTE, lambda route: held.append(route))
    desk.mark("Eight", "3")
    desk.eventually(lambda: len(held), 1)
    desk.mark("lupus", "5")
    desk.press("Control+Enter")
    spoiled = edited(spoil)
    spoiled(held[0])
    desk.eventually(lambda: len(held), 2)
    assert [one["op"] for one in held[1].request.post_data_json["ops"]] == ["add"]
    held[1].continue_()
    desk.page.unroute(ROUTE)
    expect(desk.state).to_have_text("1 needs attention")
    expect(button(desk, "Try again")).to_be_focused()
    expect(desk.page.locator("#toasts")).to_contain_text("Not finished")
    expect(desk.label("CONDITION")).to_be_enabled()
    assert desk.stored_quotes() == ["lupus"]
    button(desk, "Discard").click()
    desk.saved()
    desk.leave("Control+Enter")
    expect(desk.page.get_by_role("heading", name="Done", exact=True)).to_be_visible()


def test_changes_of_a_refused_mark_are_one_item(desk: Desk) -> None:
    desk.page.route(ROUTE, edited(spoil))
    desk.mark("symptoms eased", "1")
    desk.press("Alt+4", "Alt+2")
    expect(desk.state).to_have_text("1 needs attention")
    expect(listed(desk).locator("[data-what]")).to_have_text(re.compile("^Mark as .*; Set "))
    desk.page.unroute(ROUTE)
    button(desk, "Try again").click()
    desk.saved()
    expect(desk.card("symptoms eased").locator(".set")).to_have_count(2)


def test_what_counts_on_a_refused_change_is_stored_without_it(stage: Stage, desk: Desk) -> None:
    stage.watch.allow(OFFLINE)
    desk.mark("Eight", "3")
    desk.saved()
    sent: list[Any] = []

    def spoil_one(route: Route) -> None:
        body = route.request.post_data_json
        sent.append(body["ops"])
        for operation in body["ops"]:
            if "value" in operation["v"]:
                operation["v"] = {"value": "eight"}
        route.continue_(post_data=json.dumps(body))

    desk.page.context.set_offline(True)
    desk.press("Alt+1", "Alt+2")
    desk.page.route(ROUTE, spoil_one)
    desk.page.context.set_offline(False)
    expect(desk.state).to_have_text("1 needs attention")
    expect(listed(desk)).to_contain_text("does not fit value")
    expect(desk.card("Eight").locator("[data-value=role].set")).to_have_count(1)
    assert [one["rev"] for ops in sent for one in ops][-1] == 1


def test_other_pages_tell_and_lead_to_the_article(stage: Stage, desk: Desk) -> None:
    stage.watch.allow(OFFLINE)
    context = desk.page.context
    context.set_offline(True)
    desk.mark("Eight", "3")
    desk.press("Control+Enter")
    desk.page.close()
    context.set_offline(False)
    other = context.new_page()
    other.route(ROUTE, edited(lambda operation: operation.update({"l": "NO_SUCH"})))
    other.goto("/")
    toast = other.locator("#toasts")
    expect(toast).to_contain_text("1 needs attention")
    toast.get_by_role("button", name="Open the article").click()
    again = stage.desk_of(context, desk.slug, desk.article, desk.name)
    again.page.goto(desk.path)
    expect(again.state).to_have_text("1 needs attention")
    expect(again.label("CONDITION")).to_be_enabled()
    expect(listed(again).locator("[data-quote]")).to_have_text("Eight")


def test_in_another_article_the_list_has_a_link(stage: Stage) -> None:
    name = stage.person()
    slug, articles = stage.project(TEXT, "A second\n\nNine adults.", **{name: "annotator"})
    context = stage.context(name)
    desk = stage.desk_of(context, slug, articles[0], name)
    desk.open()
    desk.page.route(ROUTE, edited(spoil))
    desk.mark("Eight", "3")
    expect(desk.state).to_have_text("1 needs attention")
    second = stage.desk_of(context, slug, articles[1], name)
    second.page.goto(second.path)
    expect(second.state).to_have_text("1 needs attention")
    expect(button(second, "Try again")).to_have_count(0)
    second.leave("Control+Enter")
    expect(second.page.get_by_role("heading", name="Done", exact=True)).to_be_visible()
    listed(second).get_by_role("button", name="Open the article").click()
    expect(second.page).to_have_url(re.compile(f"{desk.path}$"))


def test_on_a_phone_the_count_opens_the_list(stage: Stage) -> None:
    desk = stage.desk(viewport={"width": 390, "height": 800}, has_touch=True)
    desk.page.route(ROUTE, edited(spoil))
    desk.mark("Eight", "3")
    expect(desk.page.locator("#toasts")).to_contain_text("not “other words”")
    expect(listed(desk)).to_be_hidden()
    desk.state.get_by_role("button", name="1 needs attention").click()
    expect(button(desk, "Try again")).to_be_in_viewport()
    expect(button(desk, "Try again")).to_be_focused()
    wide = desk.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_the_list_is_for_everybody(desk: Desk) -> None:
    desk.page.route(ROUTE, edited(spoil))
    desk.mark("Eight", "3")
    desk.mark("lupus", "5")
    expect(listed(desk)).to_have_count(2)
    for scheme in ("light", "dark"):
        desk.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        assert axe_faults(desk.page) == []


def test_the_list_moves_nothing(desk: Desk) -> None:
    desk.mark("Eight", "3")
    desk.saved()
    places = """() => [...document.querySelectorAll("#text [data-block], #cards [data-card], h1")]
      .map((one) => JSON.stringify(one.getBoundingClientRect()))"""
    before = desk.page.evaluate(places)
    desk.page.route(ROUTE, edited(spoil))
    desk.mark("lupus", "5")
    expect(listed(desk)).to_be_visible()
    assert desk.page.evaluate(places) == before
