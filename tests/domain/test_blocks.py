"""Paragraphs become blocks, and their form proposes what they are."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.blocks import (
    MAX_BLOCK,
    Block,
    check_blocks,
    cut_blocks,
    sentence_ends,
    split_blocks,
)
from annotator.domain.errors import Invalid
from annotator.domain.text import clean_text

FOUNDING = Path(__file__).parents[3] / "shared" / "data" / "seed" / "car-t-autoimmune.txt"
SENTENCE = "This paragraph ends with a stop."


def kinds(text: str, title: str | None = None) -> list[tuple[str, str]]:
    """Kind and text of every block."""
    return [(block.kind, text[block.start : block.end]) for block in split_blocks(text, title)]


@pytest.mark.skipif(not FOUNDING.exists(), reason="the founding article lies beside the checkout")
def test_the_founding_article_has_a_title_and_furniture_at_both_ends() -> None:
    text = clean_text(FOUNDING.read_text(encoding="utf-8")).text
    found = [kind for kind, _ in kinds(text)]
    assert found[:4] == ["title", "furniture", "furniture", "furniture"]
    assert found[-3:] == ["furniture", "furniture", "furniture"]
    assert set(found[4:-3]) == {"body"}
    assert len(found) == len(text.strip().split("\n"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"A title\n\n{SENTENCE}", ["title", "body"]),
        (f"{SENTENCE}\n\n{SENTENCE}", ["body", "body"]),
        (f"A title\n\nMethods\n\n{SENTENCE}\n\nResults\n\n{SENTENCE}", None),
        (f"A title\n\n3 May 2026\n\n{SENTENCE}", ["title", "furniture", "body"]),
        (f"A title\n\nBy Ada\n\n{SENTENCE}", ["title", "furniture", "body"]),
        (f"A title\n\nNews\n\nHealth\n\n{SENTENCE}", ["title", "furniture", "furniture", "body"]),
        (f"A title\n\n{SENTENCE}\n\nShare\n\nMore", ["title", "body", "furniture", "furniture"]),
        (f"{SENTENCE}\n\nFigure 2 Results by arm\n\n{SENTENCE}", ["body", "caption", "body"]),
        (f"{SENTENCE}\n\narm\tn\tmean\n\n{SENTENCE}", ["body", "table", "body"]),
        (
            f"{SENTENCE}\n\nReferences\n\n1. A paper.\n\n2. A book",
            ["body", "heading", "references", "references"],
        ),
        ("Only a title", ["title"]),
        ("One line\nand another", ["title", "body"]),
        ("   \n\n \u00a0 \n", []),
    ],
)
def test_the_form_proposes_a_kind(text: str, expected: list[str] | None) -> None:
    if expected is None:
        expected = ["title", "heading", "body", "heading", "body"]
    assert [kind for kind, _ in kinds(text)] == expected


def test_a_title_that_ends_with_a_stop_is_known_by_the_record() -> None:
    text = f"Can cells calm a storm?\nNature\nFebruary 14, 2026\n{SENTENCE}\nVerticals"
    assert [kind for kind, _ in kinds(text, "Can cells calm a storm?")] == [
        "title",
        "furniture",
        "furniture",
        "body",
        "furniture",
    ]
    assert next(kind for kind, _ in kinds(text)) == "body"
    assert kinds("What now?", "What now?") == [("title", "What now?")]
    assert [k for k, _ in kinds("What now?\n\nSoon", "What now?")] == ["title", "body"]


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("One.\n\nTwo.\nstill two.\n\n\n\nThree.", ["One.", "Two.\nstill two.", "Three."]),
        ("One.\nTwo.\nThree.", ["One.", "Two.", "Three."]),
        ("\n\nOne.\n \t \nTwo.\n\n", ["One.", "Two."]),
        ("One\u2028line.\n\nTwo\u00a0words.", ["One\u2028line.", "Two\u00a0words."]),
        ("One.\n\u00a0\nTwo.", ["One.", "Two."]),
        ("\u00a0 One.\n\nTwo. \u00a0", ["\u00a0 One.", "Two. \u00a0"]),
        ("Cafe\u0301.\n\ne\u0301te\u0301.", ["Cafe\u0301.", "e\u0301te\u0301."]),
    ],
)
def test_paragraphs_are_parted_by_blank_lines_else_by_line_ends(
    text: str, paragraphs: list[str]
) -> None:
    assert [found for _, found in kinds(text)] == paragraphs


@given(st.text(st.sampled_from("aB. \n\t\u00a0\u2028\u0301!?。😀-7"), max_size=200))
def test_blocks_hold_everything_visible_once(text: str) -> None:
    blocks = split_blocks(text)
    check_blocks(text, blocks)
    assert all(text[block.start : block.end].strip() for block in blocks)


@pytest.mark.parametrize(
    ("text", "cuts_behind"),
    [
        ("A sentence of words. " * 500, " "),
        ("word " * 2000, " "),
        ("字" * 900 + "。" + "字" * 4500 + "。" + "字" * 100, "。字"),
        ("x" * 9001, "x"),
        ("xe\u0301\u0302" + "e\u0301\u0302" * 3000, "\u0302"),
        ("x" + "👩\u200d⚕\ufe0f" * 3000, "\ufe0f"),
    ],
)
def test_a_long_paragraph_is_shown_as_several_blocks(text: str, cuts_behind: str) -> None:
    blocks = split_blocks(text)
    assert len(blocks) >= 3
    assert "".join(text[block.start : block.end] for block in blocks) == text
    assert all(block.end - block.start <= MAX_BLOCK for block in blocks)
    assert {text[block.end - 1] for block in blocks[:-1]} <= set(cuts_behind)
    check_blocks(text, blocks)


def test_given_blocks_are_cut_like_ours_and_once() -> None:
    text = "Short.\n\n" + "A sentence of words. " * 500
    given = [Block("heading", 0, 6, 3), Block("caption", 8, len(text))]
    cut = cut_blocks(text, given)
    assert cut[0] == given[0]
    assert {(block.kind, block.level) for block in cut[1:]} == {("caption", 0)}
    assert [(block.start, block.end) for block in cut] == [
        (block.start, block.end) for block in split_blocks(text)
    ]
    assert cut_blocks(text, cut) == cut


def test_sentence_ends_lie_behind_their_blanks() -> None:
    text = 'One ends. "Two!" Three e.g. this. Four'
    ends = list(sentence_ends(text, 0, len(text)))
    assert [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True)] == [
        "One ends. ",
        '"Two!" ',
        "Three e.g. this. ",
        "Four",
    ]


@pytest.mark.parametrize(
    "blocks",
    [
        [Block("body", 0, 5)],
        [Block("body", 2, 11)],
        [Block("body", 0, 12)],
        [Block("body", 0, 6), Block("body", 5, 11)],
        [Block("body", 6, 11), Block("body", 0, 5)],
        [Block("body", 0, 5), Block("body", 5, 5), Block("body", 6, 11)],
        [Block("body", -1, 11)],
        [Block("poem", 0, 11)],  # type: ignore[arg-type]
        [],
    ],
)
def test_blocks_that_lose_or_double_text_are_refused(blocks: list[Block]) -> None:
    with pytest.raises(Invalid) as refused:
        check_blocks("Eight cells", blocks)
    assert refused.value.code == "bad-blocks"


def test_blocks_that_hold_the_text_pass() -> None:
    check_blocks("Eight\n \ncells\n", [Block("title", 0, 5), Block("body", 8, 13)])
