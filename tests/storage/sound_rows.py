"""Rows that every table takes, made of two projects: what tests of refusals change a little."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.domain.operations import AddSpan, TextExtent
from annotator.storage.tables import (
    Annotation,
    Attribute,
    AttributeOption,
    Label,
    Layer,
    Project,
    RelationType,
    now,
)
from tests.world import World, new_id

Row = dict[str, Any]


def two_projects(world: World) -> Mapping[str, Any]:
    """Rows of two projects by name; ``@`` in a case stands for one of them."""
    here, there = (
        world.project(ann="annotator", bob="annotator"),
        world.project("other", ann="annotator"),
    )
    first, second = world.article(), world.article(external_id="a2")
    far = world.article("other")
    ann = world.actor("ann")
    operation = AddSpan(new_id(), new_id(), TextExtent(20, 25), "PATIENT_COUNT")
    world.apply(ann, first, operation)
    world.mark(ann, second, "POPULATION", 26, 40)
    world.mark(ann, far, "POPULATION", 26, 40, slug="other")
    with world.database.read() as session:
        return {
            "uuid": operation.annotation,
            "operation": operation.id,
            "project": here.id,
            "other.project": there.id,
            "article": first,
            "second.article": second,
            "other.article": far,
            "user": world.people["ann"],
            "bob": world.people["bob"],
            "layer": session.scalars(select(Layer.id).where(Layer.article_id == first)).one(),
            "other.layer": session.scalars(select(Layer.id).where(Layer.article_id == far)).one(),
            "annotation": _annotation(session, first),
            "second.annotation": _annotation(session, second),
            "other.annotation": _annotation(session, far),
            "label": _label(session, here),
            "other.label": _label(session, there),
            "attribute": _attribute(session, here, "of"),
            "set.attribute": _attribute(session, here, "role"),
            "other.attribute": _attribute(session, there, "of"),
            "question": _attribute(session, here, "harms"),
            "answer": _option(session, _attribute(session, here, "harms")),
            "option": _option(session, _attribute(session, here, "role")),
            "relation_type": _relation_type(session, here),
            "other.relation_type": _relation_type(session, there),
        }


def row(name: str, named: Mapping[str, Any], change: Row) -> Row:
    """A row that the table takes, with ``change`` made to it."""
    stamp = {"created_at": now()}
    place = {"project_id": "@project", "article_id": "@article"}
    rows: dict[str, Row] = {
        "annotations": {
            **place,
            **stamp,
            "uuid": str(uuid.uuid4()),
            "layer_id": "@layer",
            "label_id": "@label",
            "start_offset": 21,
            "end_offset": 25,
            "first_block": 1,
            "last_block": 1,
            "quote": "ight",
            "rev": 1,
            "scheme_version": 1,
            "origin": "page",
            "unsure": False,
        },
        "annotation_values": {
            "annotation_id": "@annotation",
            "attribute_id": "@attribute",
            "project_id": "@project",
            "number": 8,
            "not_stated": False,
            "confirmed": True,
        },
        "layers": {
            **place,
            **stamp,
            "kind": "annotator",
            "user_id": "@bob",
            "source": "",
            "state": "open",
            "slot": 2,
            "seq": 0,
        },
        "relations": {
            "project_id": "@project",
            "layer_id": "@layer",
            "type_id": "@relation_type",
            "source_id": "@annotation",
            "target_id": "@annotation",
        },
        "answers": {
            "layer_id": "@layer",
            "attribute_id": "@question",
            "project_id": "@project",
            "option_id": "@answer",
            "annotation_id": "@annotation",
        },
        "articles": {
            **stamp,
            "project_id": "@project",
            "external_id": "a9",
            "version": 1,
            "language": "en",
            "text": "x",
            "length": 1,
            "sha256": "0" * 64,
            "bom_removed": False,
            "line_ends_replaced": 0,
            "meta": {},
        },
        "blocks": {
            "article_id": "@article",
            "position": 9,
            "kind": "body",
            "level": 0,
            "start_offset": 0,
            "end_offset": 1,
        },
        "labels": {
            "project_id": "@project",
            "number": 90,
            "name": "NINETY",
            "code": "NIN",
            "layer": "flat",
            "state": "on",
            "position": 90,
            "key": None,
            "colour": 7,
            "style": "solid",
            "definition": "",
            "rule": "",
            "yes": "",
            "no": "",
        },
        "attributes": {
            "project_id": "@project",
            "target": "label",
            "label_id": "@label",
            "name": "mood",
            "title": "Mood",
            "kind": "text",
            "required": False,
            "position": 9,
            "definition": "",
        },
        "projects": {
            **stamp,
            "slug": "third",
            "name": "Third",
            "language": "en",
            "annotators_per_article": 1,
            "blind": True,
            "event_seq": 0,
            "scheme_version": 0,
        },
        "memberships": {
            **stamp,
            "project_id": "@other.project",
            "user_id": "@bob",
            "role": "annotator",
        },
        "users": {**stamp, "name": "cy", "role": "member", "password_hash": "x"},
        "jobs": {
            **stamp,
            "project_id": "@project",
            "kind": "tokens",
            "state": "queued",
            "params": {},
            "step": 0,
            "steps": 0,
            "attempts": 0,
        },
        "events": {
            **place,
            "seq": 9000,
            "at": now(),
            "via": "web",
            "kind": "test",
            "previous_hash": "",
            "hash": "",
        },
        "operations": {
            **stamp,
            "user_id": "@user",
            "id": str(uuid.uuid4()),
            "kind": "AddSpan",
            "answer": {},
        },
        "sessions": {**stamp, "token_hash": "x", "user_id": "@user", "seen_at": now()},
    }
    found = rows[name] | change
    return {
        column: named[value[1:]] if isinstance(value, str) and value.startswith("@") else value
        for column, value in found.items()
    }


def _annotation(session: Session, article_id: int) -> int:
    return session.scalars(select(Annotation.id).where(Annotation.article_id == article_id)).one()


def _label(session: Session, project: Project) -> int:
    query = select(Label.id).where(Label.project_id == project.id)
    return session.scalars(query.where(Label.name == "PATIENT_COUNT")).one()


def _attribute(session: Session, project: Project, name: str) -> int:
    query = select(Attribute.id).outerjoin(Label, Label.id == Attribute.label_id)
    found = query.where(Attribute.project_id == project.id, Attribute.name == name)
    return session.scalars(found.where(Label.name.is_(None) | (Label.code == "N"))).one()


def _option(session: Session, attribute_id: int) -> int:
    query = select(AttributeOption.id).where(AttributeOption.attribute_id == attribute_id)
    return session.scalars(query.limit(1)).one()


def _relation_type(session: Session, project: Project) -> int:
    query = select(RelationType.id).where(RelationType.project_id == project.id)
    return session.scalars(query.limit(1)).one()
