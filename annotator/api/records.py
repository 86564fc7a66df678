"""From canonical records to articles of the domain and, with what the store adds, back."""

import uuid

from annotator.api.answers import (
    AnnotationAnswer,
    ArticleAnswer,
    CardAnswer,
    LayerAnswer,
    RelationAnswer,
)
from annotator.api.requests import RecordAnnotation, RecordBody
from annotator.domain import corpus
from annotator.domain.blocks import Block
from annotator.domain.records import bad_record
from annotator.services.annotations import SeenAnnotation
from annotator.services.records import NEW, ReadRecord
from annotator.storage.tables import Layer


def as_article(body: RecordBody, *, caller: str, language: str) -> corpus.Article:
    """The record as the domain has it: ids made, and the caller named, where it leaves them out.

    Raises ``Invalid`` for an annotation in a layer that is not its annotator's, or with a stray
    name among those that nobody confirmed.
    """
    annotations = tuple(_annotation(annotation, caller) for annotation in body.annotations)
    answers = tuple(
        corpus.Answer(a.question, a.answer, a.annotator or caller, a.annotation)
        for a in body.answers
    )
    relations = dict.fromkeys(
        corpus.Relation(r.type, r.source, r.target, r.annotator or caller) for r in body.relations
    )
    return corpus.Article(
        id=body.id or str(uuid.uuid4()),
        text=body.text,
        title=body.title,
        language=body.language or language,
        meta=body.meta,
        batch=body.batch,
        blocks=tuple(
            Block(kind, start, end, 1 if kind == "heading" else 0)
            for start, end, kind in body.blocks
        ),
        annotations=annotations,
        relations=tuple(relations),
        answers=answers,
        done=tuple(dict.fromkeys(body.done)),
        skipped=body.skipped,
    )


def draw_annotation(seen: SeenAnnotation) -> AnnotationAnswer:
    """One annotation with its revision."""
    return _answer(seen.annotation, seen.rev)


def draw_record(read: ReadRecord) -> ArticleAnswer:
    """A whole article; every key is there, empty where there is nothing to say."""
    article, layer = read.article, read.layer
    return ArticleAnswer(
        id=read.id,
        external_id=article.id,
        title=article.title,
        language=article.language,
        batch=article.batch,
        length=read.length,
        ready=read.ready,
        created_at=read.created_at,
        state=layer.state if layer else NEW,
        text=article.text,
        meta=dict(article.meta),
        blocks=[(block.start, block.end, block.kind) for block in article.blocks],
        annotations=[_answer(a, read.revs[a.id]) for a in article.annotations],
        relations=[
            RelationAnswer(type=r.type, source=r.source, target=r.target, annotator=r.annotator)
            for r in article.relations
        ],
        answers=[
            CardAnswer(
                question=a.question,
                answer=a.answer,
                annotator=a.annotator,
                annotation=a.annotation,
            )
            for a in article.answers
        ],
        done=list(article.done),
        skipped=dict(article.skipped),
        layer=draw_layer(layer),
    )


def draw_layer(layer: Layer | None) -> LayerAnswer:
    """Where the caller stands with an article; None: not begun."""
    if layer is None:
        return LayerAnswer(state="new", seq=0, skip_reason=None, note=None)
    return LayerAnswer(
        state=layer.state,
        seq=layer.seq,
        skip_reason=layer.skip_reason,
        note=layer.note,
    )


def _annotation(given: RecordAnnotation, caller: str) -> corpus.Annotation:
    annotator = given.annotator or given.layer or caller
    if given.layer not in (None, annotator):
        raise bad_record(f"an annotation is by {annotator}, but in the layer of {given.layer}")
    stray = set(given.unconfirmed) - set(given.values)
    if stray:
        raise bad_record(f"“unconfirmed” names {min(stray)}, which is not among the values")
    return corpus.Annotation(
        id=given.id or str(uuid.uuid4()),
        start=given.start,
        end=given.end,
        label=given.label,
        quote=given.quote or "",
        annotator=annotator,
        layer=annotator,
        values=given.values,
        unconfirmed=tuple(given.unconfirmed),
        note=given.note,
        unsure=given.unsure,
    )


def _answer(annotation: corpus.Annotation, rev: int) -> AnnotationAnswer:
    return AnnotationAnswer(
        id=annotation.id,
        start=annotation.start,
        end=annotation.end,
        label=annotation.label,
        quote=annotation.quote,
        annotator=annotation.annotator,
        layer=annotation.layer,
        values=dict(annotation.values),
        unconfirmed=list(annotation.unconfirmed),
        note=annotation.note,
        unsure=annotation.unsure,
        rev=rev,
    )
