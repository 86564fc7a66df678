"""Which rows a transaction locks, and in which order, so that no two ever wait in a circle.

SQLite has one writer at a time; this is about PostgreSQL. Everybody takes what they need in this
order, and nothing of an earlier kind once they hold one of a later:

1. memberships, by user: whoever begins layers of a person, or takes the person out;
2. the article: whoever begins a layer on it, or takes a place in its quota again;
3. layers, by id: whoever changes one;
4. the scheme, then its labels, by id: a row that points at a label locks it against renaming, so
   whoever inserts such rows behind an event takes the labels before it;
5. the project, whose row numbers its events: every event locks it until the commit;
6. the rest, which is rows of one's own and rows that nobody locks earlier.
"""

from collections.abc import Iterable

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from annotator.domain.workflow import DONE
from annotator.storage.tables import Article, Label, Layer, Membership, User

_MEMBER = select(Membership.user_id).where(
    Membership.project_id == bindparam("project"), Membership.user_id == bindparam("user")
)
_CHANGE_MEMBER = _MEMBER.with_for_update(key_share=True)
_TAKE_MEMBER_OUT = _MEMBER.with_for_update()
_KEEP_MEMBERS = (
    select(Membership.user_id)
    .join(User, User.id == Membership.user_id)
    .where(
        Membership.project_id == bindparam("project"),
        User.name.in_(bindparam("names", expanding=True)),
    )
    .order_by(Membership.user_id)
    .with_for_update(of=Membership, read=True, key_share=True)
)
# Not FOR UPDATE: events of other readers point at the row, and would wait for it.
_ARTICLE = (
    select(Article.id).where(Article.id == bindparam("article")).with_for_update(key_share=True)
)
_UNFINISHED = (
    select(Layer.id)
    .where(
        Layer.project_id == bindparam("project"),
        Layer.user_id == bindparam("user"),
        Layer.state.in_(("open", "sent_back")),
    )
    .order_by(Layer.id)
    .with_for_update()
)
_IMPORTED = (
    select(Layer.id)
    .where(
        Layer.article_id.in_(bindparam("articles", expanding=True)),
        Layer.state == DONE,
        Layer.seq == 1,
    )
    .order_by(Layer.id)
    .with_for_update()
)
_SCHEME = select(func.pg_advisory_xact_lock(0x73636865, bindparam("project")))
_LABELS = select(Label.id).where(Label.project_id == bindparam("project")).order_by(Label.id)
_KEEP_LABELS = _LABELS.with_for_update(read=True, key_share=True)
_CHANGE_LABELS = _LABELS.with_for_update()


def lock_member(session: Session, project_id: int, user_id: int | None) -> bool:
    """Have others who begin layers of this person wait; whether the person is a member."""
    place = {"project": project_id, "user": user_id}
    return session.scalar(_CHANGE_MEMBER, place) is not None


def lock_leaver(session: Session, project_id: int, user_id: int) -> list[int]:
    """Have everybody wait who works for this person; the layers that they have not finished."""
    place = {"project": project_id, "user": user_id}
    session.execute(_TAKE_MEMBER_OUT, place)
    return list(session.scalars(_UNFINISHED, place))


def keep_members(session: Session, project_id: int, names: Iterable[str]) -> None:
    """See to it that those of ``names`` who are members stay so until the commit."""
    if _has_rows_locked(session):
        session.execute(_KEEP_MEMBERS, {"project": project_id, "names": list(names)})


def lock_article(session: Session, article_id: int) -> None:
    """Have others wait who take a place among the article's readers."""
    session.execute(_ARTICLE, {"article": article_id})


def lock_imported_layers(session: Session, article_ids: Iterable[int]) -> list[int]:
    """The layers of these articles that are finished as a file brought them."""
    return list(session.scalars(_IMPORTED, {"articles": list(article_ids)}))


def keep_labels(session: Session, project_id: int) -> None:
    """See to it that no label is renamed until the commit."""
    if _has_rows_locked(session):
        session.execute(_KEEP_LABELS, {"project": project_id})


def lock_labels(session: Session, project_id: int) -> None:
    """Have others wait who change or add labels, or mark with them."""
    if _has_rows_locked(session):
        session.execute(_SCHEME, {"project": project_id})
        session.execute(_CHANGE_LABELS, {"project": project_id})


def _has_rows_locked(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
