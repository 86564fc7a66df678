"""Several records in one request: each taken or refused by itself, in a transaction of its own.

So no writer waits for more than one record. With an ``Idempotency-Key`` each line counts once: a
request that was cut off half-way is sent again, and what was stored answers as it did.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from annotator.api.answers import Fault, Page, TakenRecord
from annotator.api.bodies import read_key
from annotator.api.problems import FaultyBody
from annotator.api.replies import Reply, fingerprint, plain, same_request, write
from annotator.domain.errors import DomainError, Unavailable
from annotator.services import records
from annotator.services.once import once
from annotator.services.records import PreparedRecord
from annotator.web.errors import SIMULTANEOUS
from annotator.web.lifecycle import actor, released


@dataclass(frozen=True, slots=True)
class Line:
    """A line of several records: what it holds, or why it cannot be taken."""

    number: int
    external_id: str | None
    record: PreparedRecord | DomainError


def take_lines(slug: str, lines: Sequence[Line], *, create_labels: bool) -> Response:
    """Take every line that can be taken; the answer says line by line which were.

    Raises ``FaultyBody`` where none was: then nothing was stored.
    """
    taken = [_take(slug, line, create_labels) for line in lines]
    if not any(record.status == "created" for record in taken):
        raise FaultyBody(
            f"None of the {len(taken)} records was taken, so nothing was stored.",
            [Fault(detail=r.detail or "", line=r.line, code=r.code) for r in taken],
        )

    return write(lambda _session: Reply(201, plain(Page[TakenRecord](items=taken, next=None))))


def _take(slug: str, line: Line, create_labels: bool) -> TakenRecord:
    if isinstance(line.record, DomainError):
        return _refused(line, line.record.code, str(line.record))
    try:
        article_id = _store(slug, line.number, line.record, create_labels)
    except IntegrityError:
        return _refused(line, "simultaneous", SIMULTANEOUS)
    except DomainError as error:
        if isinstance(error, Unavailable) and read_key():
            raise  # It passes, and the same request goes on from here.
        return _refused(line, error.code, str(error))
    external_id = line.record.record.id
    return TakenRecord(line=line.number, status="created", id=article_id, external_id=external_id)


def _store(slug: str, number: int, record: PreparedRecord, create_labels: bool) -> int:
    def store(session: Session) -> int:
        article_id = records.store_record(
            session, actor(), slug=slug, prepared=record, create_labels=create_labels
        )
        # With the record: a request that is cut off must not leave articles nobody is handed.
        records.await_tokens(session, actor(), slug=slug)
        return article_id

    key = read_key()
    with released().write() as session:
        if key is None:
            return store(session)
        operation = str(uuid.uuid5(uuid.UUID(key), f"line {number}"))
        mark = fingerprint()
        kept = once(
            session,
            actor(),
            operation,
            f"{request.endpoint}.line",
            lambda: {"request": mark, "article": store(session)},
        )
        same_request(kept)
        article_id: int = kept["article"]
        return article_id


def _refused(line: Line, code: str, detail: str) -> TakenRecord:
    return TakenRecord(
        line=line.number,
        status="refused",
        external_id=line.external_id,
        code=code,
        detail=detail,
    )
