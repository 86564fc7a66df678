"""Reading articles with chosen layers from the database, a handful at a time.

Rows are read as columns, not as objects, so that memory does not grow with the corpus.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from annotator.domain import corpus
from annotator.domain.blocks import Block as TextBlock
from annotator.domain.corpus import NOT_STATED, Scalar
from annotator.domain.values import plain_number
from annotator.services.scheme import ProjectScheme
from annotator.storage.tables import (
    Annotation,
    Answer,
    Article,
    Batch,
    Block,
    Layer,
    Relation,
    User,
    Value,
)

CHUNK = 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose layer it is and where it stands."""

    name: str
    state: str
    skip_reason: str | None
    asked_version: int | None


def read_articles(
    session: Session,
    scheme: ProjectScheme,
    asked: Mapping[int, frozenset[str]],
    layers: Mapping[int, Sequence[int]],
) -> Iterator[tuple[int, corpus.Article]]:
    """Database id and article for each key of ``layers``, in its order, with those layers."""
    ids = iter(layers)
    while chunk := list(islice(ids, CHUNK)):
        yield from _read_chunk(session, scheme, asked, {id_: layers[id_] for id_ in chunk})


def _read_chunk(
    session: Session,
    scheme: ProjectScheme,
    asked: Mapping[int, frozenset[str]],
    layers: Mapping[int, Sequence[int]],
) -> Iterator[tuple[int, corpus.Article]]:
    wanted = [layer_id for ids in layers.values() for layer_id in ids]
    owners = _owners(session, wanted)
    blocks = _blocks(session, list(layers))
    annotations = _annotations(session, scheme, wanted, owners)
    relations = _relations(session, scheme, wanted, owners)
    answers = _answers(session, scheme, wanted, owners)
    rows = session.execute(
        select(
            Article.id,
            Article.external_id,
            Article.text,
            Article.title,
            Article.language,
            Article.url,
            Article.publisher,
            Article.published,
            Article.doi,
            Article.meta,
            Batch.name.label("batch"),
        )
        .outerjoin(Batch, Batch.id == Article.batch_id)
        .where(Article.id.in_(layers))
    )
    found = {row.id: row for row in rows}
    for article_id, layer_ids in layers.items():
        row = found[article_id]
        states = [(owners[id_].name, owners[id_]) for id_ in layer_ids]
        yield (
            article_id,
            corpus.Article(
                id=row.external_id,
                text=row.text,
                title=row.title,
                language=row.language,
                meta=_meta(row),
                batch=row.batch,
                blocks=tuple(blocks[article_id]),
                annotations=_joined(annotations, layer_ids),
                relations=_joined(relations, layer_ids),
                answers=_joined(answers, layer_ids),
                done=tuple(name for name, owner in states if owner.state == "done"),
                skipped={n: o.skip_reason for n, o in states if o.skip_reason is not None},
                asked={
                    name: asked.get(owner.asked_version or 0, frozenset())
                    for name, owner in states
                    if owner.state == "done"
                },
            ),
        )


def _meta(row: Row[Any]) -> dict[str, object]:
    columns = {
        "url": row.url,
        "publisher": row.publisher,
        "published": row.published.isoformat() if row.published else None,
        "doi": row.doi,
    }
    given: dict[str, object] = {name: value for name, value in columns.items() if value}
    return given | dict(row.meta)


def _joined(by_layer: Mapping[int, list[T]], layer_ids: Sequence[int]) -> tuple[T, ...]:
    return tuple(item for id_ in layer_ids for item in by_layer.get(id_, ()))


def _owners(session: Session, layer_ids: Sequence[int]) -> dict[int, _Owner]:
    rows = session.execute(
        select(
            Layer.id,
            func.coalesce(User.name, Layer.source),
            Layer.state,
            Layer.skip_reason,
            Layer.asked_version,
        )
        .outerjoin(User, User.id == Layer.user_id)
        .where(Layer.id.in_(layer_ids))
    )
    return {id_: _Owner(name, state, reason, version) for id_, name, state, reason, version in rows}


def _blocks(session: Session, article_ids: Sequence[int]) -> dict[int, list[TextBlock]]:
    found: dict[int, list[TextBlock]] = defaultdict(list)
    for article_id, kind, start, end, level in session.execute(
        select(Block.article_id, Block.kind, Block.start, Block.end, Block.level)
        .where(Block.article_id.in_(article_ids))
        .order_by(Block.article_id, Block.position)
    ):
        found[article_id].append(TextBlock(kind, start, end, level))  # type: ignore[arg-type]
    return found


def _annotations(
    session: Session,
    scheme: ProjectScheme,
    layer_ids: Sequence[int],
    owners: Mapping[int, _Owner],
) -> dict[int, list[corpus.Annotation]]:
    values = _values(session, scheme, layer_ids)
    found: dict[int, list[corpus.Annotation]] = defaultdict(list)
    for row in session.execute(
        select(
            Annotation.id,
            Annotation.uuid,
            Annotation.layer_id,
            Annotation.label_id,
            Annotation.start,
            Annotation.end,
            Annotation.quote,
            Annotation.note,
            Annotation.unsure,
        )
        .where(Annotation.layer_id.in_(layer_ids), Annotation.deleted_at.is_(None))
        .order_by(Annotation.layer_id, Annotation.start, Annotation.end.desc(), Annotation.id)
    ):
        name = owners[row.layer_id].name
        given = values.get((row.id, row.label_id), {})
        found[row.layer_id].append(
            corpus.Annotation(
                id=row.uuid,
                start=row.start,
                end=row.end,
                label=scheme.by_id[row.label_id].name,
                quote=row.quote,
                annotator=name,
                layer=name,
                values={key: value for key, (value, _) in given.items()},
                unconfirmed=tuple(key for key, (_, confirmed) in given.items() if not confirmed),
                note=row.note,
                unsure=row.unsure,
            )
        )
    return found


def _values(
    session: Session, scheme: ProjectScheme, layer_ids: Sequence[int]
) -> dict[tuple[int, int], dict[str, tuple[Scalar, bool]]]:
    owners = {a.id: (label.id, a) for label in scheme.labels for a in label.attributes}
    order = {id_: place for place, id_ in enumerate(owners)}
    options = {o.id: o.name for _, a in owners.values() for o in a.options}
    rows = session.execute(
        select(
            Value.annotation_id,
            Value.attribute_id,
            Value.option_id,
            Value.number,
            Value.text,
            Value.confirmed,
        )
        .join(Annotation, Annotation.id == Value.annotation_id)
        .where(Annotation.layer_id.in_(layer_ids), Annotation.deleted_at.is_(None))
    )
    found: dict[tuple[int, int], dict[str, tuple[Scalar, bool]]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: (row.annotation_id, order[row.attribute_id])):
        label_id, attribute = owners[row.attribute_id]
        value: Scalar = NOT_STATED
        if row.option_id is not None:
            value = options[row.option_id]
        elif row.number is not None:
            value = plain_number(row.number)
        elif row.text is not None:
            value = row.text
        found[row.annotation_id, label_id][attribute.name] = (value, row.confirmed)
    return found


def _relations(
    session: Session,
    scheme: ProjectScheme,
    layer_ids: Sequence[int],
    owners: Mapping[int, _Owner],
) -> dict[int, list[corpus.Relation]]:
    names = {id_: name for name, id_ in scheme.relation_types.items()}
    source, target = aliased(Annotation), aliased(Annotation)
    rows = session.execute(
        select(Relation.layer_id, Relation.type_id, source.uuid, target.uuid)
        .join(source, source.id == Relation.source_id)
        .join(target, target.id == Relation.target_id)
        .where(
            Relation.layer_id.in_(layer_ids),
            source.deleted_at.is_(None),
            target.deleted_at.is_(None),
        )
        .order_by(Relation.id)
    )
    found: dict[int, list[corpus.Relation]] = defaultdict(list)
    for layer_id, type_id, source_id, target_id in rows:
        found[layer_id].append(
            corpus.Relation(names[type_id], source_id, target_id, owners[layer_id].name)
        )
    return found


def _answers(
    session: Session,
    scheme: ProjectScheme,
    layer_ids: Sequence[int],
    owners: Mapping[int, _Owner],
) -> dict[int, list[corpus.Answer]]:
    asked = (*scheme.questions, *scheme.documents)
    place = {question.id: number for number, question in enumerate(asked)}
    options = {option.id: option.name for question in asked for option in question.options}
    rows = session.execute(
        select(Answer.layer_id, Answer.attribute_id, Answer.option_id, Annotation.uuid)
        .outerjoin(
            Annotation,
            (Annotation.id == Answer.annotation_id) & Annotation.deleted_at.is_(None),
        )
        .where(Answer.layer_id.in_(layer_ids))
    ).all()
    found: dict[int, list[corpus.Answer]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.layer_id, place[row.attribute_id])):
        found[row.layer_id].append(
            corpus.Answer(
                asked[place[row.attribute_id]].name,
                options[row.option_id],
                owners[row.layer_id].name,
                row.uuid,
            )
        )
    return found
