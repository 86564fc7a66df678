"""What the server refuses waits for the person; what it owes to another person waits for them."""

import json

import pytest
from playwright.sync_api import Route, expect

from tests.browser.desk import Desk
from tests.browser.stage import TEXT, Stage
from tests.browser.watch import OFFLINE
from tests.world import PASSWORD

FOCUS = "() => dispatchEvent(new Event('focus'))"


def spoil_quote(route: Route) -> None:
    """Let the page claim other words than the article has: one operation is refused."""
    body = route.request.post_data_json
    for operation in body["ops"]:
        operation["q"] = "other words"
    route.continue_(post_data=json.dumps(body))


def refuse_request(route: Route) -> None:
    """Answer as for a request that is refused whole."""
    route.fulfill(status=409, content_type="text/html", body="<p>The article was withdrawn.</p>")


REFUSALS = pytest.mark.parametrize(
    ("refuse", "sentence"),
    [
        pytest.param(spoil_quote, "other words", id="one operation"),
        pytest.param(refuse_request, "The article was withdrawn.", id="whole request"),
    ],
)


def refused(stage: Stage, desk: Desk, refuse: object, sentence: str) -> None:
    """Make a mark that is refused and stays in view."""
    stage.watch.allow("status of 409")
    desk.page.route("**/operations", refuse)  # type: ignore[arg-type]
    desk.mark("Eight", "3")
    expect(desk.state).to_have_text("1 needs attention")
    item = desk.page.get_by_role("list", name="Needs attention").get_by_role("listitem")
    expect(item).to_have_count(1)
    expect(item.locator("[data-quote]")).to_have_text("Eight")
    assert len(item.locator("[data-sentence]").inner_text()) > 20
    expect(item).to_contain_text(sentence)
    assert desk.highlights("refused") == ["refused"]
    assert desk.stored() == []
    desk.page.unroute("**/operations")


@REFUSALS
def test_a_refused_mark_is_listed_and_can_be_sent_again(
    stage: Stage, desk: Desk, refuse: object, sentence: str
) -> None:
    refused(stage, desk, refuse, sentence)
    desk.page.locator("#attention").get_by_role("button", name="Try again").click()
    desk.saved()
    expect(desk.page.locator("#attention li")).to_have_count(0)
    assert desk.highlights("refused") == []
    assert desk.stored_quotes() == ["Eight"]


@REFUSALS
def test_a_refused_mark_outlives_a_reload_and_can_be_discarded(
    stage: Stage, desk: Desk, refuse: object, sentence: str
) -> None:
    refused(stage, desk, refuse, sentence)
    desk.page.reload()
    expect(desk.state).to_have_text("1 needs attention")
    desk.mark("lupus", "5")
    expect(desk.marks).to_have_text("lupus")
    assert desk.stored_quotes() == ["lupus"]
    desk.page.locator("#attention").get_by_role("button", name="Discard").click()
    desk.saved()
    assert desk.highlights("refused") == []
    assert desk.stored_quotes() == ["lupus"]


def test_one_refused_mark_does_not_hold_up_the_others(desk: Desk) -> None:
    sent: list[Route] = []

    def hold_then_spoil(route: Route) -> None:
        sent.append(route)
        if len(sent) == 2:
            body = route.request.post_data_json
            body["ops"][0]["q"] = "other words"
            route.continue_(post_data=json.dumps(body))

    desk.page.route("**/operations", hold_then_spoil)
    desk.mark("Eight", "3")
    desk.eventually(lambda: len(sent), 1)
    desk.mark("lupus", "5")
    desk.mark("fever", "2")
    sent[0].continue_()
    expect(desk.state).to_have_text("1 needs attention")
    assert desk.stored_quotes() == ["Eight", "fever"]


def test_an_unreadable_change_holds_up_nothing(stage: Stage, desk: Desk) -> None:
    stage.watch.allow(OFFLINE)

    def scramble(route: Route) -> None:
        body = route.request.post_data_json
        for operation in body["ops"]:
            operation |= {"s": "0"} if operation["l"] == "PATIENT_COUNT" else {}
        route.continue_(post_data=json.dumps(body))

    desk.page.context.set_offline(True)
    desk.mark("Eight", "3")
    desk.mark("lupus", "5")
    desk.page.route("**/operations", scramble)
    desk.page.context.set_offline(False)
    expect(desk.state).to_have_text("1 needs attention")
    expect(desk.page.locator("#attention [data-sentence]")).to_contain_text("cannot be read")
    assert desk.stored_quotes() == ["lupus"]
    desk.page.unroute("**/operations")
    desk.page.locator("#attention").get_by_role("button", name="Try again").click()
    desk.saved()
    assert desk.stored_quotes() == ["Eight", "lupus"]


def test_signed_out_in_mid_work(stage: Stage, desk: Desk) -> None:
    stage.watch.allow("status of 40[13]")
    context = desk.page.context
    context.clear_cookies()
    desk.mark("Eight", "3")
    expect(desk.state).to_have_text("Signed out, 1 kept — sign in")
    desk.mark("lupus", "5")
    expect(desk.state).to_have_text("Signed out, 2 kept — sign in")
    with context.expect_page() as opened:
        desk.state.get_by_role("link", name="sign in").click()
    tab = opened.value
    tab.get_by_label("User name").fill(desk.name)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("main").get_by_role("button", name="Sign in").click()
    tab.wait_for_url("**/")
    desk.page.bring_to_front()
    desk.page.evaluate(FOCUS)
    desk.saved()
    assert desk.stored_quotes() == ["Eight", "lupus"]


def test_marks_of_one_person_are_never_stored_under_another(stage: Stage) -> None:
    stage.watch.allow("status of 403")
    mine, theirs = stage.person("mine"), stage.person("theirs")
    slug, [article] = stage.project(TEXT, quota=2, **{mine: "annotator", theirs: "annotator"})
    context = stage.context(mine)
    desk = stage.desk_of(context, slug, article, mine)
    desk.open()
    stage.sign_in(context, theirs)
    desk.mark("Eight", "3")
    expect(desk.state).to_contain_text("Signed out, 1 kept")
    other = stage.desk_of(context, slug, article, theirs)
    other.open()
    expect(other.cards).to_have_count(0)
    other.mark("lupus", "5")
    other.saved()
    assert [one.quote for one in desk.stored(theirs)] == ["lupus"]
    assert desk.stored(mine) == []
    stage.sign_in(context, mine)
    desk.page.bring_to_front()
    desk.page.evaluate(FOCUS)
    desk.saved()
    assert [one.quote for one in desk.stored(mine)] == ["Eight"]
    assert [one.quote for one in desk.stored(theirs)] == ["lupus"]
