"""Token boundaries of a block, packed as gap and length runs.

``"0 3 1 6"`` are two tokens: three characters from the start, then one character of gap and six of
token. Units are code points in storage; ``to_utf16`` rewrites a run for a browser.
"""

from collections.abc import Iterable, Sequence

Token = tuple[int, int]


def pack(tokens: Iterable[Token]) -> str:
    """Runs of ordered, disjoint ``(start, end)`` tokens."""
    numbers: list[int] = []
    cursor = 0
    for start, end in tokens:
        numbers += (start - cursor, end - start)
        cursor = end
    return " ".join(map(str, numbers))


def unpack(runs: str) -> list[Token]:
    """The ``(start, end)`` tokens of ``runs``."""
    numbers = list(map(int, runs.split()))
    tokens: list[Token] = []
    cursor = 0
    for gap, length in zip(numbers[::2], numbers[1::2], strict=True):
        tokens.append((cursor + gap, cursor + gap + length))
        cursor += gap + length
    return tokens


def to_utf16(runs: str, text: str) -> str:
    """The same runs counted in UTF-16 units of ``text``, the block they belong to."""
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if character > "\uffff" else 1))
    return pack((units[start], units[end]) for start, end in unpack(runs))


def snap(tokens: Sequence[Token], start: int, end: int) -> Token | None:
    """The range widened to every token that it shares a character with; None if it meets none."""
    touched = [token for token in tokens if token[0] < end and start < token[1]]
    if not touched:
        return None
    return min(start, touched[0][0]), max(end, touched[-1][1])
