"""Reading annotations as the actor may see them: their own layer, or everybody's.

Reviewers, managers and everybody in an open project see all layers of an article; while a project
is blind, an annotator sees only their own. Suggestions are nobody's work and are not among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from annotator.domain import corpus
from annotator.domain.errors import NotFound
from annotator.domain.permissions import Actor, sees_others
from annotator.domain.workflow import ANNOTATOR_LAYER, GOLD_LAYER, SUGGESTION_LAYER
from annotator.services.reading import open_article
from annotator.services.scheme import ProjectScheme, load_scheme
from annotator.services.values import read_values
from annotator.storage.tables import Annotation, Layer, Project, User


@dataclass(frozen=True, slots=True)
class SeenAnnotation:
    """An annotation as files name it, with its revision; ``number`` orders it in the article."""

    number: int
    rev: int
    annotation: corpus.Annotation


@dataclass(frozen=True, slots=True)
class AnnotationPage:
    """Annotations in the order they were made; ``next`` goes into ``after`` for what follows."""

    items: list[SeenAnnotation]
    next: int | None


def visible_layers(
    session: Session, actor: Actor, project: Project, article_id: int
) -> dict[int, str]:
    """Ids and names of the layers that the actor may see: gold first, then by name."""
    name = func.coalesce(User.name, Layer.source)
    query = (
        select(Layer.id, name, Layer.kind)
        .outerjoin(User, User.id == Layer.user_id)
        .where(Layer.article_id == article_id, Layer.kind != SUGGESTION_LAYER)
    )
    if not sees_others(actor, project.id, blind=project.blind):
        query = query.where(Layer.kind == ANNOTATOR_LAYER, Layer.user_id == actor.user_id)
    rows = session.execute(query).all()
    ordered = sorted(rows, key=lambda row: (row.kind != GOLD_LAYER, row[1]))
    return {id_: owner for id_, owner, _ in ordered}


def list_annotations(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    article_id: int,
    after: int = 0,
    limit: int = 100,
    layer: str | None = None,
) -> AnnotationPage:
    """A page of the article's annotations, of all visible layers or of the one named ``layer``."""
    opened = open_article(session, actor, slug=slug, article_id=article_id)
    layers = visible_layers(session, actor, opened.project, article_id)
    if layer is not None:
        layers = {id_: name for id_, name in layers.items() if name == layer}
    query = (
        select(Annotation)
        .where(
            Annotation.layer_id.in_(layers),
            Annotation.deleted_at.is_(None),
            Annotation.id > after,
        )
        .order_by(Annotation.id)
    )
    rows = session.scalars(query.limit(limit + 1)).all()
    scheme = load_scheme(session, opened.project.id, opened.project.scheme_version)
    items = see_annotations(session, scheme, rows[:limit], layers)
    return AnnotationPage(items, items[-1].number if len(rows) > limit else None)


def read_annotation(
    session: Session, actor: Actor, *, slug: str, article_id: int, uuid: str
) -> SeenAnnotation:
    """One annotation of a layer that the actor may see; raises ``NotFound``."""
    opened = open_article(session, actor, slug=slug, article_id=article_id)
    layers = visible_layers(session, actor, opened.project, article_id)
    row = None
    if uuid.isprintable():
        query = select(Annotation).where(
            Annotation.layer_id.in_(layers),
            Annotation.uuid == uuid,
            Annotation.deleted_at.is_(None),
        )
        row = session.scalar(query)
    if row is None:
        raise NotFound("There is no such annotation on this article, or it is not open to you.")
    scheme = load_scheme(session, opened.project.id, opened.project.scheme_version)
    return see_annotations(session, scheme, [row], layers)[0]


def revisions(session: Session, layers: Sequence[int]) -> dict[str, int]:
    """Revision of each annotation in ``layers``, by its id."""
    query = select(Annotation.uuid, Annotation.rev).where(
        Annotation.layer_id.in_(layers), Annotation.deleted_at.is_(None)
    )
    return dict(session.execute(query).all())


def see_annotations(
    session: Session,
    scheme: ProjectScheme,
    rows: Sequence[Annotation],
    layers: dict[int, str],
) -> list[SeenAnnotation]:
    """``rows`` with their values in scheme order; ``layers`` names the layers they are of."""
    found = read_values(session, scheme, {row.id: row.label_id for row in rows})
    seen = []
    for row in rows:
        label, owner = scheme.by_id[row.label_id], layers[row.layer_id]
        given = found.get(row.id, {})
        values = {a.name: given[a.name] for a in label.attributes if a.name in given}
        annotation = corpus.Annotation(
            id=row.uuid,
            start=row.start,
            end=row.end,
            label=label.name,
            quote=row.quote,
            annotator=owner,
            layer=owner,
            values={name: value for name, (value, _) in values.items()},
            unconfirmed=tuple(name for name, (_, confirmed) in values.items() if not confirmed),
            note=row.note,
            unsure=row.unsure,
        )
        seen.append(SeenAnnotation(row.id, row.rev, annotation))
    return seen
