"""Where texts are cut: around furniture, at block ends, never inside a span if it can be helped."""

import pytest

from annotator.domain.blocks import Block, Kind
from annotator.exporters.spacy_windows import regions, windows


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ("bbb", [(0, 29)]),
        ("bfb", [(0, 9), (20, 29)]),
        ("fbb", [(10, 29)]),
        ("bbf", [(0, 19)]),
        ("fff", []),
        ("", []),
    ],
)
def test_furniture_parts_regions(kinds: str, expected: list[tuple[int, int]]) -> None:
    names: dict[str, Kind] = {"b": "body", "f": "furniture"}
    blocks = [Block(names[kind], 10 * n, 10 * n + 9) for n, kind in enumerate(kinds)]
    assert [(region.start, region.end) for region in regions(blocks)] == expected


CUTS = {
    "short enough": (10, [0, 5], [0, 5], [], [(0, 10)]),
    "at the last block end": (25, [0, 4, 8, 20], [0, 9], [], [(0, 8), (8, 9), (9, 19), (19, 25)]),
    "at a sentence end where no block ends": (
        18,
        [0],
        [0, 3, 7, 16],
        [],
        [(0, 7), (7, 16), (16, 18)],
    ),
    "between tokens where nothing ends": (25, [0], [0], [], [(0, 10), (10, 20), (20, 25)]),
    "a span moves the border back": (15, [0, 4, 8], [0], [(6, 9)], [(0, 4), (4, 14), (14, 15)]),
    "a border at a span's edge cuts nothing": (15, [0, 8], [0], [(8, 12)], [(0, 8), (8, 15)]),
    "only a span longer than the window is cut": (
        25,
        [0],
        [0],
        [(2, 24)],
        [(0, 2), (2, 12), (12, 22), (22, 25)],
    ),
}


@pytest.mark.parametrize(
    ("length", "blocks", "sentences", "spans", "expected"), CUTS.values(), ids=CUTS
)
def test_cuts(
    length: int,
    blocks: list[int],
    sentences: list[int],
    spans: list[tuple[int, int]],
    expected: list[tuple[int, int]],
) -> None:
    found = windows(length, blocks, sentences, spans, 10)
    assert found == expected
    assert [start for start, _ in found[1:]] == [end for _, end in found[:-1]]
    assert all(end - start <= 10 for start, end in found)
