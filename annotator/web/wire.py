"""The JSON that the annotate page sends: checked, and turned into operations of the domain.

An operation that cannot be read is refused by itself; only a body that is no envelope is refused
as a whole. Otherwise one bad operation would hold up the page's queue for ever.
"""

import json
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from annotator.domain import operations as ops
from annotator.domain.errors import Invalid
from annotator.domain.naming import UUID
from annotator.domain.operations import Ack, BlockExtent, Operation
from annotator.domain.values import LONGEST_TEXT
from annotator.services.operations import MOST_OPERATIONS

LARGEST_COUNT = 2**31 - 1
"""The largest sequence number, revision or version that every database holds."""
EXACT = 2**53
"""Whole numbers below it are the same in browsers, in files and in both databases."""
MOST_FAULTS = 3
"""Faults that one sentence names."""


def _scalar(value: Any) -> str | float:
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise ValueError(f"A text has at most {LONGEST_TEXT} characters")
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("A value is a text or a number")
    # Said this way round, it refuses what is not a number at all.
    if not -EXACT < value < EXACT:
        raise ValueError("A number lies between -9,007,199,254,740,991 and 9,007,199,254,740,991")
    return float(value)


Id = Annotated[str, Field(min_length=36, max_length=36)]
Offset = Annotated[int, Field(ge=0, le=10_000_000)]
Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT)]
Name = Annotated[str, Field(max_length=40)]
Scalar = Annotated[str | float, PlainValidator(_scalar)]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: Id

    def plain(self) -> Operation:
        """What was meant."""
        raise NotImplementedError


class _WithExtent(_Wire):
    p: Offset
    s: Offset
    pe: Offset | None = None
    e: Offset
    q: str | None = Field(default=None, max_length=100_000)

    @property
    def extent(self) -> BlockExtent:
        return BlockExtent(self.p, self.s, self.p if self.pe is None else self.pe, self.e)


class WireAdd(_WithExtent):
    """Mark a range of blocks."""

    op: Literal["add"]
    sid: Id
    l: Name  # noqa: E741 - the wire's name for the label

    def plain(self) -> Operation:
        return ops.AddSpan(self.id, self.sid, self.extent, self.l, self.q)


class WireMove(_WithExtent):
    """Give a mark another range."""

    op: Literal["move"]
    sid: Id
    rev: Count

    def plain(self) -> Operation:
        return ops.MoveSpan(self.id, self.sid, self.rev, self.extent, self.q)


class WireSet(_Wire):
    """Change a mark's label or values; the values in ``unconfirmed`` become guesses."""

    op: Literal["set"]
    sid: Id
    rev: Count
    l: Name | None = None  # noqa: E741 - the wire's name
    v: dict[Name, Scalar | None] = Field(default_factory=dict)
    unconfirmed: list[Name] = Field(default_factory=list)

    @model_validator(mode="after")
    def _guesses_are_values(self) -> Self:
        if not set(self.unconfirmed) <= set(self.v):
            raise ValueError("“unconfirmed” names values of the same operation only")
        return self

    def plain(self) -> Operation:
        return ops.ChangeSpan(
            self.id, self.sid, self.rev, self.l, self.v, unconfirmed=tuple(self.unconfirmed)
        )


class WireDelete(_Wire):
    """Take a mark away."""

    op: Literal["del"]
    sid: Id
    rev: Count

    def plain(self) -> Operation:
        return ops.DeleteSpan(self.id, self.sid, self.rev)


class WireRestore(_Wire):
    """Bring a deleted mark back."""

    op: Literal["restore"]
    sid: Id

    def plain(self) -> Operation:
        return ops.RestoreSpan(self.id, self.sid)


class WireDone(_Wire):
    """Finish the article."""

    op: Literal["done"]

    def plain(self) -> Operation:
        return ops.FinishLayer(self.id)


class WireReopen(_Wire):
    """Go on with a finished article."""

    op: Literal["reopen"]

    def plain(self) -> Operation:
        return ops.ReopenLayer(self.id)


class WireSkip(_Wire):
    """Leave the article out."""

    op: Literal["skip"]
    reason: str = Field(max_length=40)
    note: str = Field(default="", max_length=2_000)

    def plain(self) -> Operation:
        return ops.SkipLayer(self.id, self.reason, self.note)


WireOperation = Annotated[
    WireAdd | WireMove | WireSet | WireDelete | WireRestore | WireDone | WireReopen | WireSkip,
    Field(discriminator="op"),
]
_OPERATION: TypeAdapter[_Wire] = TypeAdapter(WireOperation)


class Envelope(BaseModel):
    """One request of the annotate page; ``ops`` as they came, each still to be read."""

    model_config = ConfigDict(extra="forbid", strict=True)

    csrf: str = ""
    user: Count
    base: Count
    tab: str = Field(default="", max_length=64)
    scheme: Count
    ops: list[Any] = Field(max_length=MOST_OPERATIONS)

    def operations(self) -> list[Operation | Ack]:
        """In the order of ``ops``: what was meant, or the refusal of what cannot be read."""
        return [_operation(sent) for sent in self.ops]


def read_envelope(body: bytes) -> Envelope:
    """The request in ``body``; raises ``Invalid`` where it is not even an envelope."""
    try:
        # Read with everything Python lets pass, so that a fault is told of its operation alone.
        return Envelope.model_validate(json.loads(body, parse_int=_whole))
    except ValidationError as error:
        faults = _faults(error)
    except (ValueError, RecursionError):
        faults = "it is not JSON"
    raise Invalid(
        f"The page sent something that cannot be read ({faults}). Nothing was stored; reload the "
        "page.",
        code="malformed",
    )


def read_since(text: str) -> int:
    """The sequence number in an address; raises ``Invalid`` where it is none."""
    if text.isdecimal() and len(text) <= 10 and int(text) <= LARGEST_COUNT:
        return int(text)
    raise Invalid(
        f"“since” is a sequence number: a whole number from 0 to {LARGEST_COUNT}. Nothing was "
        "changed.",
        code="malformed",
    )


def _whole(digits: str) -> int | float:
    """Digits without end as an infinite number, which is then refused where it stands."""
    return int(digits) if len(digits) <= 20 else float(digits)


def _operation(sent: Any) -> Operation | Ack:
    try:
        return _OPERATION.validate_python(sent).plain()
    except ValidationError as error:
        id_ = sent.get("id") if isinstance(sent, dict) else None
        known = isinstance(id_, str) and UUID.fullmatch(id_)
        return Ack(
            str(id_) if known else "",
            "rejected",
            code="malformed",
            sentence=f"This change cannot be read ({_faults(error)}). It was not stored; reload "
            "the page and make it again.",
        )


def _faults(error: ValidationError) -> str:
    """What is wrong and where, of bounded length whatever was sent."""
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    named = [
        f"{'.'.join(str(step)[:40] for step in fault['loc'][:5])}: {fault['msg'][:120]}".replace(
            "Value error, ", ""
        ).removeprefix(": ")
        for fault in faults[:MOST_FAULTS]
    ]
    more = len(faults) - len(named)
    return "; ".join(named) + (f"; and {more} more" if more else "")
