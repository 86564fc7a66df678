"""What tests of pages share: forms, pages without chance, counted queries."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy import event

from annotator.storage.engine import Database
from tests.world import new_id

SignIn = Callable[[str], FlaskClient]
BY_CHANCE = re.compile(
    r'((?:nonce|hx-nonce)="|name="(?:csrf|operation)" value="|name="csrf-token" content=")[^"]*'
)


def form(**fields: str) -> dict[str, str]:
    """A form as a page sends it: with an operation id of its own."""
    return {"operation": new_id(), **fields}


def masked(page: str) -> str:
    """A page without its nonce, its tokens and the ids of its forms."""
    return BY_CHANCE.sub(r"\1…", page)


def words(page: str) -> str:
    """The text of a page, without tags, blanks folded."""
    body = page.partition("<main")[2] or page
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that reading sessions run meanwhile."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        statements.append(statement)

    event.listen(database._reader, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database._reader, "before_cursor_execute", note)
