"""Blocks: the paragraphs of an article, the unit that a page draws and swaps.

Blocks never overlap and hold every visible character; the line breaks between them belong to none.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from unicodedata import combining

from annotator.domain.errors import Invalid

Kind = Literal["title", "heading", "body", "caption", "table", "references", "furniture"]
KINDS: tuple[Kind, ...] = (
    "title",
    "heading",
    "body",
    "caption",
    "table",
    "references",
    "furniture",
)
MAX_BLOCK = 4_000
"""Code points of the longest block; a longer paragraph is shown as several."""

SHORT = 100
_STOP = re.compile(r"[.!?…。！？।؟۔:;][\"'”’»)\]]*\s*$")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*\s+(?=[^\sa-z])|[。！？।۔؟][”’」』)]*\s*|\n+")
_DATELINE = re.compile(
    r"\b(1[89]|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|^\s*(by|von|updated|published|posted)\b",
    re.IGNORECASE,
)
_JOINED = "\u200d\ufe0e\ufe0f"
"""The joiner and the variation selectors of emoji."""
_CAPTION = re.compile(r"^\s*(figure|fig\.|table|box|abbildung|tabelle)\s*\d+", re.IGNORECASE)
_REFERENCES = re.compile(
    r"^\s*(references|bibliography|literature cited|literatur)\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph: code points ``start`` to ``end`` of the article; ``level`` of a heading."""

    kind: Kind
    start: int
    end: int
    level: int = 0


def split_blocks(text: str, title: str | None = None) -> list[Block]:
    """The blocks of ``text`` with the kinds that their form proposes.

    Blank lines separate paragraphs; in a text without any, each line break does.
    """
    paragraphs = [Block("body", start, end) for start, end in _paragraphs(text)]
    kinds = _kinds(text, paragraphs, title)
    named = [
        replace(block, kind=kind, level=1 if kind == "heading" else 0)
        for block, kind in zip(paragraphs, kinds, strict=True)
    ]
    return cut_blocks(text, named)


def cut_blocks(text: str, blocks: Iterable[Block]) -> list[Block]:
    """The blocks, each that is longer than ``MAX_BLOCK`` as several that end with a sentence."""
    return [
        replace(block, start=start, end=end)
        for block in blocks
        for start, end in _pieces(text, block.start, block.end)
    ]


def check_blocks(text: str, blocks: Sequence[Block]) -> None:
    """Raises ``Invalid`` unless blocks are in order, apart, and hold all that is visible."""
    cursor = 0
    for block in blocks:
        if block.kind not in KINDS or not cursor <= block.start < block.end <= len(text):
            raise Invalid(
                f"The block {block.start} to {block.end} is empty, of no known kind, overlaps the "
                f"one before or reaches outside the text of {len(text)} characters. Nothing was "
                "stored.",
                code="bad-blocks",
            )
        if text[cursor : block.start].strip():
            break
        cursor = block.end
    if text[cursor:].strip():
        raise Invalid(
            f"The text behind character {cursor} belongs to no block. Nothing was stored; leave "
            "the blocks out to have them made.",
            code="bad-blocks",
        )


def sentence_ends(text: str, start: int, end: int) -> Iterator[int]:
    """Where a sentence's text and its trailing blanks end, for each but the last in the range."""
    for match in _SENTENCE_END.finditer(text, start, end):
        if match.end() < end:
            yield match.end()


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    separator = _BLANK_LINE if _BLANK_LINE.search(text.strip()) else re.compile(r"\n")
    cursor = 0
    for match in [*separator.finditer(text), None]:
        end = match.start() if match else len(text)
        start = cursor
        while start < end and text[start] == "\n":
            start += 1
        while end > start and text[end - 1] == "\n":
            end -= 1
        if text[start:end].strip():
            yield start, end
        cursor = match.end() if match else end


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > MAX_BLOCK:
        limit = start + MAX_BLOCK
        cut = max(sentence_ends(text, start, limit), default=0)
        if cut <= start:
            cut = text.rfind(" ", start, limit) + 1
        if cut <= start:
            cut = _before_marks(text, start, limit)
        yield start, cut
        start = cut
    yield start, end


def _before_marks(text: str, start: int, limit: int) -> int:
    """The last place up to ``limit`` that parts no mark from the character that it belongs to."""
    cut = limit
    while cut > start + 1 and (
        combining(text[cut]) or text[cut] in _JOINED or text[cut - 1] == _JOINED[0]
    ):
        cut -= 1
    return cut if cut > start + 1 else limit


def _kinds(text: str, blocks: list[Block], title: str | None) -> list[Kind]:
    kinds = [_own_kind(text[block.start : block.end]) for block in blocks]
    titled = bool(blocks) and _is_title(text, blocks[0], title)
    head = 1 if titled or (kinds and kinds[0] == "heading") else 0
    bodies = [index for index in range(head, len(kinds)) if kinds[index] != "heading"]
    if head:
        kinds[0] = "title"
    if not bodies:
        return [kinds[0] if index < head else "body" for index in range(len(kinds))]
    first_body, last_body = bodies[0], bodies[-1]
    run = range(head, first_body)
    for index in run:
        line = text[blocks[index].start : blocks[index].end]
        if len(run) > 1 or _DATELINE.search(line):
            kinds[index] = "furniture"
    for index in range(last_body + 1, len(blocks)):
        kinds[index] = "furniture"
    return _mark_references(text, blocks, kinds)


def _own_kind(line: str) -> Kind:
    if _CAPTION.match(line):
        return "caption"
    if line.count("\t") >= 2:
        return "table"
    if len(line) <= SHORT and not _STOP.search(line) and "\n" not in line.strip():
        return "heading"
    return "body"


def _is_title(text: str, block: Block, title: str | None) -> bool:
    return title is not None and text[block.start : block.end].strip() == title.strip()


def _mark_references(text: str, blocks: list[Block], kinds: list[Kind]) -> list[Kind]:
    marked: list[Kind] = []
    inside = False
    for block, kind in zip(blocks, kinds, strict=True):
        opens = kind in ("heading", "furniture") and bool(
            _REFERENCES.match(text[block.start : block.end])
        )
        marked.append("heading" if opens else "references" if inside else kind)
        inside = inside or opens
    return marked
