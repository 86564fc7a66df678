"""Opening an article in a browser, beside a file with the same text and marks."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Playwright
from playwright.sync_api import sync_playwright as playwright
from sqlalchemy import select

from annotator.storage.tables import Article
from tests.bench.figures import Figure, figure
from tests.bench.floors import bare_server, static_page
from tests.bench.stage import Stage, mark_all, staged
from tests.browser.browser_finder import arguments, ensure
from tests.faults.page import COOKIE
from tests.faults.scene import Range, Reading

ROUNDS = 5
POLLED, LONGEST = 100, 30_000
SETTLED = 1_200
"""Milliseconds without another mark after which all of them are taken to be drawn."""
KB = 1_024

WATCH = """
(() => {
  const seen = window.seen = {text: null, ready: null, marks: null, count: 0};
  const text = () => document.querySelector("#text")?.textContent.length > 40;
  const ready = () => text() && %s;
  const look = (now) => {
    if (seen.text === null && text()) seen.text = performance.now();
    if (seen.ready === null && ready()) seen.ready = performance.now();
    const count = document.querySelectorAll("#text mark").length;
    if (count > seen.count) { seen.count = count; seen.marks = performance.now(); }
    if (now < 30000) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()
"""
# Ours is ready once labels can be used: the outbox was read and the page says that all is stored.
OURS = """document.querySelector("#save-state")?.textContent.trim() === "Saved\""""
STATIC = "true"


@dataclass
class Traffic:
    """What came over the wire, as the browser counts it."""

    requests: int = 0
    bytes: float = 0
    with_body: int = 0
    _cached: set[str] = field(default_factory=set)
    _empty: set[str] = field(default_factory=set)

    def watch(self, session: CDPSession) -> None:
        """Count from now on."""
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.requestServedFromCache", lambda e: self._cached.add(e["requestId"]))
        session.on("Network.responseReceived", self._answered)
        session.on("Network.loadingFinished", self._finished)

    def _sent(self, event: dict[str, Any]) -> None:
        self.requests += not event["request"]["url"].startswith(("data:", "blob:"))

    def _answered(self, event: dict[str, Any]) -> None:
        response, request = event["response"], event["requestId"]
        if response.get("fromDiskCache") or response["url"].startswith("data:"):
            self._cached.add(request)
        if response["status"] in (204, 304):
            self._empty.add(request)

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] not in self._cached:
            self.bytes += event["encodedDataLength"]
            self.with_body += event["requestId"] not in self._empty


@dataclass(frozen=True, slots=True)
class Opening:
    """Milliseconds from navigation: text and last mark drawn, labels usable; and the traffic."""

    drawn: float
    usable: float
    marks: int
    traffic: Traffic


def run(work: Path) -> list[Figure]:
    """The figures of an article with few marks and of one with a thousand."""
    executable = ensure()
    with playwright() as driver:
        few = _measured(driver, executable, work, words=210, spans=10)
        many = _measured(driver, executable, work, words=1_500, spans=1_000)
    return [
        *_figures("10 spans", few, most=2.5),
        figure(
            "10 spans, cold: over the wire",
            [o.traffic.bytes / KB for o in few.cold],
            "kB",
            most=120,
        ),
        figure("10 spans, cold: requests", [o.traffic.requests for o in few.cold], "", most=24),
        figure(
            "10 spans, warm: requests with a body",
            [o.traffic.with_body for o in few.warm],
            "",
            most=3,
        ),
        figure("10 spans, warm: labels usable", [o.usable for o in few.warm], "ms"),
        *_figures("1,000 spans", many, most=4),
        figure("1,000 spans, cold: marks drawn", [o.marks for o in many.cold], "", least=1_000),
    ]


@dataclass(frozen=True, slots=True)
class _Openings:
    cold: list[Opening]
    warm: list[Opening]
    floor: list[Opening]


def _figures(name: str, found: _Openings, *, most: float) -> list[Figure]:
    pairs = list(zip(found.cold, found.floor, strict=True))
    drawn, usable = [o.drawn / f.drawn for o, f in pairs], [o.usable / f.drawn for o, f in pairs]
    return [
        figure(f"floor: {name} as a file, drawn", [o.drawn for o in found.floor], "ms"),
        figure(f"{name}, cold: text and marks drawn", [o.drawn for o in found.cold], "ms"),
        figure(f"{name}, cold: labels usable besides", [o.usable for o in found.cold], "ms"),
        figure(f"{name}, cold: drawn against the file", drawn, "x", most=most),
        figure(f"{name}, cold: usable against the file", usable, "x", most=most),
    ]


def _measured(
    driver: Playwright, executable: str, work: Path, *, words: int, spans: int
) -> _Openings:
    folder = work / f"static-{spans}"
    with (
        staged(work, people=1, articles=1, words=words) as stage,
        bare_server(folder) as bare,
    ):
        article, text = stage.scene.articles[0], _text(stage)
        places = _spread(article, spans)
        page = stage.page(0, article)
        mark_all(page, article, places, stage.scene.labels)
        page.connection.close()
        (folder / "article.html").write_text(static_page(text, places), encoding="utf-8")
        ours = f"http://127.0.0.1:{stage.server.port}{page.address(article.id)}"
        static = f"http://127.0.0.1:{bare.port}/pages/article.html"
        secret = stage.scene.people[0].secret
        found = _Openings([], [], [])
        for _ in range(ROUNDS):
            with _context(driver, executable, secret, STATIC) as context:
                found.floor.append(_open(context, static, spans))
            with _context(driver, executable, secret, OURS) as context:
                found.cold.append(_open(context, ours, spans))
                found.warm.append(_open(context, ours, spans))
        return found


def _text(stage: Stage) -> str:
    with stage.database.read() as session:
        return session.scalars(select(Article.text)).one()


def _spread(article: Reading, spans: int) -> list[Range]:
    step = len(article.words) / spans
    return [article.words[int(n * step)] for n in range(spans)]


@contextmanager
def _context(
    driver: Playwright, executable: str, secret: str, ready: str
) -> Iterator[BrowserContext]:
    # A browser of its own each time: nothing is cached, not even what all sites share.
    browser: Browser = driver.chromium.launch(executable_path=executable, args=arguments())
    try:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies(
            [{"name": COOKIE, "value": secret, "url": "https://127.0.0.1", "secure": True}]
        )
        context.add_init_script(WATCH % ready)
        yield context
    finally:
        browser.close()


def _open(context: BrowserContext, address: str, spans: int) -> Opening:
    page: Page = context.new_page()
    traffic = Traffic()
    traffic.watch(context.new_cdp_session(page))
    page.goto(address, wait_until="commit")
    seen = _settled(page)
    page.close()
    if seen["count"] < spans:
        raise RuntimeError(f"{address} drew {seen['count']} of {spans} marks.")
    drawn = max(seen["text"], seen["marks"])
    return Opening(drawn, max(drawn, seen["ready"]), int(seen["count"]), traffic)


def _settled(page: Page) -> dict[str, float]:
    # Asked from outside: the page's policy forbids the evaluation that waiting inside needs.
    for _ in range(LONGEST // POLLED):
        page.wait_for_timeout(POLLED)
        seen: dict[str, float] = json.loads(page.evaluate("JSON.stringify(seen)"))
        latest = max(seen["ready"] or 0, seen["marks"] or 0)
        if seen["ready"] and page.evaluate("performance.now()") - latest > SETTLED:
            return seen
    raise RuntimeError(f"The page was not ready in {LONGEST / 1_000:g} s: {page.content()[:500]}")
