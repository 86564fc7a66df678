"""What a layer holds, and how far a person got."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from annotator.domain.permissions import Actor
from annotator.services.scheme import ProjectScheme, SchemeLabel
from annotator.storage.tables import Annotation, Answer, Attribute, Layer, Value


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """Marks per label in scheme order, guesses left unconfirmed, questions without an answer."""

    counts: list[tuple[SchemeLabel, int]]
    total: int
    guesses: int
    unanswered: list[str]


def summarise_layer(session: Session, layer: Layer, scheme: ProjectScheme) -> LayerSummary:
    """What a layer holds, and what its article card lacks."""
    rows = session.execute(
        select(Annotation.label_id, func.count())
        .where(Annotation.layer_id == layer.id, Annotation.deleted_at.is_(None))
        .group_by(Annotation.label_id)
    )
    counted = dict(rows.all())
    answered = set(session.scalars(select(Answer.attribute_id).where(Answer.layer_id == layer.id)))
    return LayerSummary(
        [(label, counted[label.id]) for label in scheme.labels if label.id in counted],
        sum(counted.values()),
        _unconfirmed(session, layer),
        [question.title for question in scheme.questions if question.id not in answered],
    )


def finished_count(session: Session, actor: Actor, project_id: int) -> int:
    """How many articles of a project the actor has finished."""
    query = select(func.count()).select_from(Layer)
    return (
        session.scalar(
            query.where(
                Layer.project_id == project_id,
                Layer.user_id == actor.user_id,
                Layer.state == "done",
            )
        )
        or 0
    )


def _unconfirmed(session: Session, layer: Layer) -> int:
    query = (
        select(func.count())
        .select_from(Value)
        .join(Annotation, Annotation.id == Value.annotation_id)
        .join(Attribute, Attribute.id == Value.attribute_id)
        .where(
            Annotation.layer_id == layer.id,
            Annotation.deleted_at.is_(None),
            # Values of a label that the mark had before are kept, but nobody sees them.
            Attribute.label_id == Annotation.label_id,
            Value.confirmed.is_(False),
        )
    )
    return session.scalar(query) or 0
