"""Layers: who works on which article, and the quota of readers."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, exists, func, select, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.attributes import set_committed_value

from annotator.domain.errors import Conflict, NotFound
from annotator.domain.permissions import Actor, may, require
from annotator.domain.workflow import ANNOTATOR_LAYER, OPEN, SENT_BACK, SKIPPED
from annotator.services.events import record_event
from annotator.services.projects import SLUG, open_project
from annotator.services.row_locks import keep_labels, lock_article, lock_member
from annotator.storage.engine import run
from annotator.storage.tables import Article, Layer, Membership, Project

_OWN = select(Layer).where(
    Layer.article_id == bindparam("article"),
    Layer.kind == ANNOTATOR_LAYER,
    Layer.user_id == bindparam("user"),
)
_OWN_LOCKED = _OWN.with_for_update(of=Layer).execution_options(populate_existing=True)
_COUNT = (
    update(Layer)
    .where(Layer.id == bindparam("layer"))
    .values(seq=Layer.seq + 1)
    .returning(Layer.seq)
)
_PLACE = (
    select(
        Project.id,
        Project.scheme_version,
        Project.annotators_per_article,
        Article.id.label("article_id"),
        Article.sha256,
        Article.ready_at,
        Article.withdrawn_at,
    )
    .join(Article, Article.project_id == Project.id)
    .where(Project.slug == bindparam("slug"), Article.id == bindparam("article"))
)
_ARTICLE = select(Article).where(
    Article.project_id == bindparam("project"), Article.id == bindparam("article")
)


@dataclass(frozen=True, slots=True)
class Workplace:
    """An article that somebody may work on, and what its project asks of the work."""

    project_id: int
    slug: str
    scheme_version: int
    quota: int
    """How many annotators the article needs."""
    article_id: int
    sha256: str
    ready: bool


def open_workplace(session: Session, actor: Actor, *, slug: str, article_id: int) -> Workplace:
    """The article if the actor may annotate it; raises ``NotFound`` or ``Forbidden``.

    One query on columns, because every save asks it.
    """
    row = None
    if SLUG.fullmatch(slug):
        row = run(session, _PLACE, {"slug": slug, "article": article_id}).first()
    if row is None or row.withdrawn_at is not None:
        open_project(session, actor, slug, "article:annotate")
        raise _no_article()
    require(actor, "article:annotate", row.id)
    return Workplace(
        row.id,
        slug,
        row.scheme_version,
        row.annotators_per_article,
        row.article_id,
        row.sha256,
        row.ready_at is not None,
    )


def workplace(project: Project, article: Article) -> Workplace:
    """What ``open_workplace`` gives, of rows that were read already."""
    return Workplace(
        project.id,
        project.slug,
        project.scheme_version,
        project.annotators_per_article,
        article.id,
        article.sha256,
        article.ready_at is not None,
    )


def own_layer(
    session: Session, actor: Actor, article_id: int, *, lock: bool = False
) -> Layer | None:
    """The actor's own layer on an article, None where nothing was begun."""
    place = {"article": article_id, "user": actor.user_id}
    return session.scalar(_OWN_LOCKED if lock else _OWN, place)


def draw_next(session: Session, actor: Actor, *, slug: str) -> int | None:
    """Id of the article to work on now: what is open, what was sent back, else a new one.

    A new one is the first in order of import that still needs readers; it is the actor's from
    then on. None where nothing is left.
    """
    project = open_project(session, actor, slug, "article:annotate")
    # Two pages of one person asking at the same time get the same article.
    _lock_person(session, actor, project.id)
    begun = session.scalar(
        select(Layer.article_id)
        .join(Article, Article.id == Layer.article_id)
        .where(
            Layer.project_id == project.id,
            Layer.user_id == actor.user_id,
            Layer.kind == "annotator",
            Layer.state.in_((SENT_BACK, OPEN)),
            Article.withdrawn_at.is_(None),
        )
        .order_by((Layer.state == OPEN), Layer.article_id)
        .limit(1)
    )
    if begun is not None:
        return begun
    query = select(Article.id).where(drawable(actor, project)).order_by(Article.id).limit(1)
    query = query.with_for_update(of=Article, skip_locked=True, key_share=True)
    while (article_id := session.scalar(query)) is not None:
        layer = begin_layer(
            session, actor, project.id, article_id, quota=project.annotators_per_article
        )
        if layer is not None:
            return article_id
    return None


def drawable(actor: Actor, project: Project) -> ColumnElement[bool]:
    """SQL condition on articles: ready, not begun by the actor, and still in need of a reader.

    Managers and reviewers read beside the quota, so for them every article not begun is drawable.
    """
    mine, taken, skipped = aliased(Layer), aliased(Layer), aliased(Layer)
    condition = (
        (Article.project_id == project.id)
        & Article.ready_at.is_not(None)
        & Article.withdrawn_at.is_(None)
        & ~exists().where(
            mine.article_id == Article.id,
            mine.user_id == actor.user_id,
            mine.kind == "annotator",
        )
    )
    if beside_quota(actor, project.id):
        return condition
    quota = project.annotators_per_article
    readers = select(func.count()).where(taken.article_id == Article.id, taken.slot.is_not(None))
    skips = (
        select(func.count())
        .select_from(skipped)
        .join(Membership, Membership.user_id == skipped.user_id)
        .where(
            skipped.article_id == Article.id,
            skipped.state == SKIPPED,
            Membership.project_id == project.id,
            Membership.role == "annotator",
        )
    )
    return condition & (readers.scalar_subquery() < quota) & (skips.scalar_subquery() < quota)


def begin_layer(
    session: Session, actor: Actor, project_id: int, article_id: int, *, quota: int
) -> Layer | None:
    """The actor's new layer on an article; None where its quota was filled meanwhile.

    The place in the quota is a unique column, so that two people can never hold the same one.
    """
    slot = None
    if not beside_quota(actor, project_id):
        slot = free_slot(session, article_id, quota)
        if slot is None:
            return None
    keep_labels(session, project_id)
    layer = Layer(
        project_id=project_id,
        article_id=article_id,
        kind="annotator",
        user_id=actor.user_id,
        state=OPEN,
        slot=slot,
        seq=0,
    )
    session.add(layer)
    session.flush()
    record_event(
        session,
        actor,
        "layer.begun",
        project_id=project_id,
        article_id=article_id,
        layer_id=layer.id,
        subject=actor.name,
    )
    return layer


def free_slot(session: Session, article_id: int, quota: int) -> int | None:
    """The lowest free place in the article's quota of readers; nobody else can take it now."""
    lock_article(session, article_id)
    taken = set(
        session.scalars(
            select(Layer.slot).where(Layer.article_id == article_id, Layer.slot.is_not(None))
        )
    )
    return next((place for place in range(1, quota + 1) if place not in taken), None)


def require_layer(session: Session, actor: Actor, place: Workplace) -> Layer:
    """The actor's layer, begun now where there is none; raises ``Conflict`` if the quota is full.

    The row stays locked until the transaction ends.
    """
    layer = own_layer(session, actor, place.article_id, lock=True)
    if layer is not None:
        return layer
    if not place.ready:
        raise Conflict(
            "This article is still being prepared. Nothing was stored; try again in a moment.",
            code="not-ready",
        )
    lock_desk(session, actor, place.project_id, place.article_id)
    layer = own_layer(session, actor, place.article_id, lock=True)
    layer = layer or begin_layer(
        session, actor, place.project_id, place.article_id, quota=place.quota
    )
    if layer is None:
        raise Conflict(
            "Enough people read this article already. Nothing was stored; take the next one.",
            code="quota-full",
        )
    return layer


def lock_desk(session: Session, actor: Actor, project_id: int, article_id: int) -> None:
    """Have others wait who begin a layer of the actor, or take a place among the readers.

    To be called before the actor's layer is locked. Raises ``NotFound`` where the actor is no
    member any more.
    """
    _lock_person(session, actor, project_id)
    lock_article(session, article_id)


def count_change(session: Session, layer: Layer) -> None:
    """Count one more change of a layer, in its row and in ``layer``."""
    set_committed_value(layer, "seq", run(session, _COUNT, {"layer": layer.id}).scalar_one())


def beside_quota(actor: Actor, project_id: int) -> bool:
    """Whether the actor reads without taking one of the places of an article's readers."""
    return may(actor, "layer:see-others", project_id)


def find_article(session: Session, project: Project, article_id: int) -> Article:
    """An article of this project, without its text; raises ``NotFound``."""
    article = session.scalar(_ARTICLE, {"project": project.id, "article": article_id})
    if article is None or article.withdrawn_at is not None:
        raise _no_article()
    return article


def _lock_person(session: Session, actor: Actor, project_id: int) -> None:
    # They may have been taken out of the project since the request was let in.
    if not lock_member(session, project_id, actor.user_id):
        raise NotFound("There is no such project, or it is not open to you.")


def _no_article() -> NotFound:
    return NotFound("There is no such article in this project.")
