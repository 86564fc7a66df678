"""Accounts: adding people, changing passwords, disabling, API tokens."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NewType

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Select, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from annotator.domain.curation import RESERVED
from annotator.domain.errors import Conflict, Invalid, NotFound
from annotator.domain.permissions import Actor, require
from annotator.services.events import record_event
from annotator.storage.tables import ApiToken, SignInSession, User, now

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200

PasswordHash = NewType("PasswordHash", str)
"""What ``hash_password`` made: slow on purpose, so it is made before any transaction is open."""


@dataclass(frozen=True, slots=True)
class ValidToken:
    """An API token that opens the door; ``id`` names it, nothing here is secret."""

    id: int
    created_at: datetime


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


def add_user(
    session: Session, actor: Actor, *, name: str, role: str, password_hash: PasswordHash
) -> User:
    """Make an account; raises ``Invalid`` for its name or role, ``Conflict`` where it is taken."""
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
    user = User(name=name, role=role, password_hash=password_hash)
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise Conflict(
            f"There is an account “{name}” already. Nothing was changed.", code="name-taken"
        ) from error
    record_event(session, actor, "account.added", subject=name, after={"role": role})
    return user


def set_password(session: Session, actor: Actor, *, name: str, password_hash: PasswordHash) -> None:
    """Give ``name`` a new password and end all sessions and tokens of that person."""
    require(actor, "accounts:edit")
    user = find_user(session, name)
    _store_password(session, actor, user, password_hash, keep_session=None)


def change_password(
    session: Session,
    actor: Actor,
    *,
    proven: str,
    password_hash: PasswordHash,
    keep_session: str | None,
) -> None:
    """Change one's own password; ends every other session and every token of this person.

    ``proven`` is the stored hash that the present password was found to fit, ``keep_session`` the
    hash of the session that stays. Raises ``Conflict`` where the password was changed since.
    """
    require(actor, "signed-in")
    user = session.get_one(
        User, actor.user_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if user.password_hash != proven:
        raise Conflict(
            "Your password was changed elsewhere at the same moment. Nothing was changed here; "
            "sign in with the new one.",
            code="password",
        )
    _store_password(session, actor, user, password_hash, keep_session=keep_session)


def disable_user(session: Session, actor: Actor, *, name: str) -> None:
    """Shut an account; its sessions and tokens end at once, its work stays."""
    require(actor, "accounts:edit")
    user = find_user(session, name)
    user.disabled_at = now()
    _end_access(session, user, keep_session=None)
    record_event(session, actor, "account.disabled", subject=name)


def enable_user(session: Session, actor: Actor, *, name: str) -> None:
    """Open a disabled account again with its old password; what ended stays ended."""
    require(actor, "accounts:edit")
    user = find_user(session, name)
    if user.disabled_at is None:
        raise Conflict(f"The account “{name}” is not disabled. Nothing was changed.")
    user.disabled_at = None
    record_event(session, actor, "account.enabled", subject=name)


def create_token(session: Session, actor: Actor, *, name: str) -> str:
    """A new API token of ``name``; it is shown this once and kept as a hash."""
    require(actor, "accounts:edit")
    user = find_user(session, name)
    if user.disabled_at is not None:
        raise Conflict(f"The account “{name}” is disabled, so it gets no token. Nothing was made.")
    token = secrets.token_urlsafe(32)
    session.add(ApiToken(user_id=user.id, token_hash=hash_token(token)))
    record_event(session, actor, "account.token_made", subject=name)
    return token


def list_tokens(session: Session, actor: Actor, *, name: str) -> list[ValidToken]:
    """The valid API tokens of ``name``, oldest first: one's own, or anybody's for an admin."""
    rows = session.scalars(_valid_tokens(_own_or_any(session, actor, name)).order_by(ApiToken.id))
    return [ValidToken(row.id, row.created_at) for row in rows]


def revoke_token(session: Session, actor: Actor, *, name: str, token_id: int) -> None:
    """End one API token of ``name``; raises ``NotFound`` where that person has no such token."""
    user = _own_or_any(session, actor, name)
    token = session.scalar(_valid_tokens(user).where(ApiToken.id == token_id))
    if token is None:
        raise NotFound(f"“{name}” has no valid token {token_id}. Nothing was changed.")
    token.revoked_at = now()
    record_event(session, actor, "account.token_revoked", subject=name, after={"token": token_id})


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


def hash_password(password: str) -> PasswordHash:
    """Argon2id hash; raises ``Invalid`` for a password too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; this one has "
            f"{len(password)}. Nothing was changed.",
            code="password-length",
        )
    return PasswordHash(_hasher().hash(password))


def password_matches(password_hash: str, password: str) -> bool:
    """Whether ``password`` is the one that was hashed."""
    try:
        return _hasher().verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _own_or_any(session: Session, actor: Actor, name: str) -> User:
    require(actor, "signed-in" if name == actor.name else "accounts:edit")
    return find_user(session, name)


def _valid_tokens(user: User) -> Select[ApiToken]:
    return select(ApiToken).where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))


def _store_password(
    session: Session,
    actor: Actor,
    user: User,
    password_hash: PasswordHash,
    *,
    keep_session: str | None,
) -> None:
    user.password_hash = password_hash
    _end_access(session, user, keep_session=keep_session)
    record_event(session, actor, "account.password_changed", subject=user.name)


def _end_access(session: Session, user: User, *, keep_session: str | None) -> None:
    """End the sessions and tokens of an account, for whoever holds them may be somebody else."""
    session.flush()
    session.execute(
        delete(SignInSession).where(
            SignInSession.user_id == user.id, SignInSession.token_hash != (keep_session or "")
        )
    )
    session.execute(
        update(ApiToken)
        .where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now())
    )
