"""Signing in and out, and who a cookie or a token stands for."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Literal, cast

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from annotator.domain.errors import Forbidden, NotFound, NotSignedIn
from annotator.domain.permissions import Actor, Role, require
from annotator.services.accounts import find_user, hash_password, hash_token, password_matches
from annotator.services.events import record_event
from annotator.services.throttle import (
    check_throttle,
    count_attempt,
    forget_attempts,
    note_pause,
    storable_name,
)
from annotator.storage.engine import Database, run
from annotator.storage.tables import ApiToken, Membership, SignInSession, StartLink, User, now

IDLE_LIMIT = timedelta(days=14)
"""A session that was not used for so long has ended."""
ABSOLUTE_LIMIT = timedelta(days=60)
SEEN_EVERY = timedelta(minutes=10)
"""How stale ``seen_at`` may be, so that not every page view writes."""
LINK_LIFE = timedelta(hours=12)


_BY_COOKIE = (
    select(
        User.id,
        User.name,
        User.role,
        SignInSession.created_at,
        SignInSession.seen_at,
        Membership.project_id,
        Membership.role.label("member_role"),
    )
    .join(SignInSession, SignInSession.user_id == User.id)
    .outerjoin(Membership, Membership.user_id == User.id)
    .where(SignInSession.token_hash == bindparam("token_hash"), User.disabled_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class Resumed:
    """Who a cookie stands for; ``touch`` asks for ``touch_session`` in a writing request."""

    actor: Actor
    token_hash: str
    touch: bool


@dataclass(frozen=True, slots=True)
class Proven:
    """An account whose password was just given; ``password_hash`` is what it was found to fit."""

    user_id: int
    password_hash: str


def prove_password(database: Database, *, name: str, password: str, address: str) -> Proven:
    """The account whose name and password these are; the attempt counts until it is forgotten.

    Raises ``TooMany`` when throttled and ``Forbidden`` for a wrong name or password; those two look
    alike, in time too. It is counted before the slow look at the password, which happens outside
    of every transaction that others wait for.
    """
    with database.read() as session:
        check_throttle(session, name=name, address=address)
    with database.write() as session:
        last = count_attempt(session, name=name, address=address)
    try:
        with database.read() as session:
            return check_password(session, name=name, password=password)
    except Forbidden:
        if last:
            with database.write() as session:
                note_pause(session, name=name, address=address)
        raise


def check_password(session: Session, *, name: str, password: str) -> Proven:
    """Compare without counting; the account that the password fits, else ``Forbidden``."""
    nobody = _nobody()
    query = select(User).where(User.name == storable_name(name), User.disabled_at.is_(None))
    user = session.scalar(query)
    matches = password_matches(user.password_hash if user else nobody, password)
    if user is None or not matches:
        raise Forbidden(
            "User name or password is not right. Check both and try again.", code="sign-in"
        )
    return Proven(user.id, user.password_hash)


def sign_in(session: Session, *, user_id: int, password_hash: str | None = None) -> str:
    """Open a session for somebody whose password was checked; its secret for the cookie.

    Where ``password_hash`` is given it must still be the account's. Raises ``Forbidden``.
    """
    # Locked: a password changed meanwhile ends the sessions it finds, and this must be among them.
    user = session.get_one(User, user_id, with_for_update={"read": True}, populate_existing=True)
    if user.disabled_at is not None:
        raise Forbidden("This account was disabled. Nothing was changed.", code="sign-in")
    if password_hash not in (None, user.password_hash):
        raise Forbidden(
            "The password was changed at this moment. Sign in with the new one.", code="sign-in"
        )
    forget_attempts(session, name=user.name)
    return _open_session(session, user)


def sign_out(session: Session, actor: Actor, *, token_hash: str) -> None:
    """End one session."""
    session.execute(delete(SignInSession).where(SignInSession.token_hash == token_hash))
    record_event(session, actor, "session.closed", subject=actor.name)


def resume_session(session: Session, secret: str) -> Resumed:
    """Who the cookie's ``secret`` stands for; raises ``NotSignedIn``."""
    token_hash = hash_token(secret)
    rows = run(session, _BY_COOKIE, {"token_hash": token_hash}).all()
    row = rows[0] if rows else None
    moment = now()
    if row is None or moment - row.seen_at > IDLE_LIMIT or moment - row.created_at > ABSOLUTE_LIMIT:
        raise NotSignedIn("Your session has ended. Sign in to go on; nothing was changed.")
    memberships = {row.project_id: row.member_role for row in rows if row.project_id is not None}
    actor = Actor(row.id, row.name, row.role, "web", memberships)
    return Resumed(actor, token_hash, moment - row.seen_at > SEEN_EVERY)


def touch_session(session: Session, token_hash: str) -> None:
    """Note that the session was used."""
    session.execute(
        update(SignInSession).where(SignInSession.token_hash == token_hash).values(seen_at=now())
    )


def resume_token(session: Session, token: str) -> Actor:
    """Who an API token stands for; raises ``NotSignedIn``."""
    row = session.execute(
        select(User.id, User.name, User.role)
        .join(ApiToken, ApiToken.user_id == User.id)
        .where(
            ApiToken.token_hash == hash_token(token),
            ApiToken.revoked_at.is_(None),
            User.disabled_at.is_(None),
        )
    ).first()
    if row is None:
        raise NotSignedIn("The token is not known or was revoked. Make one with “user token”.")
    return _actor(session, row.id, row.name, row.role, "api")


def actor_of(session: Session, user_id: int) -> Actor:
    """An account as an actor, for work that goes on after the request that asked for it.

    Raises ``Forbidden`` where the account was disabled since.
    """
    user = session.get_one(User, user_id)
    if user.disabled_at is not None:
        raise Forbidden(
            f"The account “{user.name}” was disabled, so what it asked for was not done.",
            code="disabled",
        )
    return _actor(session, user.id, user.name, user.role, "web")


def create_start_link(session: Session, actor: Actor, *, name: str, target: str) -> str:
    """The secret of a link that signs ``name`` in once and leads to the path ``target``."""
    require(actor, "accounts:edit")
    secret = secrets.token_urlsafe(24)
    user = find_user(session, name)
    session.add(StartLink(token_hash=hash_token(secret), user_id=user.id, target=target))
    return secret


def use_start_link(session: Session, secret: str) -> tuple[str, str]:
    """Open a session by a start link: its secret, and where to go. Raises ``NotFound``."""
    row = session.execute(
        select(StartLink, User)
        .join(User, User.id == StartLink.user_id)
        .where(StartLink.token_hash == hash_token(secret), User.disabled_at.is_(None))
        .with_for_update(of=StartLink)
    ).first()
    if row is None or row.StartLink.used_at or now() - row.StartLink.created_at > LINK_LIFE:
        raise NotFound("This link was used already or is too old. Sign in with your password.")
    row.StartLink.used_at = now()
    return _open_session(session, row.User), row.StartLink.target


def _open_session(session: Session, user: User) -> str:
    actor = Actor(user.id, user.name, cast(Literal["admin", "member"], user.role), "web")
    record_event(session, actor, "session.opened", subject=user.name)
    secret = secrets.token_urlsafe(32)
    session.add(SignInSession(token_hash=hash_token(secret), user_id=user.id))
    session.flush()
    return secret


def _actor(session: Session, user_id: int, name: str, role: str, via: str) -> Actor:
    memberships = session.execute(
        select(Membership.project_id, Membership.role).where(Membership.user_id == user_id)
    )
    return Actor(
        user_id,
        name,
        cast(Literal["admin", "member"], role),
        cast(Literal["web", "api"], via),
        {project: cast(Role, member_role) for project, member_role in memberships},
    )


@cache
def _nobody() -> str:
    return hash_password("nobody has this password")
