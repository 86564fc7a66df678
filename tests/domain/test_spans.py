"""A range is checked against the text before anything is stored."""

import pytest

from annotator.domain.errors import Invalid
from annotator.domain.spans import check_span, overlaps

TEXT = "Eight 😀 patients"


def test_the_slice_is_returned() -> None:
    assert check_span(TEXT, 0, 5, "Eight") == "Eight"
    assert check_span(TEXT, 6, 7, None) == "😀"
    assert check_span(TEXT, 0, len(TEXT), TEXT) == TEXT


@pytest.mark.parametrize(
    ("start", "end", "quote", "code"),
    [
        (3, 3, "", "zero-length"),
        (5, 0, None, "reversed-range"),
        (-1, 4, None, "outside-text"),
        (0, len(TEXT) + 1, None, "outside-text"),
        (90, 95, None, "outside-text"),
        (0, 5, "eight", "wrong-quote"),
        (0, 5, "", "wrong-quote"),
        (0, 5, "Eight ", "wrong-quote"),
    ],
)
def test_a_range_that_does_not_hold_is_refused(
    start: int, end: int, quote: str | None, code: str
) -> None:
    with pytest.raises(Invalid, match="Nothing was stored") as refused:
        check_span(TEXT, start, end, quote)
    assert refused.value.code == code


def test_long_quotes_are_shortened_in_the_sentence() -> None:
    with pytest.raises(Invalid) as refused:
        check_span("x" * 500, 0, 400, "y" * 400)
    assert len(str(refused.value)) < 300
    assert "…" in str(refused.value)


@pytest.mark.parametrize(
    ("a", "b", "shared"),
    [
        ((0, 5), (5, 9), False),
        ((0, 5), (4, 9), True),
        ((4, 9), (0, 5), True),
        ((0, 9), (3, 4), True),
        ((7, 9), (0, 5), False),
    ],
)
def test_ranges_share_a_character_or_not(
    a: tuple[int, int], b: tuple[int, int], shared: bool
) -> None:
    assert overlaps(*a, *b) is shared
