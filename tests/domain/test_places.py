"""A selection becomes code points: from blocks and UTF-16 units, or as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.errors import Invalid
from annotator.domain.operations import BlockExtent, Extent, TextExtent
from annotator.domain.places import ArticleText, Place, PlacedBlock, locate

TEXT = "Title 😀\n\nEight of ten.\n\n  \n\nβ-blockers e\u0301 help.\n"
BLOCKS = ((0, 7), (9, 22), (28, 47))


def article(text: str = TEXT, blocks: tuple[tuple[int, int], ...] = BLOCKS) -> ArticleText:
    return ArticleText(text, [PlacedBlock(s, e, "body", 0, "") for s, e in blocks])


def test_the_blocks_of_these_tests_hold_what_they_should() -> None:
    assert [TEXT[s:e] for s, e in BLOCKS] == [
        "Title 😀",
        "Eight of ten.",
        "β-blockers e\u0301 help.",
    ]


@pytest.mark.parametrize(
    ("extent", "quote", "place"),
    [
        (TextExtent(9, 14), "Eight", Place(9, 14, 1, 1, "Eight")),
        (TextExtent(9, 14), None, Place(9, 14, 1, 1, "Eight")),
        (BlockExtent(1, 0, 1, 5), "Eight", Place(9, 14, 1, 1, "Eight")),
        (BlockExtent(0, 6, 0, 8), "😀", Place(6, 7, 0, 0, "😀")),
        (BlockExtent(0, 6, 1, 5), "😀Eight", Place(6, 14, 0, 1, "😀\n\nEight")),
        (BlockExtent(2, 11, 2, 13), "e\u0301", Place(39, 41, 2, 2, "e\u0301")),
        # A range that begins behind a block's last character does not touch that block.
        (BlockExtent(0, 8, 1, 5), "Eight", Place(7, 14, 1, 1, "\n\nEight")),
        (BlockExtent(1, 9, 2, 0), "ten.", Place(18, 28, 1, 1, "ten.\n\n  \n\n")),
        (TextExtent(0, 48), TEXT, Place(0, 48, 0, 2, TEXT)),
    ],
)
def test_a_range_is_found(extent: Extent, quote: str | None, place: Place) -> None:
    assert locate(article(), extent, quote) == place


@pytest.mark.parametrize(
    ("extent", "quote", "code"),
    [
        (BlockExtent(0, 7, 0, 8), None, "inside-character"),
        (BlockExtent(0, 0, 0, 9), None, "outside-text"),
        (BlockExtent(0, 0, 3, 1), None, "outside-text"),
        (BlockExtent(-1, 0, -1, 3), None, "outside-text"),
        (BlockExtent(1, -1, 1, 3), None, "outside-text"),
        (BlockExtent(2, 0, 1, 3), None, "reversed-range"),
        (BlockExtent(1, 5, 1, 0), None, "reversed-range"),
        (BlockExtent(1, 5, 1, 5), None, "zero-length"),
        (BlockExtent(1, 0, 1, 5), "eight", "wrong-quote"),
        (BlockExtent(0, 6, 1, 5), "😀\n\nEight", "wrong-quote"),
        (BlockExtent(0, 8, 1, 0), None, "blank"),
        (BlockExtent(1, 5, 1, 6), " ", "blank"),
        (TextExtent(0, 99), None, "outside-text"),
        (TextExtent(-2, 4), None, "outside-text"),
        (TextExtent(22, 28), None, "blank"),
        (TextExtent(24, 26), None, "blank"),
        (TextExtent(14, 9), None, "reversed-range"),
        (TextExtent(9, 9), None, "zero-length"),
        (TextExtent(9, 14), "Ei8ht", "wrong-quote"),
    ],
)
def test_a_range_that_does_not_hold_is_refused(
    extent: Extent, quote: str | None, code: str
) -> None:
    with pytest.raises(Invalid, match="Nothing was stored") as refused:
        locate(article(), extent, quote)
    assert refused.value.code == code


def test_the_refusal_counts_from_the_start_of_the_article() -> None:
    with pytest.raises(Invalid, match="from 9 to 14 is “Eight”, not “Seven”"):
        locate(article(), BlockExtent(1, 0, 1, 5), "Seven")


@given(st.data())
def test_both_ways_of_counting_agree(data: st.DataObject) -> None:
    words = st.text(st.sampled_from("ab 😀𝛽\u0301"), min_size=1, max_size=12)
    parts = data.draw(st.lists(words, min_size=1, max_size=4))
    edges, cursor = [], 0
    for part in parts:
        edges.append((cursor, cursor + len(part)))
        cursor += len(part) + 2
    text = "\n\n".join(parts)
    whole = article(text, tuple(edges))
    first = data.draw(st.integers(0, len(parts) - 1))
    last = data.draw(st.integers(first, len(parts) - 1))
    start = data.draw(st.integers(0, len(parts[first])))
    end = data.draw(st.integers(0, len(parts[last])))
    plain = TextExtent(edges[first][0] + start, edges[last][0] + end)
    units = BlockExtent(
        first,
        len(parts[first][:start].encode("utf-16-le")) // 2,
        last,
        len(parts[last][:end].encode("utf-16-le")) // 2,
    )
    assert _outcome(whole, units) == _outcome(whole, plain)


def _outcome(whole: ArticleText, extent: Extent) -> Place | str:
    try:
        return locate(whole, extent, None)
    except Invalid as refused:
        return refused.code
