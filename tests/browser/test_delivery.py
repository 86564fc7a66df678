"""What becomes of marks while server, network, tab or answer are lost: all stored, none twice."""

import pytest
from playwright.sync_api import APIResponse, Route, expect

from annotator.domain.permissions import LOCAL
from annotator.services import labels
from tests.browser.desk import Desk
from tests.browser.stage import TEXT, Stage
from tests.browser.watch import OFFLINE

TEN = (
    "Eight",
    "lupus",
    "immune",
    "symptoms",
    "kidneys",
    "seven",
    "steroids",
    "fever",
    "dose",
    "few",
)
KEPT = """() => new Promise((done) => {
  const opening = indexedDB.open("annotator");
  opening.onsuccess = () => {
    const all = opening.result.transaction("outbox").objectStore("outbox").getAll();
    all.onsuccess = () => done(JSON.stringify([all.result, { ...sessionStorage }]));
  };
})"""


def mark_ten(desk: Desk) -> None:
    """Ten marks with ten labels, without waiting."""
    for number, word in enumerate(TEN, start=1):
        desk.mark(word, str(number % 10))


@pytest.fixture
def offline(stage: Stage) -> None:
    """Requests that fail belong to the test."""
    stage.watch.allow(OFFLINE)


@pytest.mark.usefixtures("offline")
def test_ten_marks_outlive_a_lost_network(desk: Desk) -> None:
    desk.page.context.set_offline(True)
    mark_ten(desk)
    expect(desk.state).to_have_text("Offline, 10 kept on this device")
    assert len(desk.highlights("add-")) == 10
    assert desk.stored() == []
    desk.page.context.set_offline(False)
    desk.saved()
    assert sorted(desk.stored_quotes()) == sorted(TEN)
    expect(desk.cards).to_have_count(10)
    assert desk.highlights("add-") == []


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("reopened", ["article", "projects"])
def test_a_tab_closed_offline_delivers_from_the_next_page(
    stage: Stage, desk: Desk, reopened: str
) -> None:
    context = desk.page.context
    context.set_offline(True)
    mark_ten(desk)
    expect(desk.state).to_have_text("Offline, 10 kept on this device")
    kept = desk.page.evaluate(KEPT)
    assert "PATIENT_COUNT" in kept
    assert "steroids" not in kept, "article text is kept in the browser"
    desk.page.close()
    context.set_offline(False)
    again = stage.desk_of(context, desk.slug, desk.article, desk.name)
    if reopened == "article":
        again.open()
        expect(again.cards).to_have_count(10)
    else:
        again.page.goto("/")
        again.eventually(lambda: len(again.stored()), 10)
    assert sorted(again.stored_quotes()) == sorted(TEN)


@pytest.mark.usefixtures("offline")
def test_an_answer_lost_after_the_commit_stores_once(desk: Desk) -> None:
    answered: list[int] = []

    def lose(route: Route) -> None:
        answered.append(route.fetch().status)
        route.abort()

    desk.page.route("**/operations", lose, times=1)
    desk.mark("Eight", "3")
    desk.saved()
    assert answered == [200]
    expect(desk.cards).to_have_count(1)
    assert desk.stored_quotes() == ["Eight"]


def test_an_older_answer_that_comes_later_changes_nothing(desk: Desk) -> None:
    page = desk.page
    late: list[tuple[Route, APIResponse]] = []
    page.route("**/changes?*", lambda route: late.append((route, route.fetch())))
    reader = desk.world.actor(desk.name)
    at = desk.text.index("Eight")
    desk.world.mark(reader, desk.article, "PATIENT_COUNT", at, at + len("Eight"), desk.slug)
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    desk.eventually(lambda: len(late), 1)
    [(route, older)] = late
    assert older.text().count("<mark") == 1
    desk.mark("young", "4")
    desk.saved()
    expect(desk.marks).to_have_text(["Eight", "young"])
    html = page.inner_html("#text")
    with page.expect_event("requestfinished"):
        route.fulfill(response=older)
    page.evaluate("() => fetch('/health').then((answer) => answer.text())")
    expect(desk.marks).to_have_text(["Eight", "young"])
    desk.saved()
    assert page.inner_html("#text") == html
    assert desk.stored_quotes() == ["Eight", "young"]


@pytest.mark.parametrize("wrong", [500, 503])
def test_a_server_in_trouble_is_asked_again(stage: Stage, desk: Desk, wrong: int) -> None:
    stage.watch.allow(str(wrong))
    held: list[Route] = []
    desk.page.route("**/operations", lambda route: held.append(route), times=1)
    desk.mark("Eight", "3")
    desk.eventually(lambda: len(held), 1)
    held[0].fulfill(status=wrong, body="<p>The store is busy.</p>")
    expect(desk.state).to_have_text("Offline, 1 kept on this device")
    desk.saved()
    assert desk.stored_quotes() == ["Eight"]


def test_leaving_at_once_loses_nothing(desk: Desk) -> None:
    desk.mark("Eight", "3")
    desk.page.goto("about:blank")
    desk.eventually(desk.stored_quotes, ["Eight"])


@pytest.mark.usefixtures("offline")
def test_without_storage_the_page_says_so_and_saves(stage: Stage) -> None:
    desk = stage.desk(script="indexedDB.open = () => { throw new Error('forbidden') }")
    desk.page.context.set_offline(True)
    desk.mark("Eight", "3")
    expect(desk.state).to_have_text("Offline, 1 kept in this tab only")
    desk.page.context.set_offline(False)
    desk.saved()
    assert desk.stored_quotes() == ["Eight"]


def test_key_presses_do_not_put_off_the_next_try(stage: Stage, desk: Desk) -> None:
    stage.watch.allow(OFFLINE)
    tried: list[Route] = []

    def cut(route: Route) -> None:
        tried.append(route)
        route.abort()

    desk.page.route("**/operations", cut)
    mark_ten(desk)
    desk.press(*["Control+z", "Control+Shift+z"] * 10)
    expect(desk.state).to_have_text("Offline, 30 kept on this device")
    assert len(tried) < 6
    desk.eventually(lambda: len(tried) > 2, wanted=True)
    desk.page.unroute("**/operations")
    desk.saved()
    assert sorted(desk.stored_quotes()) == sorted(TEN)


@pytest.mark.parametrize("event", ["online", "focus", "visibilitychange"])
def test_a_sign_of_hope_is_followed_at_once(stage: Stage, desk: Desk, event: str) -> None:
    stage.watch.allow("status of 503")
    answered: list[int] = []

    def busy(route: Route) -> None:
        answered.append(503)
        route.fulfill(status=503, headers={"Retry-After": "600"}, body="<p>Busy.</p>")

    desk.page.route("**/operations", busy)
    stage.watch.allow("503")
    desk.mark("Eight", "3")
    expect(desk.state).to_have_text("Offline, 1 kept on this device")
    desk.mark("lupus", "5")
    assert answered == [503]
    desk.page.unroute("**/operations")
    target = "document" if event == "visibilitychange" else "window"
    desk.page.evaluate(f"() => {target}.dispatchEvent(new Event('{event}'))")
    desk.saved()
    assert desk.stored_quotes() == ["Eight", "lupus"]


def test_every_operation_goes_out_under_its_own_version_of_the_scheme(stage: Stage) -> None:
    name = stage.person()
    slug, [article] = stage.project(TEXT, **{name: "annotator"})
    desk = stage.desk_of(stage.context(name), slug, article, name)
    desk.open()
    stage.watch.allow(OFFLINE)
    desk.page.route("**/operations", lambda route: route.abort())
    desk.mark("Eight", "3")
    desk.mark("lupus", "5")
    expect(desk.state).to_have_text("Offline, 2 kept on this device")
    with stage.world.database.write() as session:
        labels.add_label(session, LOCAL, slug=slug, name="NEW_ONE")
    desk.page.reload()
    desk.mark("fever", "2")
    expect(desk.state).to_have_text("Offline, 3 kept on this device")
    sent: list[tuple[int, int]] = []

    def note(route: Route) -> None:
        body = route.request.post_data_json
        sent.append((body["scheme"], len(body["ops"])))
        route.continue_()

    desk.page.route("**/operations", note)
    desk.saved()
    assert len(sent) == 2, sent
    [(first, of_first), (second, of_second)] = sent
    assert (second - first, of_first, of_second) == (1, 2, 1)
    assert desk.stored_quotes() == ["Eight", "lupus", "fever"]


def test_an_answer_to_something_else_is_no_reason_to_hurry(desk: Desk) -> None:
    answered: list[str] = []

    def confuse(route: Route) -> None:
        answer = route.fetch()
        answered.append(answer.text())
        sent = route.request.post_data_json["ops"][0]["id"]
        route.fulfill(response=answer, body=answer.text().replace(sent, "0" * 36))

    desk.page.route("**/operations", confuse)
    desk.mark("Eight", "3")
    expect(desk.state).to_have_text("Offline, 1 kept on this device")
    assert len(answered) < 4
    desk.page.unroute("**/operations")
    desk.saved()
    assert desk.stored_quotes() == ["Eight"]
