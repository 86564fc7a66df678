"""The JSON that the annotate page sends: checked, and turned into operations of the domain."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from annotator.domain import operations as ops
from annotator.domain.errors import Invalid
from annotator.domain.operations import BlockExtent

Id = Annotated[str, Field(min_length=36, max_length=36)]
Offset = Annotated[int, Field(ge=0, le=10_000_000)]
Scalar = float | Annotated[str, Field(max_length=500)]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: Id


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
    l: str = Field(max_length=40)  # noqa: E741 - the wire's name for the label

    def plain(self) -> ops.Operation:
        return ops.AddSpan(self.id, self.sid, self.extent, self.l, self.q)


class WireMove(_WithExtent):
    """Give a mark another range."""

    op: Literal["move"]
    sid: Id
    rev: int

    def plain(self) -> ops.Operation:
        return ops.MoveSpan(self.id, self.sid, self.rev, self.extent, self.q)


class WireSet(_Wire):
    """Change a mark's label or values."""

    op: Literal["set"]
    sid: Id
    rev: int
    l: str | None = Field(default=None, max_length=40)  # noqa: E741 - the wire's name
    v: dict[str, Scalar | None] = Field(default_factory=dict)

    def plain(self) -> ops.Operation:
        return ops.ChangeSpan(self.id, self.sid, self.rev, self.l, self.v)


class WireDelete(_Wire):
    """Take a mark away."""

    op: Literal["del"]
    sid: Id
    rev: int

    def plain(self) -> ops.Operation:
        return ops.DeleteSpan(self.id, self.sid, self.rev)


class WireRestore(_Wire):
    """Bring a deleted mark back."""

    op: Literal["restore"]
    sid: Id

    def plain(self) -> ops.Operation:
        return ops.RestoreSpan(self.id, self.sid)


class WireDone(_Wire):
    """Finish the article."""

    op: Literal["done"]

    def plain(self) -> ops.Operation:
        return ops.FinishLayer(self.id)


class WireReopen(_Wire):
    """Go on with a finished article."""

    op: Literal["reopen"]

    def plain(self) -> ops.Operation:
        return ops.ReopenLayer(self.id)


class WireSkip(_Wire):
    """Leave the article out."""

    op: Literal["skip"]
    reason: str = Field(max_length=40)
    note: str = Field(default="", max_length=2_000)

    def plain(self) -> ops.Operation:
        return ops.SkipLayer(self.id, self.reason, self.note)


WireOperation = Annotated[
    WireAdd | WireMove | WireSet | WireDelete | WireRestore | WireDone | WireReopen | WireSkip,
    Field(discriminator="op"),
]


class Envelope(BaseModel):
    """One request of the annotate page."""

    model_config = ConfigDict(extra="forbid", strict=True)

    csrf: str = ""
    user: int
    base: int = Field(ge=0)
    tab: str = Field(default="", max_length=64)
    scheme: int = Field(ge=0)
    ops: list[WireOperation]


_ENVELOPE = TypeAdapter(Envelope)


def read_envelope(body: bytes) -> Envelope:
    """The request in ``body``; raises ``Invalid`` with the first thing that is wrong."""
    try:
        return _ENVELOPE.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "the request"
        raise Invalid(
            f"The page sent something that cannot be read ({where}: {first['msg']}). Nothing was "
            "stored; reload the page.",
            code="malformed",
        ) from error
