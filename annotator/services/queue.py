"""A project's queue: the articles a person has, may take, or (for reviewers) oversees."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from annotator.domain.errors import Invalid
from annotator.domain.permissions import Actor, may
from annotator.services.layers import drawable
from annotator.services.projects import open_project
from annotator.storage.tables import Annotation, Article, Batch, Layer, Project, User

STATES = ("new", "open", "sent_back", "done", "skipped")
BEGUN = ("open", "sent_back")
PAGE = 100
MOST_SKIPS = 200
QueueQuery = Select[int, str, str | None, str, int, int, bool, int | None]


@dataclass(frozen=True, slots=True)
class QueueRow:
    """An article in the queue with the actor's own state on it."""

    article_id: int
    title: str
    batch: str | None
    state: str
    marks: int
    length: int
    ready: bool
    readers_done: int | None
    """How many of the quota's readers finished it; None for who may not see others' work."""


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue; ``counts`` are the actor's own states over all pages."""

    project: Project
    rows: list[QueueRow]
    counts: dict[str, int]
    next_cursor: int | None
    quota: int
    previous_cursor: int | None
    left: int
    """Articles that ``next`` could lead to: begun ones and those still to be drawn."""
    waiting: int
    """Articles whose tokens are not made yet: nobody is handed them."""


@dataclass(frozen=True, slots=True)
class Skip:
    """An article that somebody left out, and why."""

    article_id: int
    title: str
    person: str
    reason: str
    note: str | None
    at: datetime | None


def read_queue(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    state: str | None = None,
    after: int = 0,
    before: int | None = None,
) -> Queue:
    """The queue in order of import, a page of rows behind article id ``after``.

    ``before`` asks for the page that ends in front of that id instead. Annotators see what they
    began and what they may take; reviewers and managers all articles.
    """
    project = open_project(session, actor, slug, "project:see")
    if state is not None and state not in STATES:
        raise Invalid(f"“{state}” is not a state; choose one of {', '.join(STATES)}.")
    mine = aliased(Layer)
    own_state = func.coalesce(mine.state, "new")
    query = _rows(project, actor, mine, own_state).where(_visible(actor, project, mine))
    if state is not None:
        query = query.where(own_state == state)
    rows, previous_cursor, next_cursor = _page(session, query, after, before)
    counts = count_states(session, actor, project)
    return Queue(
        project,
        rows,
        counts,
        next_cursor,
        project.annotators_per_article,
        previous_cursor,
        count_left(session, actor, project, counts),
        count_waiting(session, project),
    )


def count_states(session: Session, actor: Actor, project: Project) -> dict[str, int]:
    """How many of the articles that the actor sees are in each state of theirs."""
    mine = aliased(Layer)
    own_state = func.coalesce(mine.state, "new")
    rows = session.execute(
        select(own_state, func.count())
        .select_from(Article)
        .outerjoin(mine, _own(mine, actor))
        .where(_visible(actor, project, mine))
        .group_by(own_state)
    )
    return dict(rows.all())


def count_left(session: Session, actor: Actor, project: Project, counts: dict[str, int]) -> int:
    """How many articles ``next`` could lead the actor to, begun ones included."""
    if not may(actor, "article:annotate", project.id):
        return 0
    query = select(func.count()).select_from(Article).where(drawable(actor, project))
    return sum(counts.get(state, 0) for state in BEGUN) + (session.scalar(query) or 0)


def count_waiting(session: Session, project: Project) -> int:
    """How many articles of the project have no tokens yet."""
    query = select(func.count()).where(
        Article.project_id == project.id,
        Article.ready_at.is_(None),
        Article.withdrawn_at.is_(None),
    )
    return session.scalar(query) or 0


def list_skips(session: Session, actor: Actor, *, slug: str) -> list[Skip]:
    """Who skipped which article and why, the newest first, for those who see others' work."""
    project = open_project(session, actor, slug, "layer:see-others")
    rows = session.execute(
        select(
            Article.id,
            func.coalesce(Article.title, Article.external_id),
            User.name,
            func.coalesce(Layer.skip_reason, ""),
            Layer.note,
            Layer.finished_at,
        )
        .join(Layer, Layer.article_id == Article.id)
        .join(User, User.id == Layer.user_id)
        .where(
            Layer.project_id == project.id,
            Layer.state == "skipped",
            Article.withdrawn_at.is_(None),
        )
        .order_by(Layer.finished_at.desc(), Layer.id.desc())
        .limit(MOST_SKIPS)
    )
    return [Skip(*row) for row in rows]


def _page(
    session: Session,
    query: QueueQuery,
    after: int,
    before: int | None,
) -> tuple[list[QueueRow], int | None, int | None]:
    if before is None:
        found = session.execute(
            query.where(Article.id > after).order_by(Article.id).limit(PAGE + 1)
        ).all()
        rows = [QueueRow(*row) for row in found[:PAGE]]
        more_before, more_after = after > 0, len(found) > PAGE
    else:
        found = session.execute(
            query.where(Article.id < before).order_by(Article.id.desc()).limit(PAGE + 1)
        ).all()
        rows = [QueueRow(*row) for row in reversed(found[:PAGE])]
        more_before, more_after = len(found) > PAGE, True
    if not rows:
        return [], None, None
    return (
        rows,
        rows[0].article_id if more_before else None,
        rows[-1].article_id if more_after else None,
    )


def _own(mine: type[Layer], actor: Actor) -> ColumnElement[bool]:
    return and_(
        mine.article_id == Article.id, mine.kind == "annotator", mine.user_id == actor.user_id
    )


def _visible(actor: Actor, project: Project, mine: type[Layer]) -> ColumnElement[bool]:
    here = and_(Article.project_id == project.id, Article.withdrawn_at.is_(None))
    if may(actor, "layer:see-others", project.id):
        return here
    return and_(here, or_(mine.id.is_not(None), drawable(actor, project)))


def _rows(
    project: Project, actor: Actor, mine: type[Layer], own_state: ColumnElement[str]
) -> QueueQuery:
    marks = (
        select(func.count())
        .where(Annotation.layer_id == mine.id, Annotation.deleted_at.is_(None))
        .scalar_subquery()
    )
    others = aliased(Layer)
    done: ColumnElement[int | None] = literal(None)
    if may(actor, "layer:see-others", project.id):
        done = (
            select(func.count())
            .where(
                others.article_id == Article.id, others.state == "done", others.slot.is_not(None)
            )
            .scalar_subquery()
        )
    return (
        select(
            Article.id,
            func.coalesce(Article.title, Article.external_id),
            Batch.name,
            own_state,
            marks,
            Article.length,
            Article.ready_at.is_not(None),
            done,
        )
        .outerjoin(mine, _own(mine, actor))
        .outerjoin(Batch, Batch.id == Article.batch_id)
    )
