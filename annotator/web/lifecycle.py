"""The life of a request: one read snapshot, at most one writing transaction, one commit."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, g
from sqlalchemy.orm import Session

from annotator.config import Settings
from annotator.domain.permissions import Actor
from annotator.services.sessions import touch_session
from annotator.storage.engine import Database

EXTENSION = "annotator"


@dataclass(frozen=True, slots=True)
class Runtime:
    """What an application was made with.

    ``wake_jobs`` tells a worker in this process to look, ``check_jobs`` whether it does its work.
    """

    settings: Settings
    database: Database
    wake_jobs: Callable[[], None]
    check_jobs: Callable[[], str] | None = None


ANONYMOUS = Actor(None, "", "anonymous", "web")


def init_lifecycle(app: Flask, runtime: Runtime) -> None:
    """Give ``app`` its settings and database, and close each request's sessions."""
    app.extensions[EXTENSION] = runtime
    app.teardown_appcontext(_close)


def settings() -> Settings:
    """The settings that the application was made with."""
    return _runtime().settings


def database() -> Database:
    """The application's database."""
    return _runtime().database


def wake_jobs() -> None:
    """Have a job that was just committed taken at once."""
    _runtime().wake_jobs()


def check_jobs() -> dict[str, str]:
    """The check of the worker in this process; none where jobs are left to others."""
    check = _runtime().check_jobs
    return {} if check is None else {"worker": check()}


def reading() -> Session:
    """The request's read-only session, on one snapshot from its first use on."""
    if "read_session" not in g:
        g.read_stack = ExitStack()
        g.read_session = g.read_stack.enter_context(database().read())
    return cast(Session, g.read_session)


def released() -> Database:
    """The database for a service that opens transactions of its own.

    The request's snapshot is given up first: without WAL no writer commits while one is open.
    """
    _close(None)
    return database()


@contextmanager
def writing() -> Iterator[Session]:
    """The request's writing session: committed when the block ends, once in a request.

    The read snapshot is given up, so that what is read afterwards shows the change.
    """
    assert "wrote" not in g, "one commit per request"
    _close(None)
    with database().write() as session:
        if g.get("touch"):
            touch_session(session, g.session_hash)
        yield session
    g.wrote = True


def actor() -> Actor:
    """Who makes this request."""
    return cast(Actor, g.get("actor", ANONYMOUS))


def _close(_error: BaseException | None) -> None:
    stack = g.pop("read_stack", None)
    g.pop("read_session", None)
    if stack is not None:
        stack.close()


def _runtime() -> Runtime:
    return cast(Runtime, current_app.extensions[EXTENSION])
