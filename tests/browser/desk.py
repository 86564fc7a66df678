"""The annotate page as a person uses it, and what the server has stored of it."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from annotator.storage.tables import Annotation, Article, Block, Label, Layer, User
from tests.world import World

T = TypeVar("T")
LIMIT = 15.0
PAUSE = "() => new Promise((done) => setTimeout(done, 25))"
BLOCKS = """() => [...document.querySelectorAll("[data-block]")].map(
  (block) => [Number(block.dataset.start), block.textContent])"""
# Offsets are UTF-16 units of a block, as everywhere in the browser.
SELECT = """([p, s, pe, e]) => {
  const at = (position, offset) => {
    const walker = document.createTreeWalker(document.getElementById(`b${position}`), 4);
    for (let seen = 0, node; (node = walker.nextNode()); seen += node.length) {
      if (offset <= seen + node.length) return [node, offset - seen];
    }
  };
  getSelection().setBaseAndExtent(...at(p, s), ...at(pe, e));
}"""
FIND = """(needle) => {
  for (const block of document.querySelectorAll("[data-block]")) {
    const at = block.textContent.indexOf(needle);
    const position = Number(block.dataset.block);
    if (at >= 0) return [position, at, position, at + needle.length];
  }
}"""
RECT = """() => {
  const { left, top, right, bottom } = getSelection().getRangeAt(0).getBoundingClientRect();
  getSelection().removeAllRanges();
  return [left, top, right, bottom];
}"""
HIGHLIGHTS = """(prefix) => [...CSS.highlights].filter(
  ([name, { size }]) => size && name.startsWith(prefix)).map(([name]) => name)"""


class Stored(NamedTuple):
    """An annotation in the database; offsets in code points."""

    start: int
    end: int
    label: str
    quote: str
    id: str


class Desk:
    """One tab with an article; after every key its text is compared with the stored one."""

    def __init__(self, page: Page, world: World, slug: str, article: int, name: str) -> None:
        self.page = page
        self.world = world
        self.slug = slug
        self.article = article
        self.name = name
        self.path = f"/projects/{slug}/articles/{article}"
        self.state = page.locator("#save-state")
        self.marks = page.locator("#text mark")
        self.cards = page.locator("#cards [data-card]:not([hidden])")
        self.current = page.locator("#cards [data-card][aria-current=true]")
        self.values = page.locator("#values")
        with world.database.read() as session:
            self.text = session.execute(
                select(Article.text).where(Article.id == article)
            ).scalar_one()
            places = session.execute(
                select(Block.start, Block.end)
                .where(Block.article_id == article)
                .order_by(Block.position)
            )
            self._blocks = [[start, self.text[start:end]] for start, end in places]

    def open(self) -> None:
        """Open the article and wait until this browser's queue was read."""
        self.page.goto(self.path)
        self.saved()

    def saved(self) -> None:
        """Wait until everything is stored."""
        expect(self.state).to_have_text("Saved")
        self.check_text()

    def check_text(self) -> None:
        """Every block's ``textContent`` is its slice of the article."""
        assert self.page.evaluate(BLOCKS) == self._blocks

    def find(self, needle: str) -> list[int]:
        """Where ``needle`` is first: block, offset, block, offset."""
        place: list[int] | None = self.page.evaluate(FIND, needle)
        assert place is not None, f"no {needle!r} on the page"
        return place

    def select(self, needle: str) -> None:
        """Select the first ``needle`` by script."""
        self.select_at(*self.find(needle))

    def select_at(self, p: int, s: int, pe: int, e: int) -> None:
        """Select from unit ``s`` of block ``p`` to unit ``e`` of block ``pe``."""
        self.page.evaluate(SELECT, [p, s, pe, e])

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.check_text()

    def leave(self, key: str) -> None:
        """Press a key that leads to another page, or to this one anew."""
        self.page.keyboard.press(key)

    def mark(self, needle: str, key: str) -> None:
        """Select words and press a label's key."""
        self.select(needle)
        self.press(key)

    def rect(self, needle: str) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of ``needle``, which is one line of text."""
        self.select(needle)
        left, top, right, bottom = self.page.evaluate(RECT)
        return left, top, right, bottom

    def drag(self, needle: str, *, start: float = 1, end: float = -1) -> None:
        """Drag over ``needle``; ``start`` and ``end`` are pixels from its left and right edge."""
        left, top, right, bottom = self.rect(needle)
        y = (top + bottom) / 2
        mouse = self.page.mouse
        mouse.move(left + start, y)
        mouse.down()
        mouse.move(right + end, y, steps=5)
        mouse.up()

    def click_word(self, needle: str, *, count: int = 1) -> None:
        """Click on the beginning of ``needle``."""
        left, top, _, bottom = self.rect(needle)
        self.page.mouse.click(left + 4, (top + bottom) / 2, click_count=count)

    def keys(self) -> dict[str, str]:
        """Key to label, as the list beside the text says."""
        found = self.page.locator("#labels [data-label]").evaluate_all(
            "buttons => buttons.map((b) => [b.getAttribute('aria-keyshortcuts'), b.dataset.label])"
        )
        assert len(dict(found)) == len(found)
        return dict(found)

    def label(self, name: str) -> Locator:
        """A label's button."""
        return self.page.locator(f'#labels [data-label="{name}"]')

    def card(self, quote: str) -> Locator:
        """The cards of the annotations that say exactly ``quote``."""
        quotes = self.page.locator(".quote").get_by_text(quote, exact=True)
        return self.cards.filter(has=quotes)

    def quotes(self) -> list[str]:
        """What the cards quote, in the order of the list."""
        return self.cards.locator(".quote").all_text_contents()

    def current_quote(self) -> str:
        """What the focused card quotes."""
        return self.current.locator(".quote").text_content() or ""

    def highlights(self, prefix: str) -> list[str]:
        """Names of the paint layers that hold something."""
        names: list[str] = self.page.evaluate(HIGHLIGHTS, prefix)
        return names

    def stored(self, name: str | None = None) -> list[Stored]:
        """The annotations of the person (or of ``name``) on this article, in order of text."""
        with self.world.database.read() as session:
            rows = session.execute(
                select(
                    Annotation.start, Annotation.end, Label.name, Annotation.quote, Annotation.uuid
                )
                .join(Label, Label.id == Annotation.label_id)
                .join(Layer, Layer.id == Annotation.layer_id)
                .join(User, User.id == Layer.user_id)
                .where(Annotation.article_id == self.article, User.name == (name or self.name))
                .where(Annotation.deleted_at.is_(None))
                .order_by(Annotation.start, Annotation.end, Label.name)
            )
            return [Stored(*row) for row in rows]

    def stored_quotes(self) -> list[str]:
        """What is stored, each proven to be the slice of the article that it names."""
        found = self.stored()
        assert all(self.text[one.start : one.end] == one.quote for one in found)
        return [one.quote for one in found]

    def eventually(self, read: Callable[[], T], wanted: T) -> None:
        """Wait until ``read()`` gives ``wanted``."""
        eventually(self.page, read, wanted)


def eventually(page: Page, read: Callable[[], Any], wanted: Any, limit: float = LIMIT) -> None:
    """Wait until ``read()`` gives ``wanted``, while the page goes on."""
    until = time.monotonic() + limit
    while (found := read()) != wanted:
        assert time.monotonic() < until, f"{found!r} did not become {wanted!r}"
        page.evaluate(PAUSE)
