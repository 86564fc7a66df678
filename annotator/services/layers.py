"""Layers: who works on which article, and the quota of readers."""

from sqlalchemy import ColumnElement, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from annotator.domain.errors import Conflict, NotFound
from annotator.domain.permissions import Actor, may
from annotator.domain.workflow import ANNOTATOR_LAYER, OPEN, SENT_BACK, SKIPPED
from annotator.services.events import record_event
from annotator.services.projects import open_project
from annotator.storage.tables import Article, Layer, Membership, Project

_OWN = select(Layer).where(
    Layer.article_id == bindparam("article"),
    Layer.kind == ANNOTATOR_LAYER,
    Layer.user_id == bindparam("user"),
)
_OWN_LOCKED = _OWN.with_for_update(of=Layer).execution_options(populate_existing=True)
# Not FOR UPDATE: events of other readers point at the row, and would wait for it.
_LOCK_ARTICLE = (
    select(Article.id).where(Article.id == bindparam("article")).with_for_update(key_share=True)
)
_LOCK_PERSON = (
    select(Membership.user_id)
    .where(Membership.project_id == bindparam("project"), Membership.user_id == bindparam("user"))
    .with_for_update(key_share=True)
)
_ARTICLE = select(Article).where(
    Article.project_id == bindparam("project"), Article.id == bindparam("article")
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
    session.execute(_LOCK_PERSON, {"project": project.id, "user": actor.user_id})
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
        layer = begin_layer(session, actor, project, article_id)
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
    if beside_quota(actor, project):
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


def begin_layer(session: Session, actor: Actor, project: Project, article_id: int) -> Layer | None:
    """The actor's new layer on an article; None where its quota was filled meanwhile.

    The place in the quota is a unique column, so that two people can never hold the same one.
    """
    slot = None
    if not beside_quota(actor, project):
        slot = free_slot(session, project, article_id)
        if slot is None:
            return None
    layer = Layer(
        project_id=project.id,
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
        project_id=project.id,
        article_id=article_id,
        layer_id=layer.id,
        subject=actor.name,
    )
    return layer


def free_slot(session: Session, project: Project, article_id: int) -> int | None:
    """The lowest free place in the article's quota of readers; nobody else can take it now."""
    session.execute(_LOCK_ARTICLE, {"article": article_id})
    taken = set(
        session.scalars(
            select(Layer.slot).where(Layer.article_id == article_id, Layer.slot.is_not(None))
        )
    )
    places = range(1, project.annotators_per_article + 1)
    return next((place for place in places if place not in taken), None)


def require_layer(session: Session, actor: Actor, project: Project, article: Article) -> Layer:
    """The actor's layer, begun now where there is none; raises ``Conflict`` if the quota is full.

    The row stays locked until the transaction ends.
    """
    layer = own_layer(session, actor, article.id, lock=True)
    if layer is not None:
        return layer
    if article.ready_at is None:
        raise Conflict(
            "This article is still being prepared. Nothing was stored; try again in a moment.",
            code="not-ready",
        )
    session.execute(_LOCK_ARTICLE, {"article": article.id})
    layer = own_layer(session, actor, article.id, lock=True)
    layer = layer or begin_layer(session, actor, project, article.id)
    if layer is None:
        raise Conflict(
            "Enough people read this article already. Nothing was stored; take the next one.",
            code="quota-full",
        )
    return layer


def beside_quota(actor: Actor, project: Project) -> bool:
    """Whether the actor reads without taking one of the places of an article's readers."""
    return may(actor, "layer:see-others", project.id)


def find_article(session: Session, project: Project, article_id: int) -> Article:
    """An article of this project, without its text; raises ``NotFound``."""
    article = session.scalar(_ARTICLE, {"project": project.id, "article": article_id})
    if article is None or article.withdrawn_at is not None:
        raise NotFound("There is no such article in this project.")
    return article
