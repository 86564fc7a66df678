"""Finding a range in an article: from blocks and UTF-16 units, or from code points."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from annotator.domain.errors import Invalid
from annotator.domain.operations import BlockExtent, Extent
from annotator.domain.spans import check_span, wrong_quote
from annotator.domain.text import is_astral, u16_to_cp


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A stored block: its place in the article, kind and token runs (code points)."""

    start: int
    end: int
    kind: str
    level: int
    tokens: str


@dataclass(frozen=True)
class ArticleText:
    """An article's text with its blocks in order; neither changes once the article is ready."""

    text: str
    blocks: Sequence[PlacedBlock]

    @cached_property
    def astral(self) -> bool:
        """Whether UTF-16 offsets can differ from code points in this text."""
        return is_astral(self.text)

    @cached_property
    def starts(self) -> list[int]:
        """Where each block starts."""
        return [block.start for block in self.blocks]

    @cached_property
    def ends(self) -> list[int]:
        """Where each block ends."""
        return [block.end for block in self.blocks]


@dataclass(frozen=True, slots=True)
class Place:
    """A range found in the text: code points, the blocks it touches, what stands there."""

    start: int
    end: int
    first_block: int
    last_block: int
    quote: str


def locate(article: ArticleText, extent: Extent, quote: str | None) -> Place:
    """Turn an extent into code points and check it against the text.

    For a range across blocks, a browser's ``quote`` leaves out what stands between them. Raises
    ``Invalid`` for a range outside the text or inside a character, one without a visible
    character, and a quote that is not what stands there.
    """
    if isinstance(extent, BlockExtent):
        start, end = _code_points(article, extent)
        found = check_span(article.text, start, end, None)
        if quote is not None:
            _check_joined(article, extent, start, end, quote)
    else:
        start, end = extent.start, extent.end
        found = check_span(article.text, start, end, quote)
    first = bisect_right(article.ends, start)
    last = bisect_right(article.starts, end - 1) - 1
    if not found.strip() or first > last:
        raise Invalid("The range holds only blanks. Nothing was stored.", code="blank")
    return Place(start, end, first, last, found)


def _code_points(article: ArticleText, extent: BlockExtent) -> tuple[int, int]:
    if extent.last_block < extent.first_block:
        raise Invalid("The range ends before it starts. Nothing was stored.", code="reversed-range")
    if extent.first_block < 0 or extent.last_block >= len(article.blocks):
        raise Invalid("This article has no such block. Nothing was stored.", code="outside-text")
    return (
        _code_point(article, article.blocks[extent.first_block], extent.start),
        _code_point(article, article.blocks[extent.last_block], extent.end),
    )


def _code_point(article: ArticleText, block: PlacedBlock, offset: int) -> int:
    if article.astral:
        return block.start + u16_to_cp(article.text[block.start : block.end], offset)
    if not 0 <= offset <= block.end - block.start:
        raise Invalid(
            f"Offset {offset} lies outside the block. Nothing was stored.", code="outside-text"
        )
    return block.start + offset


def _check_joined(
    article: ArticleText, extent: BlockExtent, start: int, end: int, quote: str
) -> None:
    blocks = article.blocks[extent.first_block : extent.last_block + 1]
    joined = "".join(article.text[max(b.start, start) : min(b.end, end)] for b in blocks)
    if joined != quote:
        raise wrong_quote(start, end, joined, quote)
