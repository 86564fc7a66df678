"""The visible text of a page, block by block."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from annotator.domain.blocks import Block, Kind

_HIDDEN_TAGS = """
    script style template noscript nav svg iframe object select button textarea dialog canvas audio
    video math map
"""
_INLINE_TAGS = """
    a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q rp rt ruby s samp
    small span strike strong sub sup time tt u var wbr img br input link meta
"""
_EMPTY_TAGS = "area base br col embed hr img input link meta source track wbr"
_HIDDEN = frozenset(_HIDDEN_TAGS.split())
_INLINE = frozenset(_INLINE_TAGS.split())
_EMPTY = frozenset(_EMPTY_TAGS.split())
# Tags that end where the same begins again: their end tag may be left out.
_IMPLIED = frozenset(("p", "li", "td", "th", "tr", "dt", "dd"))
_DEEPEST = 500
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# White space as a page folds it; no-break and other typographic spaces stay as they are.
_FOLDED = re.compile("[ \t\n\r\f]+")


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows."""

    text: str
    blocks: tuple[Block, ...]
    title: str | None
    """The first main heading, else what the browser's tab would show."""
    language: str | None
    direction: str | None


class BlockReader(HTMLParser):
    """Collects blocks while the parser goes through a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self._parts: list[str] = []
        self._blocks: list[tuple[str, Kind, int]] = []
        self._tab_title = ""
        self._hidden_at: int | None = None
        self._language: str | None = None
        self._direction: str | None = None

    @classmethod
    def read(cls, source: str) -> Page:
        """The page of an HTML source; faulty markup is read as far as it makes sense."""
        reader = cls()
        reader.feed(source)
        reader.close()
        reader._end_block()
        return reader._page()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Called by the parser."""
        found = dict(attrs)
        if tag in ("html", "body"):
            self._language = self._language or found.get("lang") or found.get("xml:lang")
            self._direction = self._direction or found.get("dir")
        if tag == "br":
            self._parts.append("\v")
        if tag not in _INLINE:
            self._end_block()
        if tag in _EMPTY or len(self._open) >= _DEEPEST:
            return
        if tag in _IMPLIED and self._open and self._open[-1] == tag:
            self._open.pop()
        self._open.append(tag)
        if self._hidden_at is None and (tag in _HIDDEN or "hidden" in found):
            self._hidden_at = len(self._open)

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Called by the parser; as in browsers the slash means nothing."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Called by the parser."""
        if tag not in self._open:
            return
        if tag not in _INLINE:
            self._end_block()
        while self._open.pop() != tag:
            pass
        if self._hidden_at is not None and len(self._open) < self._hidden_at:
            self._hidden_at = None

    def handle_data(self, data: str) -> None:
        """Called by the parser."""
        if "title" in self._open and "body" not in self._open:
            self._tab_title += data
        elif self._hidden_at is None and "head" not in self._open:
            self._parts.append(data.replace("\v", " "))

    def _end_block(self) -> None:
        raw = "".join(self._parts)
        self._parts = []
        if "pre" in self._open:
            text = raw.replace("\v", "\n").replace("\r\n", "\n").strip("\n")
        else:
            lines = (_FOLDED.sub(" ", line).strip(" ") for line in raw.split("\v"))
            text = "\n".join(line for line in lines if line)
        if text.strip():
            self._blocks.append((text, *self._kind()))

    def _kind(self) -> tuple[Kind, int]:
        for tag in reversed(self._open):
            if tag in _HEADINGS:
                level = _HEADINGS[tag]
                first = level == 1 and not any(kind == "title" for _, kind, _ in self._blocks)
                return ("title", 0) if first else ("heading", level)
            if tag in ("td", "th", "dt", "dd"):
                return ("table", 0) if tag.startswith("t") else ("body", 0)
            if tag in ("figcaption", "caption"):
                return "caption", 0
            if tag in ("footer", "aside"):
                return "furniture", 0
        return "body", 0

    def _page(self) -> Page:
        blocks: list[Block] = []
        start = 0
        for text, kind, level in self._blocks:
            blocks.append(Block(kind, start, start + len(text), level))
            start += len(text) + 2
        titles = [text for text, kind, _ in self._blocks if kind == "title"]
        tab_title = _FOLDED.sub(" ", self._tab_title).strip()
        return Page(
            text="\n\n".join(text for text, _, _ in self._blocks),
            blocks=tuple(blocks),
            title=titles[0] if titles else tab_title or None,
            language=self._language,
            direction=self._direction,
        )
