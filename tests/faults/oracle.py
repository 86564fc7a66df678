"""What must hold after the last cut, as sentences about what does not."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from annotator.services.events import verify_chain
from annotator.storage.engine import Database
from annotator.storage.tables import Annotation, Event, Label, Layer, Operation
from tests.faults.writers import Writer

KINDS = {"add": "annotation.added", "set": "annotation.changed", "del": "annotation.deleted"}
SHOWN = 5
"""Faults of one kind that are written out."""


def examine(database: Database, writers: Sequence[Writer]) -> list[str]:
    """Everything that is wrong with what is stored; empty where every promise was kept."""
    with database.read() as session:
        faults = list(_damage(session, sqlite=database.is_sqlite))
        faults += [broken.sentence for broken in islice(verify_chain(session), SHOWN)]
        faults += _trail(session, writers)
        for writer in writers:
            faults += islice(_work(session, writer), SHOWN)
    return faults


def stored_count(database: Database) -> int:
    """How many annotations were ever stored, deleted ones too."""
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Annotation)) or 0


def _damage(session: Session, *, sqlite: bool) -> Iterator[str]:
    if not sqlite:
        return
    for (line,) in session.execute(text("PRAGMA integrity_check")):
        if line != "ok":
            yield f"integrity check: {line}"
    for row in session.execute(text("PRAGMA foreign_key_check")):
        yield f"foreign key check: {tuple(row)}"


def _trail(session: Session, writers: Sequence[Writer]) -> Iterator[str]:
    """Events equal changes: as many of each kind as acknowledged, one for each new annotation."""
    rows = session.execute(select(Event.kind, Event.subject).where(Event.kind.in_(KINDS.values())))
    events = Counter((kind, subject) for kind, subject in rows)
    found = Counter(kind for kind, _ in events.elements())
    stored = session.scalar(select(func.count()).select_from(Annotation)) or 0
    added = found[KINDS["add"]]
    if added != stored:
        yield f"{added} events say that an annotation was added, {stored} are stored"
    for kind, event in KINDS.items():
        acknowledged = sum(writer.acknowledged.get(kind, 0) for writer in writers)
        if found[event] != acknowledged:
            yield f"{found[event]} events {event} for {acknowledged} acknowledged changes"
    twice = [key for key, n in events.items() if n > 1 and key[0] != KINDS["set"]]
    for kind, subject in twice[:SHOWN]:
        yield f"{subject} has {events[kind, subject]} events {kind}"
    repeated = session.execute(
        select(Operation.id).group_by(Operation.user_id, Operation.id).having(func.count() > 1)
    ).all()
    if repeated:
        yield f"{len(repeated)} operations are stored twice"


def _work(session: Session, writer: Writer) -> Iterator[str]:
    """One person's annotations: exactly what was acknowledged, each once."""
    yield from (f"{writer.person.name}: refused {sentence}" for sentence in writer.refusals)
    rows = session.execute(
        select(
            Annotation.uuid,
            Annotation.article_id,
            Annotation.start,
            Annotation.end,
            Annotation.quote,
            Label.name,
            Annotation.rev,
            Annotation.deleted_at.is_not(None),
        )
        .join(Layer, Layer.id == Annotation.layer_id)
        .join(Label, Label.id == Annotation.label_id)
        .where(Layer.user_id == writer.person.id)
    ).all()
    stored = {row[0]: tuple(row[1:]) for row in rows}
    promised = {
        uuid: (m.article, m.place.start, m.place.end, m.place.quote, m.label, m.rev, m.deleted)
        for uuid, m in writer.marks.items()
    }
    live = Counter((row[1], row[2], row[3], row[5]) for row in rows if not row[7])
    for place, n in live.items():
        if n > 1:
            yield f"{writer.person.name}: stored {n} times: {place}"
    for uuid in promised.keys() - stored.keys():
        yield f"{writer.person.name}: acknowledged and lost: {uuid} {promised[uuid]}"
    for uuid in stored.keys() - promised.keys():
        yield f"{writer.person.name}: stored and never acknowledged: {uuid} {stored[uuid]}"
    for uuid in stored.keys() & promised.keys():
        if stored[uuid] != promised[uuid]:
            yield f"{writer.person.name}: {stored[uuid]} stored, {promised[uuid]} acknowledged"
