"""What a person does to a layer: one action each, with its own id."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from annotator.domain.corpus import Scalar


@dataclass(frozen=True, slots=True)
class BlockExtent:
    """A range as a browser selects it: a block and a UTF-16 offset in it for either end."""

    first_block: int
    start: int
    last_block: int
    end: int


@dataclass(frozen=True, slots=True)
class TextExtent:
    """A range in code points of the article's text, half-open."""

    start: int
    end: int


Extent = BlockExtent | TextExtent


@dataclass(frozen=True, slots=True)
class AddSpan:
    """Mark a range. ``quote`` None trusts the offsets: a browser that kept no article text."""

    id: str
    annotation: str
    extent: Extent
    label: str
    quote: str | None = None
    values: Mapping[str, Scalar | None] = field(default_factory=dict)
    note: str | None = None


@dataclass(frozen=True, slots=True)
class MoveSpan:
    """Give an annotation another range."""

    id: str
    annotation: str
    rev: int | None
    extent: Extent
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeSpan:
    """Change an annotation's label, values (None unsets), note or doubt; None leaves a part.

    Values become confirmed, but for those in ``unconfirmed``: these are stored as guesses, and
    where such a value is None, what the quote proposes takes its place.
    """

    id: str
    annotation: str
    rev: int | None
    label: str | None = None
    values: Mapping[str, Scalar | None] = field(default_factory=dict)
    note: str | None = None
    unsure: bool | None = None
    unconfirmed: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class DeleteSpan:
    """Take an annotation away; it can be restored."""

    id: str
    annotation: str
    rev: int | None


@dataclass(frozen=True, slots=True)
class RestoreSpan:
    """Bring a deleted annotation back."""

    id: str
    annotation: str


@dataclass(frozen=True, slots=True)
class FinishLayer:
    """Say that the article is done; with nothing marked, that is recorded as such."""

    id: str


@dataclass(frozen=True, slots=True)
class ReopenLayer:
    """Go on with an article that was done or skipped."""

    id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SkipLayer:
    """Leave the article out, for a listed reason."""

    id: str
    reason: str
    note: str = ""


SpanOperation = AddSpan | MoveSpan | ChangeSpan | DeleteSpan | RestoreSpan
LayerOperation = FinishLayer | ReopenLayer | SkipLayer
Operation = SpanOperation | LayerOperation


@dataclass(frozen=True, slots=True)
class Ack:
    """The answer to one operation, the same at each retry."""

    id: str
    """The operation's; empty for something sent without an id that can be one."""
    status: Literal["ok", "stale", "rejected"]
    annotation: str | None = None
    """The annotation that holds the extent now: the sent id, or the one that was there."""
    rev: int | None = None
    state: str | None = None
    """The layer's state after a finish, reopen or skip."""
    code: str | None = None
    sentence: str | None = None
