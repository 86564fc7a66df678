"""Accounts: adding people, changing passwords, disabling, API tokens."""

import hashlib
import re
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from annotator.domain.curation import RESERVED
from annotator.domain.errors import Conflict, Forbidden, Invalid, NotFound
from annotator.domain.permissions import Actor, require
from annotator.services.events import record_event
from annotator.storage.tables import ApiToken, SignInSession, User, now

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


def add_user(session: Session, actor: Actor, *, name: str, role: str, password: str) -> User:
    """Make an account; raises ``Invalid`` for its name, role or password, ``Conflict`` if taken."""
    require(actor, "accounts:edit")
    if not NAME.fullmatch(name) or name in RESERVED:
        raise Invalid(
            f"“{name}” is not a user name: use lower-case letters, digits, dots, dashes and "
            "underscores, starting with a letter or digit, at most 64, and none of "
            f"{', '.join(RESERVED)}, which name layers.",
            code="bad-name",
        )
    if role not in ("admin", "member"):
        raise Invalid(f"“{role}” is not an account role; choose admin or member.", code="bad-role")
    if session.scalar(select(User.id).where(User.name == name)):
        raise Conflict(f"There is an account “{name}” already. Nothing was changed.")
    user = User(name=name, role=role, password_hash=hash_password(password))
    session.add(user)
    session.flush()
    record_event(session, actor, "account.added", subject=name, after={"role": role})
    return user


def set_password(session: Session, actor: Actor, *, name: str, password: str) -> None:
    """Give ``name`` a new password and end all sessions of that person."""
    require(actor, "accounts:edit")
    user = find_user(session, name)
    _store_password(session, actor, user, password, keep_session=None)


def change_password(
    session: Session, actor: Actor, *, old: str, new: str, keep_session: str | None
) -> None:
    """Change one's own password; ends every other session of this person.

    ``keep_session`` is the hash of the session that stays.
    """
    require(actor, "signed-in")
    user = session.get_one(User, actor.user_id)
    if not password_matches(user.password_hash, old):
        raise Forbidden("The present password is not right. Nothing was changed.", code="password")
    _store_password(session, actor, user, new, keep_session=keep_session)


def disable_user(session: Session, actor: Actor, *, name: str) -> None:
    """Shut an account; its sessions and tokens end at once, its work stays."""
    require(actor, "accounts:edit")
    user = find_user(session, name)
    user.disabled_at = now()
    session.execute(delete(SignInSession).where(SignInSession.user_id == user.id))
    session.execute(
        update(ApiToken)
        .where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now())
    )
    record_event(session, actor, "account.disabled", subject=name)


def create_token(session: Session, actor: Actor, *, name: str) -> str:
    """A new API token of ``name``; it is shown this once and kept as a hash."""
    require(actor, "accounts:edit")
    user = find_user(session, name)
    token = secrets.token_urlsafe(32)
    session.add(ApiToken(user_id=user.id, token_hash=hash_token(token)))
    record_event(session, actor, "account.token_made", subject=name)
    return token


def find_user(session: Session, name: str) -> User:
    """The account ``name``; raises ``NotFound``."""
    user = None
    if NAME.fullmatch(name):
        user = session.scalar(select(User).where(User.name == name))
    if user is None:
        raise NotFound(f"There is no account “{name}”.")
    return user


def hash_token(token: str) -> str:
    """What is stored of a random token: enough to recognise it, useless to a thief."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_password(password: str) -> str:
    """Argon2id hash; raises ``Invalid`` for a password too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; this one has "
            f"{len(password)}. Nothing was changed.",
            code="password-length",
        )
    return _hasher().hash(password)


def password_matches(password_hash: str, password: str) -> bool:
    """Whether ``password`` is the one that was hashed."""
    try:
        return _hasher().verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _store_password(
    session: Session, actor: Actor, user: User, password: str, *, keep_session: str | None
) -> None:
    user.password_hash = hash_password(password)
    session.execute(
        delete(SignInSession).where(
            SignInSession.user_id == user.id, SignInSession.token_hash != (keep_session or "")
        )
    )
    record_event(session, actor, "account.password_changed", subject=user.name)
