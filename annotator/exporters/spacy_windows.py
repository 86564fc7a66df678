"""Where an article's text is cut into docs: around furniture, and at block ends where it is long.

No span is cut where a border can move instead.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from annotator.domain.blocks import Block
from annotator.domain.corpus import Annotation


@dataclass(frozen=True, slots=True)
class Region:
    """Neighbouring blocks that are no furniture; code points ``start`` to ``end``."""

    start: int
    end: int
    blocks: tuple[Block, ...]


def regions(blocks: Iterable[Block]) -> Iterator[Region]:
    """The stretches of an article that belong in a corpus."""
    run: list[Block] = []
    for block in blocks:
        if block.kind != "furniture":
            run.append(block)
        elif run:
            yield Region(run[0].start, run[-1].end, tuple(run))
            run = []
    if run:
        yield Region(run[0].start, run[-1].end, tuple(run))


def holding(stretches: Sequence[Region], annotation: Annotation) -> int | None:
    """The place of the region that holds the whole annotation; None where none does."""
    for place, region in enumerate(stretches):
        if region.start <= annotation.start and annotation.end <= region.end:
            return place
    return None


def why_outside(blocks: Iterable[Block], annotation: Annotation) -> str:
    """The reason to report for an annotation that no region holds."""
    furniture = (block for block in blocks if block.kind == "furniture")
    touched = any(b.start < annotation.end and annotation.start < b.end for b in furniture)
    return "furniture" if touched else "outside"


def windows(
    length: int,
    blocks: Sequence[int],
    sentences: Sequence[int],
    spans: Iterable[tuple[int, int]],
    window: int,
) -> list[tuple[int, int]]:
    """Ranges of at most ``window`` tokens that cover ``length`` tokens.

    ``blocks`` and ``sentences`` are the tokens that begin one, in order. Borders are sought at
    block ends, then at sentence ends, then between any two tokens, always outside of ``spans``;
    only a span longer than the window itself is cut.
    """
    if length <= window:
        return [(0, length)]
    inside = bytearray(length + 1)
    for start, end in spans:
        for place in range(start + 1, end):
            inside[place] = 1
    found = []
    start = 0
    while length - start > window:
        limit = start + window
        end = (
            _last_free(blocks, start, limit, inside)
            or _last_free(sentences, start, limit, inside)
            or _last_free(range(length), start, limit, inside)
            or limit
        )
        found.append((start, end))
        start = end
    return [*found, (start, length)]


def _last_free(places: Sequence[int], start: int, limit: int, inside: bytearray) -> int | None:
    index = bisect_right(places, limit) - 1
    while index >= 0 and places[index] > start:
        if not inside[places[index]]:
            return places[index]
        index -= 1
    return None
