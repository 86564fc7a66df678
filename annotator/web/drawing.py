"""View models of the annotate page: what its templates print, decided here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unicodedata import bidirectional

from flask import current_app
from flask_babel import get_locale
from markupsafe import Markup

from annotator.domain.corpus import NOT_STATED, Scalar
from annotator.domain.segments import MAX_LANES, DrawnSpan, Segment, segment
from annotator.domain.text import is_astral
from annotator.domain.tokens import to_utf16
from annotator.services.reading import ReadAnnotation, ReadBlock
from annotator.services.scheme import ProjectScheme

LANE_LETTERS = "abcdef"
MOST_CARDS = 4_000
"""Cards kept as drawn: an answer to a save holds those of a whole block, all but one as before."""
LONGEST_KEPT = 1_000
"""Characters of a quote whose card is kept as drawn."""


@dataclass(frozen=True, slots=True)
class SegmentView:
    """A run of text and, where spans cover it, the classes and chips of its mark."""

    text: str
    spans: str
    classes: str
    chips: str
    hidden: int


@dataclass(frozen=True, slots=True)
class ValueView:
    """A value as its card offers it; ``options`` end with “not stated”."""

    name: str
    title: str
    kind: str
    required: bool
    options: tuple[str, ...]
    value: Scalar | None
    confirmed: bool


@dataclass(frozen=True, slots=True, eq=False)
class CardView:
    """An annotation in the list beside the text; the same one for as long as nothing changed."""

    id: str
    label: int
    name: str
    code: str
    quote: str
    rev: int
    values: tuple[ValueView, ...]
    unsure: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class BlockView:
    """A block with its segments and the cards of the annotations that begin in it."""

    position: int
    kind: str
    level: int
    start: int
    tokens: str
    lanes: int
    dir: str
    segments: tuple[SegmentView, ...]
    cards: tuple[CardView, ...]


def draw_block(block: ReadBlock, scheme: ProjectScheme) -> BlockView:
    """The view of one block."""
    spans = [_drawn(annotation, scheme) for annotation in block.annotations]
    segments = segment(block.start, block.end, spans)
    tokens = to_utf16(block.tokens, block.text) if is_astral(block.text) else block.tokens
    return BlockView(
        block.position,
        block.kind,
        block.level,
        block.start,
        tokens,
        max((lane + 1 for part in segments for lane in part.lanes), default=0),
        "auto" if _runs_leftward(block.text) else "",
        tuple(_segment_view(part, block) for part in segments),
        tuple(
            _card(annotation, scheme)
            for annotation in block.annotations
            if annotation.first_block == block.position
        ),
    )


def cards_html(cards: Iterable[CardView], *, writable: bool) -> str:
    """Cards as ``annotate/_card.html`` draws them in the language of the request."""
    locale = str(get_locale())
    kept, anew = _card_html, _card_html.__wrapped__
    return Markup("").join(
        (kept if len(card.quote) <= LONGEST_KEPT else anew)(card, writable, locale)
        for card in cards
    )


@lru_cache(MOST_CARDS)
def _card_html(card: CardView, writable: bool, _locale: str) -> str:
    template: Any = current_app.jinja_env.get_template("annotate/_card.html")
    drawn: str = template.module.draw_card(card, writable)
    return drawn


def draw_blocks(blocks: Sequence[ReadBlock], scheme: ProjectScheme) -> list[BlockView]:
    """The views of ``blocks`` in order."""
    return [draw_block(block, scheme) for block in blocks]


def _runs_leftward(text: str) -> bool:
    return not text.isascii() and any(bidirectional(c) in ("R", "AL") for c in set(text))


def _drawn(annotation: ReadAnnotation, scheme: ProjectScheme) -> DrawnSpan:
    label = scheme.by_id[annotation.label_id]
    return DrawnSpan(annotation.uuid, annotation.start, annotation.end, label.number, label.code)


def _segment_view(part: Segment, block: ReadBlock) -> SegmentView:
    text = block.text[part.start - block.start : part.end - block.start]
    if not part.spans:
        return SegmentView(text, "", "", "", 0)
    drawn = [
        f"{LANE_LETTERS[lane]}{span.label}"
        for span, lane in zip(part.spans, part.lanes, strict=True)
        if lane < MAX_LANES
    ]
    starting = part.starting
    depth = min(max(part.lanes) + 1, MAX_LANES)
    # The chip wears the colour of the deepest span that starts here: its bar is the nearest.
    chip = ["st", f"k{starting[-1].label}"] if starting else []
    classes = [f"n{depth}", *chip, *drawn]
    return SegmentView(
        text,
        " ".join(span.id for span in part.spans),
        " ".join(classes),
        " ".join(span.code for span in starting),
        part.hidden,
    )


@lru_cache(MOST_CARDS)
def _card(annotation: ReadAnnotation, scheme: ProjectScheme) -> CardView:
    label = scheme.by_id[annotation.label_id]
    found = {name: (value, confirmed) for name, value, confirmed in annotation.values}
    values = []
    for attribute in label.attributes:
        value, confirmed = found.get(attribute.name, (None, False))
        options = tuple(option.name for option in attribute.options)
        values.append(
            ValueView(
                attribute.name,
                attribute.title,
                attribute.kind,
                attribute.required,
                (*options, NOT_STATED) if options else (),
                value,
                confirmed,
            )
        )
    return CardView(
        annotation.uuid,
        label.number,
        label.name,
        label.code,
        annotation.quote,
        annotation.rev,
        tuple(values),
        annotation.unsure,
        annotation.note,
    )
