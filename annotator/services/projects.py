"""Projects and their members."""

import re
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from annotator.domain.errors import Conflict, Invalid, NotFound
from annotator.domain.naming import checked_language, checked_text
from annotator.domain.permissions import ADMIN_OVERSEES, ROLES, Actor, may, require
from annotator.services.accounts import find_user
from annotator.services.events import record_event
from annotator.services.row_locks import lock_leaver, lock_member
from annotator.storage.tables import Article, Layer, Membership, Project, User

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
RESERVED_SLUGS = ("new",)
"""Names whose address is a page of another kind."""
MOST_ANNOTATORS = 20

_BY_SLUG = select(Project).where(Project.slug == bindparam("slug"))
# What the session read before it had the lock may be old.
_BY_SLUG_LOCKED = _BY_SLUG.with_for_update(key_share=True).execution_options(populate_existing=True)
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class ProjectCard:
    """A project as its list shows it: ``mine_*`` count the actor's own layers."""

    slug: str
    name: str
    role: str | None
    articles: int
    mine_open: int
    mine_done: int


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a project."""

    name: str
    role: str
    disabled: bool


def open_project(
    session: Session, actor: Actor, slug: str, permission: str, *, lock: bool = False
) -> Project:
    """The project ``slug`` if the actor may do this in it; else ``NotFound`` or ``Forbidden``.

    ``lock`` keeps others from changing its members and labels until the transaction ends; see
    ``row_locks`` for what has to be locked before.
    """
    project = None
    if SLUG.fullmatch(slug):
        project = session.scalar(_BY_SLUG_LOCKED if lock else _BY_SLUG, {"slug": slug})
    if project is None:
        raise NotFound("There is no such project, or it is not open to you.")
    require(actor, permission, project.id)
    return project


def create_project(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    name: str = "",
    language: str = "en",
    annotators_per_article: int = 2,
    blind: bool = True,
) -> Project:
    """Make an empty project without members and labels; raises ``Invalid`` or ``Conflict``."""
    require(actor, "project:create")
    if not SLUG.fullmatch(slug) or slug in RESERVED_SLUGS:
        raise Invalid(
            f"“{slug}” is not a project name: use lower-case letters, digits and dashes, "
            "at most 64, starting and ending with a letter or digit, and not “new”.",
            code="bad-name",
        )
    project = Project(
        slug=slug,
        name=_checked_name(name) or slug,
        language=checked_language(language),
        annotators_per_article=_checked_quota(annotators_per_article),
        blind=blind,
    )
    try:
        with session.begin_nested():
            session.add(project)
    except IntegrityError as error:
        raise Conflict(
            f"There is a project “{slug}” already. Nothing was changed.", code="name-taken"
        ) from error
    record_event(
        session,
        actor,
        "project.created",
        project_id=project.id,
        subject=slug,
        after={"annotators_per_article": annotators_per_article, "blind": blind},
    )
    return project


def change_project(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    name: str,
    annotators_per_article: int,
    blind: bool,
) -> None:
    """Change a project's name, quota and blindness."""
    project = open_project(session, actor, slug, "project:edit", lock=True)
    before = {
        "name": project.name,
        "annotators_per_article": project.annotators_per_article,
        "blind": project.blind,
    }
    project.name = _checked_name(name) or project.slug
    project.annotators_per_article = _checked_quota(annotators_per_article)
    project.blind = blind
    session.flush()
    after = {"name": project.name, "annotators_per_article": annotators_per_article, "blind": blind}
    if before != after:
        record_event(
            session, actor, "project.changed", project_id=project.id, before=before, after=after
        )


def list_projects(session: Session, actor: Actor) -> list[ProjectCard]:
    """The projects open to the actor, by name, in one query."""
    layers = (
        select(Layer.project_id, Layer.state)
        .join(Article, Article.id == Layer.article_id)
        .where(Layer.user_id == actor.user_id, Article.withdrawn_at.is_(None))
        .subquery()
    )
    query = select(
        Project,
        select(func.count())
        .select_from(Article)
        .where(Article.project_id == Project.id, Article.withdrawn_at.is_(None))
        .scalar_subquery(),
        select(func.count())
        .select_from(layers)
        .where(layers.c.project_id == Project.id, layers.c.state.in_(("open", "sent_back")))
        .scalar_subquery(),
        select(func.count())
        .select_from(layers)
        .where(layers.c.project_id == Project.id, layers.c.state == "done")
        .scalar_subquery(),
    ).order_by(Project.name, Project.slug)
    sees_all = actor.role in ("local", "admin") and "project:see" in ADMIN_OVERSEES
    if not sees_all:
        query = query.where(Project.id.in_(actor.memberships))
    return [
        ProjectCard(row.slug, row.name, actor.role_in(row.id), articles, mine_open, mine_done)
        for row, articles, mine_open, mine_done in session.execute(query)
    ]


def list_members(session: Session, actor: Actor, *, slug: str) -> list[Member]:
    """The members of a project, by role and name."""
    project = open_project(session, actor, slug, "members:see")
    rows = session.execute(
        select(User.name, Membership.role, User.disabled_at)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == project.id)
    )
    members = [Member(name, role, disabled is not None) for name, role, disabled in rows]
    return sorted(members, key=lambda m: (-ROLES.index(m.role), m.name))


def set_member(session: Session, actor: Actor, *, slug: str, user: str, role: str) -> None:
    """Add a person to a project or change their role."""
    project = open_project(session, actor, slug, "members:edit")
    if role not in ROLES:
        raise Invalid(
            f"“{role}” is not a role in a project; choose one of {', '.join(ROLES)}.",
            code="bad-role",
        )
    account = find_user(session, user)
    there = lock_member(session, project.id, account.id)
    project = open_project(session, actor, slug, "members:edit", lock=True)
    membership = session.get(Membership, (project.id, account.id), populate_existing=True)
    before = membership.role if membership else None
    if membership is None:
        session.add(Membership(project_id=project.id, user_id=account.id, role=role))
    elif before == role:
        return
    elif not there:
        raise Conflict(
            f"Somebody made “{user}” a member at the same moment, as {before}. Nothing of your "
            "request was stored; look at it again.",
            code="simultaneous",
        )
    else:
        _keep_a_manager(session, project, account, actor)
        membership.role = role
    session.flush()
    record_event(
        session,
        actor,
        "member.set",
        project_id=project.id,
        subject=user,
        before={"role": before} if before else None,
        after={"role": role},
    )


def remove_member(session: Session, actor: Actor, *, slug: str, user: str) -> None:
    """Take a person out of a project. Their work stays; places they held in quotas are freed."""
    project = open_project(session, actor, slug, "members:edit")
    account = find_user(session, user)
    unfinished = lock_leaver(session, project.id, account.id)
    project = open_project(session, actor, slug, "members:edit", lock=True)
    membership = session.get(Membership, (project.id, account.id), populate_existing=True)
    if membership is None:
        raise NotFound(f"“{user}” is not a member of this project.")
    _keep_a_manager(session, project, account, actor)
    session.delete(membership)
    session.execute(update(Layer).where(Layer.id.in_(unfinished)).values(slot=None))
    record_event(
        session,
        actor,
        "member.removed",
        project_id=project.id,
        subject=user,
        before={"role": membership.role},
    )


def _keep_a_manager(session: Session, project: Project, account: User, actor: Actor) -> None:
    managers = session.scalars(
        select(Membership.user_id).where(
            Membership.project_id == project.id, Membership.role == "manager"
        )
    ).all()
    if list(managers) == [account.id] and not may(actor, "accounts:edit"):
        raise Conflict(
            "This is the project's only manager. Nothing was changed; make somebody else a "
            "manager first.",
            code="last-manager",
        )


def _checked_name(name: str) -> str:
    return checked_text(name, what="A project's name", longest=LONGEST_NAME)


def _checked_quota(annotators_per_article: int) -> int:
    if not 1 <= annotators_per_article <= MOST_ANNOTATORS:
        raise Invalid(
            f"An article is read by 1 to {MOST_ANNOTATORS} annotators, not "
            f"{annotators_per_article}.",
            code="bad-quota",
        )
    return annotators_per_article
