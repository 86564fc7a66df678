"""Carrying out what a form asks for once, however often it is sent."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from annotator.domain.errors import Conflict, Invalid
from annotator.domain.naming import UUID
from annotator.domain.permissions import Actor
from annotator.storage.tables import Operation, now

Answer = dict[str, Any]
"""What an action leaves to say; stored with its operation, so JSON."""


def once(
    session: Session, actor: Actor, operation_id: str, kind: str, action: Callable[[], Answer]
) -> Answer:
    """The answer of ``action``; for an id that was carried out before, the first answer.

    The id is taken before the action runs, so that of two requests at the same time the second
    waits for the first. Where the action raises, the caller's transaction ends and the id is free
    again. Raises ``Invalid`` for an id that is no UUID, ``Conflict`` for one of another kind.
    """
    known = find_answer(session, actor, operation_id, kind)
    if known is not None:
        return known
    row: Answer = {
        "user_id": actor.user_id,
        "id": operation_id,
        "kind": kind,
        "answer": {},
        "created_at": now(),
    }
    try:
        with session.begin_nested():
            session.execute(insert(Operation), [row])
    except IntegrityError:
        known = find_answer(session, actor, operation_id, kind)
        assert known is not None, "the id was taken by a transaction that has ended"
        return known
    answer = action()
    session.execute(
        update(Operation)
        .where(Operation.user_id == actor.user_id, Operation.id == operation_id)
        .values(answer=answer)
    )
    return answer


def find_answer(session: Session, actor: Actor, operation_id: str, kind: str) -> Answer | None:
    """The stored answer of an operation; None where it was not carried out."""
    if not UUID.fullmatch(operation_id):
        raise Invalid(
            "The form came without a valid operation id. Nothing was changed; reload the page and "
            "try again.",
            code="operation-id",
        )
    row = session.execute(
        select(Operation.kind, Operation.answer).where(
            Operation.user_id == actor.user_id, Operation.id == operation_id
        )
    ).first()
    if row is None:
        return None
    if row.kind != kind:
        raise Conflict(
            "This operation id was used for something else. Nothing was changed; reload the page "
            "and try again.",
            code="operation-id",
        )
    answer: Answer = row.answer
    return answer
