"""The throttle of sign-in: so many wrong passwords for a name or from an address, then a pause.

An attempt counts from before the password is looked at, so guesses sent at once count too; what
succeeds takes the counts of its name back. Attempts beyond the limit leave no row behind.
"""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.orm import Session

from annotator.domain.errors import TooMany
from annotator.domain.permissions import Actor
from annotator.services.events import record_event
from annotator.storage.tables import SignInFailure, now

WINDOW = timedelta(minutes=10)
FAILURES_PER_NAME = 10
FAILURES_PER_ADDRESS = 50
LONGEST_NAME = 64

# Who counts waits for whoever counts already; SQLite has one writer at a time anyway.
_LOCK = select(func.pg_advisory_xact_lock(0x616E6E70))


def check_throttle(session: Session, *, name: str, address: str) -> None:
    """Raises ``TooMany`` after too many failures for this name or from this address."""
    _count(session, name, address)


def count_attempt(session: Session, *, name: str, address: str) -> bool:
    """Count an attempt, in a short transaction of its own; whether it is the last before a pause.

    Raises ``TooMany`` like ``check_throttle``. Attempts that no longer matter are forgotten.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK)
    last = _count(session, name, address)
    session.execute(delete(SignInFailure).where(SignInFailure.at < now() - WINDOW))
    attempt = {"name": storable_name(name), "address": _storable_address(address), "at": now()}
    session.execute(insert(SignInFailure), [attempt])
    return last


def note_pause(session: Session, *, name: str, address: str) -> None:
    """Write to the trail that a pause began: one line, however many guesses follow."""
    known = storable_name(name)
    after = {"address": _storable_address(address)}
    stranger = Actor(None, known, "anonymous", "web")
    record_event(session, stranger, "session.throttled", subject=known, after=after)


def forget_attempts(session: Session, *, name: str) -> None:
    """Take back what was counted for a name whose password was right."""
    session.execute(delete(SignInFailure).where(SignInFailure.name == storable_name(name)))


def storable_name(name: str) -> str:
    """What somebody typed as a name, as the database can keep and compare it."""
    return name.replace("\0", "\ufffd")[:LONGEST_NAME]


def _count(session: Session, name: str, address: str) -> bool:
    counts = [
        (session.scalar(select(func.count()).select_from(SignInFailure).where(condition)), limit)
        for condition, limit in _conditions(name, address)
    ]
    if any((failures or 0) >= limit for failures, limit in counts):
        raise TooMany(
            "There were too many wrong passwords. Wait ten minutes and try again.",
            retry_after=int(WINDOW.total_seconds()),
        )
    return any((failures or 0) + 1 >= limit for failures, limit in counts)


def _conditions(name: str, address: str) -> Iterator[tuple[ColumnElement[bool], int]]:
    recent = SignInFailure.at > now() - WINDOW
    yield (SignInFailure.name == storable_name(name)) & recent, FAILURES_PER_NAME
    yield (SignInFailure.address == _storable_address(address)) & recent, FAILURES_PER_ADDRESS


def _storable_address(address: str) -> str:
    return address.replace("\0", "\ufffd")[:64]
