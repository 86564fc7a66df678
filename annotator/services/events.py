"""The audit trail: one line per change, numbered per project, chained by hash per article."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from annotator.domain.permissions import Actor
from annotator.storage.engine import run
from annotator.storage.tables import Event, Project, now

_HASHED = (
    "project_id",
    "seq",
    "actor_id",
    "via",
    "kind",
    "article_id",
    "layer_id",
    "subject",
    "before",
    "after",
    "reason",
    "previous_hash",
)
CORPUS_KINDS = ("article", "annotation", "layer", "scheme", "answer", "relation")
"""First words of the kinds of event that change what an export would hold."""


_NEXT = (
    update(Project)
    .where(Project.id == bindparam("project"))
    .values(event_seq=Project.event_seq + 1)
    .returning(Project.event_seq)
)
_INSERT = insert(cast(Table, Event.__table__))
# Events of a project wait for each other at its row; those of accounts have no row to wait at.
_LOCK_ACCOUNTS = select(func.pg_advisory_xact_lock(0x616E6E6F))
_LAST_OF_ACCOUNTS = (
    select(Event.hash).where(Event.project_id.is_(None)).order_by(Event.id.desc()).limit(1)
)
_IN_PROJECT = (
    select(Event.hash)
    .where(Event.project_id == bindparam("project"))
    .order_by(Event.seq.desc())
    .limit(1)
)
_LAST_OF_PROJECT = _IN_PROJECT.where(Event.article_id.is_(None))
_LAST = _IN_PROJECT.where(Event.article_id == bindparam("article"))


@dataclass(frozen=True, slots=True)
class Broken:
    """An event whose hash or whose link to the line before it does not hold; 0 where it is gone."""

    id: int
    project_id: int | None
    sentence: str


def record_event(
    session: Session,
    actor: Actor,
    kind: str,
    *,
    project_id: int | None = None,
    article_id: int | None = None,
    layer_id: int | None = None,
    subject: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> int | None:
    """Write one event in the caller's transaction; its number in the project."""
    seq = None
    if project_id is not None:
        seq = run(session, _NEXT, {"project": project_id}).scalar_one()
    row: dict[str, Any] = {
        "project_id": project_id,
        "seq": seq,
        "at": now(),
        "actor_id": actor.user_id,
        "via": actor.via,
        "kind": kind,
        "article_id": article_id,
        "layer_id": layer_id,
        "subject": subject,
        "before": before,
        "after": after,
        "reason": reason,
        "previous_hash": _last_hash(session, project_id, article_id),
    }
    run(session, _INSERT, {**row, "hash": _digest(row)})
    return seq


def verify_chain(session: Session) -> Iterator[Broken]:
    """Every event that was changed or whose predecessor was, by id; then projects cut short."""
    last: dict[tuple[int | None, int | None], str] = {}
    numbers: dict[int, int] = {}
    for event in session.scalars(select(Event).order_by(Event.id).execution_options(yield_per=500)):
        row = {name: getattr(event, name) for name in (*_HASHED, "at")}
        chain = (event.project_id, event.article_id)
        if event.hash != _digest(row):
            yield Broken(event.id, event.project_id, f"Event {event.id} was changed.")
        elif event.previous_hash != last.get(chain, ""):
            yield Broken(event.id, event.project_id, f"An event before {event.id} is missing.")
        elif event.project_id is not None and event.seq != numbers.get(event.project_id, 0) + 1:
            yield Broken(event.id, event.project_id, f"Event {event.id} is out of order.")
        last[chain] = event.hash
        if event.project_id is not None and event.seq is not None:
            numbers[event.project_id] = event.seq
    for project_id, drawn in session.execute(select(Project.id, Project.event_seq)):
        if drawn != numbers.get(project_id, 0):
            sentence = f"Project {project_id} has no event {drawn}, though it was numbered."
            yield Broken(0, project_id, sentence)


def corpus_sequence(session: Session, project_id: int) -> int:
    """Number of the last event that changed articles, annotations or scheme; 0 where none did."""
    query = (
        select(Event.seq)
        .where(
            Event.project_id == project_id,
            or_(*(Event.kind.like(f"{kind}.%") for kind in CORPUS_KINDS)),
        )
        .order_by(Event.seq.desc())
        .limit(1)
    )
    return session.scalar(query) or 0


def _last_hash(session: Session, project_id: int | None, article_id: int | None) -> str:
    if project_id is None:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(_LOCK_ACCOUNTS)
        return run(session, _LAST_OF_ACCOUNTS).scalar() or ""
    place = {"project": project_id, "article": article_id}
    return run(session, _LAST_OF_PROJECT if article_id is None else _LAST, place).scalar() or ""


def _digest(row: dict[str, Any]) -> str:
    line = {name: row[name] for name in _HASHED} | {"at": row["at"].isoformat()}
    text = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
