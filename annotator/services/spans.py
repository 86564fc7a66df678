"""One operation on one span: checked against the text, stored, and written to the trail."""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from annotator.domain.errors import Conflict, Invalid, NotFound, Stale
from annotator.domain.naming import UUID, checked_text
from annotator.domain.operations import (
    AddSpan,
    ChangeSpan,
    DeleteSpan,
    MoveSpan,
    RestoreSpan,
    SpanOperation,
)
from annotator.domain.permissions import Actor
from annotator.domain.places import ArticleText, Place, locate
from annotator.services.events import record_event
from annotator.services.layers import Workplace, count_change
from annotator.services.scheme import ProjectScheme, SchemeLabel
from annotator.services.values import (
    check_values,
    set_values,
    store_proposals,
    with_proposals,
)
from annotator.storage.engine import run
from annotator.storage.tables import Annotation, Layer, now

MOST_NOTE = 2_000

_TWIN = select(Annotation).where(
    Annotation.layer_id == bindparam("layer"),
    Annotation.start == bindparam("start"),
    Annotation.end == bindparam("end"),
    Annotation.label_id == bindparam("label"),
    Annotation.deleted_at.is_(None),
)
_BY_UUID = select(Annotation).where(
    Annotation.layer_id == bindparam("layer"), Annotation.uuid == bindparam("uuid")
)
_TABLE = cast(Table, Annotation.__table__)
# Nothing is inserted where the extent or the id is taken: one statement in place of two questions
# before it, and right under any race.
_INSERT = {
    name: dialect.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.id)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


@dataclass(frozen=True, slots=True)
class SpanWork:
    """Where an operation is applied."""

    session: Session
    actor: Actor
    place: Workplace
    text: ArticleText
    layer: Layer
    scheme: ProjectScheme


Done = tuple[str, int, tuple[int, int]]
"""The annotation's id, its revision, and the first and last block that look different now."""


def apply_span_operation(work: SpanWork, operation: SpanOperation) -> Done:
    """Carry out one operation; raises a ``DomainError`` before anything was changed."""
    if isinstance(operation, AddSpan):
        return _add(work, operation)
    annotation = _find(work, operation.annotation)
    if isinstance(operation, RestoreSpan):
        return _restore(work, annotation)
    if annotation.deleted_at is not None:
        raise Stale("This mark was deleted meanwhile. What you see is what is stored.")
    if operation.rev is not None and operation.rev != annotation.rev:
        raise Stale("This mark was changed elsewhere meanwhile. What you see is what is stored.")
    if isinstance(operation, DeleteSpan):
        return _delete(work, annotation)
    if isinstance(operation, MoveSpan):
        return _move(work, annotation, operation)
    return _change(work, annotation, operation)


def find_twin(work: SpanWork, place: Place, label_id: int) -> Annotation | None:
    """The annotation of this layer that holds the same extent with the same label."""
    extent = {"start": place.start, "end": place.end, "label": label_id}
    return work.session.scalar(_TWIN, {"layer": work.layer.id, **extent})


def _add(work: SpanWork, operation: AddSpan) -> Done:
    label = work.scheme.usable(operation.label)
    place = locate(work.text, operation.extent, operation.quote)
    check_values(label, operation.values)
    note = _checked_note(operation.note)
    if not UUID.fullmatch(operation.annotation):
        raise Invalid("A mark's id is a lower-case UUID. Nothing was stored.", code="bad-id")
    row = {
        "uuid": operation.annotation,
        "project_id": work.place.project_id,
        "article_id": work.place.article_id,
        "layer_id": work.layer.id,
        "label_id": label.id,
        "scheme_version": work.place.scheme_version,
        "origin": "api" if work.actor.via == "api" else "page",
        "unsure": False,
        "note": note,
        "created_at": now(),
        **_columns(place),
    }
    statement = _INSERT[work.session.get_bind().dialect.name]
    annotation_id = run(work.session, statement, row).scalar()
    if annotation_id is None:
        return _taken(work, operation.annotation, place, label)
    project_id = work.place.project_id
    store_proposals(work.session, project_id, annotation_id, label, place.quote, fresh=True)
    set_values(work.session, project_id, annotation_id, label, operation.values)
    _note(work, "annotation.added", operation.annotation, None, _plain(label, place))
    return operation.annotation, 1, (place.first_block, place.last_block)


def _change(work: SpanWork, annotation: Annotation, operation: ChangeSpan) -> Done:
    old = work.scheme.by_id[annotation.label_id]
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    label = old
    if operation.label is not None and operation.label != old.name:
        label = work.scheme.usable(operation.label)
        _refuse_twin(work, _place(annotation), label)
    note = _checked_note(operation.note)
    project_id, guesses = work.place.project_id, operation.unconfirmed
    values = with_proposals(label, annotation.quote, operation.values, guesses)
    changed = set_values(work.session, project_id, annotation.id, label, values, dry=True)
    before |= changed[0]
    after |= changed[1]
    if guesses:
        after["unconfirmed"] = sorted(guesses)
    if label is not old:
        annotation.label_id = label.id
        annotation.scheme_version = work.place.scheme_version
        store_proposals(work.session, work.place.project_id, annotation.id, label, annotation.quote)
        before["label"], after["label"] = old.name, label.name
    set_values(work.session, project_id, annotation.id, label, values, unconfirmed=guesses)
    if operation.note is not None:
        before["note"], after["note"] = annotation.note, note
        annotation.note = note
    if operation.unsure is not None:
        before["unsure"], after["unsure"] = annotation.unsure, operation.unsure
        annotation.unsure = operation.unsure
    return _touched(work, annotation, "annotation.changed", before, after)


def _move(work: SpanWork, annotation: Annotation, operation: MoveSpan) -> Done:
    label = work.scheme.by_id[annotation.label_id]
    place = locate(work.text, operation.extent, operation.quote)
    old = _place(annotation)
    if place != old:
        _refuse_twin(work, place, label)
    annotation.start, annotation.end, annotation.quote = place.start, place.end, place.quote
    annotation.first_block, annotation.last_block = place.first_block, place.last_block
    uuid, rev, _ = _touched(
        work, annotation, "annotation.moved", _plain(label, old), _plain(label, place)
    )
    blocks = min(old.first_block, place.first_block), max(old.last_block, place.last_block)
    return uuid, rev, blocks


def _delete(work: SpanWork, annotation: Annotation) -> Done:
    label = work.scheme.by_id[annotation.label_id]
    annotation.deleted_at = now()
    before = _plain(label, _place(annotation))
    return _touched(work, annotation, "annotation.deleted", before, None)


def _restore(work: SpanWork, annotation: Annotation) -> Done:
    label = work.scheme.by_id[annotation.label_id]
    if annotation.deleted_at is None:
        return annotation.uuid, annotation.rev, (annotation.first_block, annotation.last_block)
    _refuse_twin(work, _place(annotation), label)
    annotation.deleted_at = None
    after = _plain(label, _place(annotation))
    return _touched(work, annotation, "annotation.restored", None, after)


def _touched(
    work: SpanWork,
    annotation: Annotation,
    kind: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> Done:
    annotation.rev += 1
    _note(work, kind, annotation.uuid, before, after)
    return annotation.uuid, annotation.rev, (annotation.first_block, annotation.last_block)


def _note(
    work: SpanWork,
    kind: str,
    uuid: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    count_change(work.session, work.layer)
    record_event(
        work.session,
        work.actor,
        kind,
        project_id=work.place.project_id,
        article_id=work.place.article_id,
        layer_id=work.layer.id,
        subject=uuid,
        before=before,
        after=after,
    )


def _find(work: SpanWork, uuid: str) -> Annotation:
    annotation = None
    if UUID.fullmatch(uuid):
        annotation = work.session.scalar(_BY_UUID, {"layer": work.layer.id, "uuid": uuid})
    if annotation is None:
        raise NotFound("There is no such mark in your work on this article. Nothing was changed.")
    return annotation


def _taken(work: SpanWork, uuid: str, place: Place, label: SchemeLabel) -> Done:
    """The mark that holds the extent and label already; raises ``Conflict`` for a taken id."""
    twin = find_twin(work, place, label.id)
    if twin is None:
        raise Conflict(
            f"The id {uuid} belongs to another mark. Nothing was stored; use a new id.",
            code="id-taken",
        )
    return twin.uuid, twin.rev, (twin.first_block, twin.last_block)


def _refuse_twin(work: SpanWork, place: Place, label: SchemeLabel) -> None:
    if find_twin(work, place, label.id) is not None:
        raise Conflict(
            f"You marked the same words as {label.name} already. Nothing was changed.",
            code="duplicate",
        )


def _checked_note(note: str | None) -> str | None:
    if note is None:
        return None
    return checked_text(note, what="A note", longest=MOST_NOTE) or None


def _columns(place: Place) -> dict[str, Any]:
    return {
        "start_offset": place.start,
        "end_offset": place.end,
        "first_block": place.first_block,
        "last_block": place.last_block,
        "quote": place.quote,
    }


def _place(row: Annotation) -> Place:
    return Place(row.start, row.end, row.first_block, row.last_block, row.quote)


def _plain(label: SchemeLabel, place: Place) -> dict[str, Any]:
    return {"label": label.name, "start": place.start, "end": place.end, "quote": place.quote}
