"""Flat segments of a block: the maximal runs that the same spans cover, with a lane for each span.

The page draws one ``<mark>`` a segment. A span keeps its lane through the whole block, so adding
another never moves it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from annotator.domain.spans import overlaps

MAX_LANES = 6
"""Lanes that are drawn; deeper spans are counted in the segment's ``hidden``."""


@dataclass(frozen=True, slots=True)
class DrawnSpan:
    """A span to draw; offsets in code points of the article, ``label`` the label's number."""

    id: str
    start: int
    end: int
    label: int
    code: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text under the same spans; ``spans`` and ``lanes`` go from the lowest lane up."""

    start: int
    end: int
    spans: tuple[DrawnSpan, ...] = ()
    lanes: tuple[int, ...] = ()

    @property
    def starting(self) -> tuple[DrawnSpan, ...]:
        """The spans whose first character is the segment's first."""
        return tuple(span for span in self.spans if span.start == self.start)

    @property
    def hidden(self) -> int:
        """How many of the spans lie deeper than the lanes that are drawn."""
        return sum(1 for lane in self.lanes if lane >= MAX_LANES)


def assign_lanes(spans: Iterable[DrawnSpan]) -> dict[str, int]:
    """Lane of each span by id: by start, the longer first, the lowest lane that is free there."""
    busy_until: list[int] = []
    lanes: dict[str, int] = {}
    for span in sorted(spans, key=lambda s: (s.start, -s.end, s.label, s.id)):
        free = (lane for lane, end in enumerate(busy_until) if end <= span.start)
        lane = next(free, len(busy_until))
        if lane == len(busy_until):
            busy_until.append(0)
        busy_until[lane] = span.end
        lanes[span.id] = lane
    return lanes


def segment(start: int, end: int, spans: Sequence[DrawnSpan]) -> list[Segment]:
    """The segments of the block ``start`` to ``end``, in order and without a gap."""
    inside = [s for s in spans if overlaps(s.start, s.end, start, end)]
    lanes = assign_lanes(inside)
    edges = {start, end}
    for span in inside:
        edges |= {max(span.start, start), min(span.end, end)}
    cuts = sorted(edges)
    opening = sorted(inside, key=lambda s: s.start)
    active: list[DrawnSpan] = []
    segments: list[Segment] = []
    nearest = 0
    for left, right in pairwise(cuts):
        while nearest < len(opening) and opening[nearest].start <= left:
            active.append(opening[nearest])
            nearest += 1
        active = [span for span in active if span.end > left]
        stacked = sorted(active, key=lambda s: lanes[s.id])
        segments.append(
            Segment(left, right, tuple(stacked), tuple(lanes[span.id] for span in stacked))
        )
    return segments
