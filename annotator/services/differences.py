"""What an annotation shall be, against what is stored: the operations that lead there."""

import uuid as uuids
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.domain.corpus import Scalar
from annotator.domain.operations import (
    AddSpan,
    ChangeSpan,
    MoveSpan,
    RestoreSpan,
    SpanOperation,
    TextExtent,
)
from annotator.domain.permissions import Actor
from annotator.domain.places import locate
from annotator.domain.values import check_value
from annotator.services.scheme import ProjectScheme
from annotator.services.texts import load_text
from annotator.services.values import read_values
from annotator.storage.tables import Annotation, Article, Layer

Values = Mapping[str, Scalar | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an annotation shall be; offsets in code points.

    ``values`` are set and confirmed, None unsets one. ``guesses`` are values that stay unconfirmed:
    only what the server itself proposed can be one.
    """

    start: int
    end: int
    label: str
    quote: str | None = None
    values: Values = field(default_factory=dict)
    guesses: Values = field(default_factory=dict)
    note: str | None = None
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What shall be different; None leaves a part, a ``note`` of ``""`` takes it away."""

    start: int | None = None
    end: int | None = None
    label: str | None = None
    quote: str | None = None
    values: Values = field(default_factory=dict)
    note: str | None = None
    unsure: bool | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one annotation of the actor's layer is worked on; the layer's row is locked."""

    session: Session
    actor: Actor
    slug: str
    article: Article
    layer: Layer | None
    scheme: ProjectScheme
    uuid: str

    def row(self) -> Annotation | None:
        """The annotation as it is stored now, a deleted one too."""
        if self.layer is None:
            return None
        query = select(Annotation).where(
            Annotation.layer_id == self.layer.id, Annotation.uuid == self.uuid
        )
        return self.session.scalar(query.execution_options(populate_existing=True))

    def holder(self, start: int, end: int, label: str) -> str | None:
        """Id of another annotation of this layer with that extent and label."""
        if self.layer is None or label not in self.scheme.by_name:
            return None
        return self.session.scalar(
            select(Annotation.uuid).where(
                Annotation.layer_id == self.layer.id,
                Annotation.start == start,
                Annotation.end == end,
                Annotation.label_id == self.scheme.by_name[label].id,
                Annotation.uuid != self.uuid,
                Annotation.deleted_at.is_(None),
            )
        )


def new_id() -> str:
    """A random id for an operation."""
    return str(uuids.uuid4())


def operations_to_put(
    desk: Desk, row: Annotation | None, wanted: Wanted
) -> Sequence[SpanOperation]:
    """What makes ``row`` (None: nothing yet) exactly what is wanted; empty where it is.

    Confirmed values that are not wanted are unset; the server's unconfirmed guesses stay.
    """
    if row is None:
        return _additions(desk.uuid, wanted)
    dropped = [
        name
        for name, (_, confirmed) in _values(desk, row, wanted.label).items()
        if confirmed and name not in wanted.values and name not in wanted.guesses
    ]
    changes = _differences(desk, row, wanted, {**wanted.values, **dict.fromkeys(dropped)})
    if row.deleted_at is not None:
        return [RestoreSpan(new_id(), desk.uuid), *changes]
    return changes


def operations_to_change(desk: Desk, row: Annotation, change: Change) -> Sequence[SpanOperation]:
    """What carries out ``change`` on ``row``; empty where it is so already."""
    wanted = Wanted(
        row.start if change.start is None else change.start,
        row.end if change.end is None else change.end,
        change.label or desk.scheme.by_id[row.label_id].name,
        change.quote,
        note=row.note if change.note is None else change.note,
        unsure=row.unsure if change.unsure is None else change.unsure,
    )
    return _differences(desk, row, wanted, change.values)


def end_state(
    desk: Desk, row: Annotation, operations: Sequence[SpanOperation]
) -> tuple[int, int, str]:
    """Start, end and label that ``operations`` lead to."""
    start, end, label = row.start, row.end, desk.scheme.by_id[row.label_id].name
    for operation in operations:
        if isinstance(operation, MoveSpan) and isinstance(operation.extent, TextExtent):
            start, end = operation.extent.start, operation.extent.end
        elif isinstance(operation, ChangeSpan) and operation.label is not None:
            label = operation.label
    return start, end, label


def _additions(uuid: str, wanted: Wanted) -> list[SpanOperation]:
    extent = TextExtent(wanted.start, wanted.end)
    values = dict(wanted.values)
    add = AddSpan(new_id(), uuid, extent, wanted.label, wanted.quote, values, wanted.note)
    return [add, ChangeSpan(new_id(), uuid, None, unsure=True)] if wanted.unsure else [add]


def _differences(
    desk: Desk, row: Annotation, wanted: Wanted, values: Values
) -> list[SpanOperation]:
    old = desk.scheme.by_id[row.label_id].name
    label = desk.scheme.by_name.get(wanted.label) or desk.scheme.usable(wanted.label)
    current = _values(desk, row, wanted.label)
    checked = {
        name: None if value is None else check_value(label.attribute(name), value)
        for name, value in values.items()
    }
    changed = {
        name: value
        for name, value in checked.items()
        if (name in current if value is None else current.get(name) != (value, True))
    }
    note = (wanted.note or "").strip()
    told = note if note != (row.note or "") else None
    relabelled = wanted.label if wanted.label != old else None
    unsure = wanted.unsure if wanted.unsure != row.unsure else None
    operations: list[SpanOperation] = []
    if relabelled or changed or told is not None or unsure is not None:
        operations.append(ChangeSpan(new_id(), row.uuid, None, relabelled, changed, told, unsure))
    extent = TextExtent(wanted.start, wanted.end)
    if (wanted.start, wanted.end) == (row.start, row.end):
        text = load_text(
            desk.session,
            desk.article.id,
            sha256=desk.article.sha256,
            ready=desk.article.ready_at is not None,
        )
        locate(text, extent, wanted.quote)
        return operations
    move = MoveSpan(new_id(), row.uuid, None, extent, wanted.quote)
    # The step in between must not meet a third annotation that the end state avoids.
    move_first = relabelled is not None and desk.holder(row.start, row.end, relabelled) is not None
    return [move, *operations] if move_first else [*operations, move]


def _values(desk: Desk, row: Annotation, label: str) -> Mapping[str, tuple[Scalar, bool]]:
    known = desk.scheme.by_name.get(label)
    if known is None:
        return {}
    return read_values(desk.session, desk.scheme, {row.id: known.id}).get(row.id, {})
