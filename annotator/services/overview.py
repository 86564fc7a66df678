"""A project at a glance: how far one is oneself and, for who may see it, how far the others are."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from annotator.domain.permissions import ROLES, Actor, may
from annotator.services.articles import count_articles
from annotator.services.projects import open_project
from annotator.services.queue import count_left, count_states, count_waiting
from annotator.storage.tables import Article, Label, Layer, Membership, Project, User


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a member is: articles of theirs in each state."""

    name: str
    role: str
    open: int
    done: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Overview:
    """A project's figures; ``own`` counts the actor's own states, see ``queue.Queue``."""

    project: Project
    role: str | None
    articles: int
    waiting: int
    own: dict[str, int]
    left: int
    labels_on: int
    fully_read: int | None
    """Articles that as many finished as the project asks for; None without a look at others."""
    members: list[Progress]
    """Empty for those who may not see others' work."""


def read_overview(session: Session, actor: Actor, *, slug: str) -> Overview:
    """The figures of a project that the actor may see."""
    project = open_project(session, actor, slug, "project:see")
    own = count_states(session, actor, project)
    sees_others = may(actor, "layer:see-others", project.id)
    labels = select(func.count()).where(Label.project_id == project.id, Label.state == "on")
    return Overview(
        project,
        actor.role_in(project.id),
        count_articles(session, project.id),
        count_waiting(session, project),
        own,
        count_left(session, actor, project, own),
        session.scalar(labels) or 0,
        _fully_read(session, project) if sees_others else None,
        _progress(session, project) if sees_others else [],
    )


def _fully_read(session: Session, project: Project) -> int:
    finished = (
        select(func.count())
        .where(Layer.article_id == Article.id, Layer.slot.is_not(None), Layer.state == "done")
        .scalar_subquery()
    )
    query = select(func.count()).where(
        Article.project_id == project.id,
        Article.withdrawn_at.is_(None),
        finished >= project.annotators_per_article,
    )
    return session.scalar(query) or 0


def _progress(session: Session, project: Project) -> list[Progress]:
    states = session.execute(
        select(Layer.user_id, Layer.state, func.count())
        .join(Article, Article.id == Layer.article_id)
        .where(
            Layer.project_id == project.id,
            Layer.kind == "annotator",
            Article.withdrawn_at.is_(None),
        )
        .group_by(Layer.user_id, Layer.state)
    )
    counted = {(user_id, state): count for user_id, state, count in states}
    people = session.execute(
        select(User.id, User.name, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == project.id)
    )
    found = [
        Progress(
            name,
            role,
            counted.get((id_, "open"), 0) + counted.get((id_, "sent_back"), 0),
            counted.get((id_, "done"), 0),
            counted.get((id_, "skipped"), 0),
        )
        for id_, name, role in people
    ]
    return sorted(found, key=lambda person: (-ROLES.index(person.role), person.name))
