"""What the annotate page shows: an article's blocks with the annotations of one layer."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from annotator.domain.corpus import Scalar
from annotator.domain.errors import NotFound
from annotator.domain.permissions import Actor, may
from annotator.domain.places import ArticleText
from annotator.services.layers import drawable, find_article, own_layer
from annotator.services.projects import open_project
from annotator.services.scheme import ProjectScheme, load_scheme
from annotator.services.texts import load_text
from annotator.services.values import read_values
from annotator.storage.engine import run
from annotator.storage.tables import Annotation, Article, Layer, Project

_OF_LAYER = (
    select(
        Annotation.id,
        Annotation.uuid,
        Annotation.start,
        Annotation.end,
        Annotation.first_block,
        Annotation.last_block,
        Annotation.label_id,
        Annotation.quote,
        Annotation.rev,
        Annotation.unsure,
        Annotation.note,
    )
    .where(Annotation.layer_id == bindparam("layer"), Annotation.deleted_at.is_(None))
    .order_by(Annotation.start, Annotation.end.desc(), Annotation.id)
)
_OF_BLOCKS = _OF_LAYER.where(
    or_(
        Annotation.first_block.in_(bindparam("positions", expanding=True)),
        and_(
            Annotation.last_block > Annotation.first_block,
            Annotation.last_block >= bindparam("first"),
            Annotation.first_block <= bindparam("last"),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class ReadAnnotation:
    """An annotation with its values as (name, value, confirmed)."""

    uuid: str
    start: int
    end: int
    first_block: int
    label_id: int
    quote: str
    rev: int
    unsure: bool
    note: str | None
    values: tuple[tuple[str, Scalar, bool], ...]


@dataclass(frozen=True, slots=True)
class ReadBlock:
    """A block with its text and the annotations that touch it; offsets in code points."""

    position: int
    kind: str
    level: int
    start: int
    end: int
    text: str
    tokens: str
    annotations: list[ReadAnnotation]


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article as one person works on it; ``layer`` None where they have not begun."""

    project: Project
    article: Article
    layer: Layer | None
    scheme: ProjectScheme
    blocks: list[ReadBlock]


@dataclass(frozen=True, slots=True)
class OpenArticle:
    """An article that the actor may read, and their own layer on it, None where not begun."""

    project: Project
    article: Article
    layer: Layer | None


def open_article(session: Session, actor: Actor, *, slug: str, article_id: int) -> OpenArticle:
    """The article and the actor's own layer. Raises ``NotFound`` where it is not theirs to read.

    Annotators read what they began and what still needs readers; managers and reviewers read all.
    """
    project = open_project(session, actor, slug, "article:read")
    article = find_article(session, project, article_id)
    layer = own_layer(session, actor, article.id)
    if layer is None and not _may_open(session, actor, project, article):
        raise NotFound("There is no such article in this project, or enough people read it.")
    return OpenArticle(project, article, layer)


def read_article(session: Session, actor: Actor, *, slug: str, article_id: int) -> ReadArticle:
    """Everything the annotate page shows; raises as ``open_article`` does."""
    found = open_article(session, actor, slug=slug, article_id=article_id)
    project, article, layer = found.project, found.article, found.layer
    scheme = load_scheme(session, project.id, project.scheme_version)
    text = load_text(session, article.id, sha256=article.sha256, ready=article.ready_at is not None)
    blocks = read_blocks(session, text, layer.id if layer else None, scheme, None)
    return ReadArticle(project, article, layer, scheme, blocks)


def read_blocks(
    session: Session,
    text: ArticleText,
    layer_id: int | None,
    scheme: ProjectScheme,
    positions: Collection[int] | None,
) -> list[ReadBlock]:
    """Blocks in order with the layer's annotations; all of them, or those at ``positions``."""
    wanted = range(len(text.blocks)) if positions is None else sorted(positions)
    touching = _by_block(session, layer_id, scheme, positions)
    return [
        ReadBlock(
            position,
            block.kind,
            block.level,
            block.start,
            block.end,
            text.text[block.start : block.end],
            block.tokens,
            touching.get(position, []),
        )
        for position in wanted
        for block in [text.blocks[position]]
    ]


def _by_block(
    session: Session,
    layer_id: int | None,
    scheme: ProjectScheme,
    positions: Collection[int] | None,
) -> dict[int, list[ReadAnnotation]]:
    found: dict[int, list[ReadAnnotation]] = {}
    if layer_id is None:
        return found
    place: dict[str, object] = {"layer": layer_id}
    if positions is not None:
        place |= {"positions": list(positions), "first": min(positions), "last": max(positions)}
    rows = run(session, _OF_LAYER if positions is None else _OF_BLOCKS, place).all()
    values = read_values(session, scheme, {row.id: row.label_id for row in rows})
    for row in rows:
        annotation = ReadAnnotation(
            row.uuid,
            row.start_offset,
            row.end_offset,
            row.first_block,
            row.label_id,
            row.quote,
            row.rev,
            row.unsure,
            row.note,
            tuple((name, *value) for name, value in values.get(row.id, {}).items()),
        )
        for position in range(row.first_block, row.last_block + 1):
            found.setdefault(position, []).append(annotation)
    return found


def _may_open(session: Session, actor: Actor, project: Project, article: Article) -> bool:
    if may(actor, "layer:see-others", project.id):
        return True
    query = select(Article.id).where(Article.id == article.id, drawable(actor, project))
    return session.scalar(query) is not None
