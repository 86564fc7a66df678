"""Flat segments of overlapping spans, and the lane that each span keeps."""

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.segments import MAX_LANES, DrawnSpan, Segment, assign_lanes, segment
from annotator.domain.spans import overlaps

SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 25), st.integers(0, 3)), max_size=14
).map(
    lambda rows: [
        DrawnSpan(f"s{number}", start, start + length, label, "X")
        for number, (start, length, label) in enumerate(rows)
    ]
)
TEXT = "".join(chr(0x4E00 + number) for number in range(70))


@given(SPANS, st.integers(0, 30), st.integers(1, 40))
def test_segments_tile_the_block_and_name_what_covers_them(
    spans: list[DrawnSpan], start: int, length: int
) -> None:
    end = start + length
    segments = segment(start, end, spans)
    assert "".join(TEXT[s.start : s.end] for s in segments) == TEXT[start:end]
    for found in segments:
        assert found.start < found.end
        for position in range(found.start, found.end):
            covering = {s.id for s in spans if s.start <= position < s.end}
            assert {s.id for s in found.spans} == covering
    assert all(
        {s.id for s in a.spans} != {s.id for s in b.spans} or _edge(spans, b.start)
        for a, b in pairwise(segments)
    )


def _edge(spans: list[DrawnSpan], position: int) -> bool:
    return any(position in (span.start, span.end) for span in spans)


@given(SPANS)
def test_overlapping_spans_never_share_a_lane(spans: list[DrawnSpan]) -> None:
    lanes = assign_lanes(spans)
    assert lanes.keys() == {span.id for span in spans}
    for a, b in combinations(spans, 2):
        if overlaps(a.start, a.end, b.start, b.end):
            assert lanes[a.id] != lanes[b.id]
    deepest = max(
        (sum(s.start <= p < s.end for s in spans) for p in range(70)),
        default=0,
    )
    assert max(lanes.values(), default=-1) == deepest - 1


@given(SPANS)
def test_a_span_has_one_lane_in_its_block_whatever_the_order(spans: list[DrawnSpan]) -> None:
    segments = segment(0, 70, spans)
    seen: dict[str, set[int]] = {}
    for found in segments:
        assert list(found.lanes) == sorted(found.lanes)
        for span, lane in zip(found.spans, found.lanes, strict=True):
            seen.setdefault(span.id, set()).add(lane)
    assert all(len(lanes) == 1 for lanes in seen.values())
    assert segment(0, 70, spans[::-1]) == segments


def test_a_longer_span_lies_below_the_one_inside_it() -> None:
    outer, inner = DrawnSpan("o", 0, 20, 1, "O"), DrawnSpan("i", 4, 9, 2, "I")
    assert segment(0, 20, [inner, outer]) == [
        Segment(0, 4, (outer,), (0,)),
        Segment(4, 9, (outer, inner), (0, 1)),
        Segment(9, 20, (outer,), (0,)),
    ]
    assert segment(0, 20, [inner, outer])[1].starting == (inner,)


def test_a_span_from_the_block_before_begins_at_the_edge() -> None:
    crossing = DrawnSpan("c", 5, 15, 0, "C")
    [head, tail] = segment(10, 20, [crossing])
    assert (head.start, head.end, head.spans) == (10, 15, (crossing,))
    assert head.starting == ()
    assert tail.spans == ()


def test_what_lies_deeper_than_the_drawn_lanes_is_counted() -> None:
    spans = [DrawnSpan(f"s{n}", 0, 30 - n, 0, "X") for n in range(MAX_LANES + 3)]
    first = segment(0, 30, spans)[0]
    assert first.hidden == 3
    assert segment(0, 30, spans[:MAX_LANES])[0].hidden == 0


def test_a_block_without_spans_is_one_segment() -> None:
    assert segment(3, 9, []) == [Segment(3, 9)]
