"""The layers of an imported record: whose they are, their annotations, relations and answers."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.orm import Session

from annotator.domain import corpus
from annotator.domain.curation import MAJORITY
from annotator.domain.errors import Invalid
from annotator.domain.naming import UUID
from annotator.domain.operations import TextExtent
from annotator.domain.permissions import Actor
from annotator.domain.places import ArticleText, locate
from annotator.domain.workflow import (
    ANNOTATOR_LAYER,
    DONE,
    GOLD_LAYER,
    OPEN,
    SKIPPED,
    SUGGESTION_LAYER,
)
from annotator.services.corpora import ALL, GOLD
from annotator.services.events import record_event
from annotator.services.import_links import store_answers, store_relations
from annotator.services.labels import add_label
from annotator.services.layers import free_slot
from annotator.services.row_locks import keep_members, lock_article, lock_labels
from annotator.services.scheme import ProjectScheme, SchemeLabel, load_scheme
from annotator.services.texts import read_text
from annotator.services.values import insert_values, value_rows
from annotator.storage.tables import (
    Annotation,
    Article,
    Layer,
    Membership,
    Project,
    User,
    now,
)

_INSERT = insert(Annotation).returning(Annotation.uuid, Annotation.id)
_TAKEN = (
    select(Annotation.uuid)
    .where(
        Annotation.project_id == bindparam("project"),
        Annotation.uuid.in_(bindparam("ids", expanding=True)),
    )
    .limit(1)
)


def store_layers(
    session: Session,
    actor: Actor,
    project: Project,
    article: Article,
    record: corpus.Article,
    *,
    create: bool,
) -> list[str]:
    """Store every layer that ``record`` names and the article lacks; the labels that were made.

    The record's offsets count in the text that was stored.

    Raises ``Invalid`` for anything in the record that cannot be kept: a stranger's layer, an
    unknown label where they are not created, a wrong quote, an unfit value.
    """
    created = _create_labels(session, actor, project, record, create=create)
    scheme = load_scheme(session, project.id, project.scheme_version)
    text = read_text(session, article.id)
    for name in missing_layers(session, article.id, record):
        layer = _store_layer(session, project, article, record, name)
        ids = _store_annotations(
            session, project, article, layer, scheme, text, _of(record.annotations, name)
        )
        store_relations(session, project, layer, scheme, _of(record.relations, name), ids)
        store_answers(session, project, layer, scheme, _of(record.answers, name), ids)
        record_event(
            session,
            actor,
            "layer.imported",
            project_id=project.id,
            article_id=article.id,
            layer_id=layer.id,
            subject=name,
            after={"state": layer.state, "annotations": sorted(ids)},
        )
    return created


def lock_places(
    session: Session, project: Project, article: Article | None, record: corpus.Article
) -> None:
    """Lock what storing the record's layers will need, before its first event; see ``row_locks``.

    ``article`` is the one that the project has already, where it has it.
    """
    keep_members(session, project.id, _layer_names(record))
    if article is not None:
        lock_article(session, article.id)
    lock_labels(session, project.id)


def missing_layers(session: Session, article_id: int, record: corpus.Article) -> list[str]:
    """Names of the layers that ``record`` has and the stored article has not."""
    owners = session.scalars(
        select(func.coalesce(User.name, Layer.source))
        .select_from(Layer)
        .outerjoin(User, User.id == Layer.user_id)
        .where(Layer.article_id == article_id, Layer.kind != SUGGESTION_LAYER)
    )
    there = set(owners)
    return [name for name in _layer_names(record) if name not in there]


def _layer_names(record: corpus.Article) -> list[str]:
    marked = [annotation.annotator for annotation in record.annotations]
    linked = [relation.annotator for relation in record.relations]
    answered = [answer.annotator for answer in record.answers]
    return list(dict.fromkeys([*marked, *linked, *answered, *record.done, *record.skipped]))


def _of(items: Iterable[Any], name: str) -> list[Any]:
    return [item for item in items if item.annotator == name]


def _create_labels(
    session: Session, actor: Actor, project: Project, record: corpus.Article, *, create: bool
) -> list[str]:
    scheme = load_scheme(session, project.id, project.scheme_version)
    wanted = dict.fromkeys(a.label for a in record.annotations)
    missing = [name for name in wanted if name not in scheme.by_name]
    if missing and not create:
        raise Invalid(
            f"The project has no label {', '.join(missing)}. The record was not taken; add the "
            "labels, or import with --labels create.",
            code="unknown-label",
        )
    for name in missing:
        add_label(session, actor, slug=project.slug, name=name)
    return missing


def _store_layer(
    session: Session, project: Project, article: Article, record: corpus.Article, name: str
) -> Layer:
    gold = name == GOLD
    user_id = None if gold else _member(session, project, name)
    reason = record.skipped.get(name)
    state = DONE if name in record.done else SKIPPED if reason is not None else OPEN
    counted = not gold and state != SKIPPED and _role(session, project, user_id) == "annotator"
    layer = Layer(
        project_id=project.id,
        article_id=article.id,
        kind=GOLD_LAYER if gold else ANNOTATOR_LAYER,
        user_id=user_id,
        source=GOLD if gold else "",
        state=state,
        slot=free_slot(session, article.id, project.annotators_per_article) if counted else None,
        seq=1,
        asked_version=project.scheme_version if state == DONE else None,
        skip_reason=reason,
        finished_at=None if state == OPEN else now(),
    )
    session.add(layer)
    session.flush()
    return layer


def _member(session: Session, project: Project, name: str) -> int:
    if name in (MAJORITY, ALL, ""):
        raise Invalid(
            "An annotation names nobody as its annotator. The record was not taken; name one in "
            "the file, or import with --as."
            if not name
            else f"“{name}” cannot be a person's layer. The record was not taken.",
            code="no-annotator",
        )
    user_id = session.scalar(
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(User.name == name, Membership.project_id == project.id)
    )
    if user_id is None:
        raise Invalid(
            f"“{name}” is not a member of this project, so there is no layer for these "
            "annotations. The record was not taken; add the member, or import with --as.",
            code="not-a-member",
        )
    return user_id


def _role(session: Session, project: Project, user_id: int | None) -> str | None:
    membership = session.get(Membership, (project.id, user_id)) if user_id else None
    return membership.role if membership else None


def _store_annotations(
    session: Session,
    project: Project,
    article: Article,
    layer: Layer,
    scheme: ProjectScheme,
    text: ArticleText,
    annotations: Sequence[corpus.Annotation],
) -> dict[str, int]:
    if not annotations:
        return {}
    rows = [
        _row(project, article, layer, scheme.by_name[annotation.label], annotation, text)
        for annotation in annotations
    ]
    _refuse_taken_ids(session, project, annotations)
    ids = dict(session.execute(_INSERT, rows).all())
    values = [
        row
        for annotation in annotations
        for row in value_rows(
            project.id,
            ids[annotation.id],
            scheme.by_name[annotation.label],
            annotation.values,
            unconfirmed=annotation.unconfirmed,
        )
    ]
    insert_values(session, values)
    return ids


def _row(
    project: Project,
    article: Article,
    layer: Layer,
    label: SchemeLabel,
    annotation: corpus.Annotation,
    text: ArticleText,
) -> dict[str, Any]:
    if not UUID.fullmatch(annotation.id):
        raise Invalid(f"“{annotation.id}” is not a lower-case UUID. The record was not taken.")
    place = locate(text, TextExtent(annotation.start, annotation.end), annotation.quote)
    return {
        "uuid": annotation.id,
        "project_id": project.id,
        "article_id": article.id,
        "layer_id": layer.id,
        "label_id": label.id,
        "start": place.start,
        "end": place.end,
        "first_block": place.first_block,
        "last_block": place.last_block,
        "quote": place.quote,
        "scheme_version": project.scheme_version,
        "origin": "import",
        "unsure": annotation.unsure,
        "note": annotation.note,
        "created_at": now(),
    }


def _refuse_taken_ids(
    session: Session, project: Project, annotations: Sequence[corpus.Annotation]
) -> None:
    ids = [annotation.id for annotation in annotations]
    if len(set(ids)) < len(ids):
        raise Invalid("Two annotations have the same id. The record was not taken.")
    taken = session.scalar(_TAKEN, {"project": project.id, "ids": ids})
    if taken is not None:
        raise Invalid(f"The id {taken} is taken already. The record was not taken.")
