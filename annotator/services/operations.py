"""Applying what a person did to a layer: each operation once, each with its own answer.

One bad operation never fails the batch: it is refused with a sentence and changes nothing. A retry
finds the stored operation and gets the first answer.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import cast

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.orm import Session

from annotator.domain.errors import DomainError, Invalid, Stale
from annotator.domain.naming import UUID
from annotator.domain.operations import Ack, FinishLayer, Operation, ReopenLayer, SkipLayer
from annotator.domain.permissions import Actor
from annotator.domain.workflow import check_working
from annotator.services.layer_steps import step_layer
from annotator.services.layers import Workplace, lock_desk, open_workplace, own_layer, require_layer
from annotator.services.row_locks import keep_labels
from annotator.services.scheme import load_scheme
from annotator.services.spans import SpanWork, apply_span_operation
from annotator.services.texts import load_text
from annotator.storage.engine import run
from annotator.storage.tables import Layer, now
from annotator.storage.tables import Operation as OperationRow

MOST_OPERATIONS = 500
"""Operations of one request."""


_UNFINISHED = (
    "A change before it could not be stored, so the article was not finished. Look at that change, "
    "then finish again."
)
_INSERT = insert(cast(Table, OperationRow.__table__))
_STORED = select(
    OperationRow.id, OperationRow.kind, OperationRow.layer_id, OperationRow.answer
).where(
    OperationRow.user_id == bindparam("user"),
    OperationRow.id.in_(bindparam("ids", expanding=True)),
)
_TOUCHED = (
    select(OperationRow.first_block, OperationRow.last_block)
    .where(
        OperationRow.layer_id == bindparam("layer"),
        OperationRow.seq > bindparam("since"),
        OperationRow.first_block.is_not(None),
    )
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Applied:
    """Answers in the order of the operations, and the layer as it stands after them.

    ``layer`` is None where nothing was begun, because no operation was accepted.
    """

    place: Workplace
    layer: Layer | None
    acks: list[Ack]

    @property
    def seq(self) -> int:
        """How many changes the layer has seen."""
        return self.layer.seq if self.layer else 0


def apply_operations(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    article_id: int,
    operations: Sequence[Operation],
    asked_version: int | None = None,
) -> Applied:
    """Apply ``operations`` to the actor's layer on an article, in order, each at most once.

    Raises only for what concerns the whole request: no such project or article, no permission,
    too many operations, the quota of readers full.
    """
    place = open_workplace(session, actor, slug=slug, article_id=article_id)
    if len(operations) > MOST_OPERATIONS:
        raise Invalid(f"One request takes at most {MOST_OPERATIONS} operations; send fewer.")
    if any(isinstance(operation, ReopenLayer) for operation in operations):
        lock_desk(session, actor, place.project_id, place.article_id)
    # Asked after the lock was had: the same request sent twice at once finds its first answers.
    layer = own_layer(session, actor, place.article_id, lock=True)
    if layer is not None and len(operations) > 1:
        keep_labels(session, place.project_id)
    stored = _stored_acks(session, actor, layer, operations)
    if layer is not None or all(operation.id in stored for operation in operations):
        acks = _apply_all(session, actor, place, layer, operations, stored, asked_version)
        return Applied(place, layer, acks)
    with session.begin_nested() as begun:
        layer = require_layer(session, actor, place)
        stored = _stored_acks(session, actor, layer, operations)
        acks = _apply_all(session, actor, place, layer, operations, stored, asked_version)
        applied = Applied(place, layer, acks)
        if all(ack.status != "ok" for ack in acks):
            begun.rollback()
            applied = Applied(place, None, acks)
    return applied


def changed_blocks(session: Session, layer_id: int, *, since: int) -> set[int]:
    """Positions of the blocks that the layer's operations after ``since`` touched."""
    rows = run(session, _TOUCHED, {"layer": layer_id, "since": since})
    return {position for row in rows for position in range(row.first_block, row.last_block + 1)}


def _apply_all(
    session: Session,
    actor: Actor,
    place: Workplace,
    layer: Layer | None,
    operations: Sequence[Operation],
    stored: dict[str, Ack],
    asked_version: int | None,
) -> list[Ack]:
    acks: list[Ack] = []
    for operation in operations:
        ack = stored.get(operation.id)
        if ack is None:
            assert layer is not None
            if isinstance(operation, FinishLayer) and any(one.status != "ok" for one in acks):
                acks.append(Ack(operation.id, "rejected", code="unfinished", sentence=_UNFINISHED))
                continue
            ack = _apply_once(session, actor, place, layer, operation, asked_version)
            if ack.status == "ok":
                stored[operation.id] = ack
        acks.append(ack)
    return acks


def _apply_once(
    session: Session,
    actor: Actor,
    place: Workplace,
    layer: Layer,
    operation: Operation,
    asked_version: int | None,
) -> Ack:
    blocks: tuple[int, int] | None = None
    try:
        if not UUID.fullmatch(operation.id):
            raise Invalid("An operation's id is a lower-case UUID. Nothing was stored.")
        if isinstance(operation, FinishLayer | ReopenLayer | SkipLayer):
            step_layer(session, actor, place, layer, operation, asked_version=asked_version)
            ack = Ack(operation.id, "ok", state=layer.state)
        else:
            check_working(layer.state)
            scheme = load_scheme(session, place.project_id, place.scheme_version)
            text = load_text(session, place.article_id, sha256=place.sha256, ready=place.ready)
            work = SpanWork(session, actor, place, text, layer, scheme)
            annotation, rev, blocks = apply_span_operation(work, operation)
            ack = Ack(operation.id, "ok", annotation=annotation, rev=rev)
    except Stale as error:
        return Ack(operation.id, "stale", code=error.code, sentence=str(error))
    except DomainError as error:
        return Ack(operation.id, "rejected", code=error.code, sentence=str(error))
    _store(session, actor, layer, operation, ack, blocks)
    return ack


def _store(
    session: Session,
    actor: Actor,
    layer: Layer,
    operation: Operation,
    ack: Ack,
    blocks: tuple[int, int] | None,
) -> None:
    first, last = blocks if blocks else (None, None)
    row = {
        "user_id": actor.user_id,
        "id": operation.id,
        "kind": type(operation).__name__,
        "layer_id": layer.id,
        "seq": layer.seq,
        "first_block": first,
        "last_block": last,
        "answer": asdict(ack),
        "created_at": now(),
    }
    run(session, _INSERT, row)


def _stored_acks(
    session: Session, actor: Actor, layer: Layer | None, operations: Sequence[Operation]
) -> dict[str, Ack]:
    """First answers by id; an id that was used for something else is answered by a refusal."""
    sent = {o.id: type(o).__name__ for o in operations if UUID.fullmatch(o.id)}
    rows = run(session, _STORED, {"user": actor.user_id, "ids": list(sent)})
    return {
        row.id: Ack(**row.answer)
        if layer is not None and (row.kind, row.layer_id) == (sent[row.id], layer.id)
        else Ack(
            row.id,
            "rejected",
            code="operation-id",
            sentence="This operation id was used for something else. Nothing was stored; reload "
            "the page and do it again.",
        )
        for row in rows
    }
