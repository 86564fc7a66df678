"""What an article costs on the wire, first and again."""

from collections import Counter

from playwright.sync_api import Page

from tests.browser.desk import Desk
from tests.browser.stage import Stage

MOST_BYTES = 120_000
MOST_REQUESTS = 24
MOST_WARM = 3
SPANS = 10


def crossing(page: Page, desk: Desk) -> Counter[str]:
    """Load the article: bytes that crossed the wire, by address, only of requests that did."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    addresses: dict[str, str] = {}
    received: Counter[str] = Counter()
    session.on(
        "Network.requestWillBeSent",
        lambda event: addresses.update({event["requestId"]: event["request"]["url"]}),
    )

    def finished(event: dict[str, float | str]) -> None:
        if event["encodedDataLength"]:
            received[addresses[str(event["requestId"])]] += int(event["encodedDataLength"])

    session.on("Network.loadingFinished", finished)
    desk.page = page
    page.goto(desk.path)
    page.wait_for_load_state("networkidle")
    session.detach()
    return received


def test_an_article_with_ten_spans_is_light(stage: Stage) -> None:
    desk = stage.desk()
    reader = stage.world.actor(desk.name)
    for start in range(SPANS):
        at = desk.text.index(" ", 60 + 20 * start) + 1
        label = "OUTCOME" if start % 2 else "CONDITION"
        stage.world.mark(reader, desk.article, label, at, desk.text.index(" ", at), desk.slug)
    page = stage.context(desk.name).new_page()
    cold = crossing(page, desk)
    assert page.locator("#cards [data-card]").count() == SPANS
    assert sum(cold.values()) <= MOST_BYTES, cold.most_common()
    assert 5 < len(cold) <= MOST_REQUESTS, cold.most_common()
    warm = crossing(page, desk)
    assert desk.path in " ".join(warm)
    assert len(warm) <= MOST_WARM, warm.most_common()
