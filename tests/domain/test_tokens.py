"""Token runs: packing, units, snapping."""

import pytest

from annotator.domain.tokens import Token, pack, snap, to_utf16, unpack

TOKENS: list[list[Token]] = [[], [(0, 3)], [(0, 3), (4, 10)], [(2, 3), (3, 4), (9, 12)]]


@pytest.mark.parametrize("tokens", TOKENS)
def test_unpacking_gives_what_was_packed(tokens: list[Token]) -> None:
    assert unpack(pack(tokens)) == tokens


def test_runs_are_gap_and_length() -> None:
    assert pack([(0, 3), (4, 10)]) == "0 3 1 6"


def test_an_odd_number_of_runs_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        unpack("0 3 1")


@pytest.mark.parametrize(
    ("text", "runs", "expected"),
    [
        ("ab cd", "0 2 1 2", "0 2 1 2"),
        ("😀 a", "0 1 1 1", "0 2 1 1"),
        ("a 😀😀 b", "0 1 1 2 1 1", "0 1 1 4 1 1"),
        ("𝑝<0.05", "0 1 0 1 0 4", "0 2 0 1 0 4"),
    ],
)
def test_browsers_count_utf16(text: str, runs: str, expected: str) -> None:
    assert to_utf16(runs, text) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (1, 2, (0, 3)),
        (2, 5, (0, 10)),
        (0, 3, (0, 3)),
        (3, 4, None),
        (3, 5, (3, 10)),
        (9, 14, (4, 14)),
    ],
)
def test_a_range_widens_to_the_tokens_it_touches(
    start: int, end: int, expected: Token | None
) -> None:
    assert snap([(0, 3), (4, 10)], start, end) == expected
