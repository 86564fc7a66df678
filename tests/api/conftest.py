"""Callers of the API: people with a token."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from annotator.domain.permissions import LOCAL
from annotator.services.accounts import create_token
from annotator.storage.engine import Database
from annotator.storage.tables import Base
from tests.world import World

BASE = "/api/v1"


class Caller:
    """Sends requests with a person's token; paths are below ``/api/v1``."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self.app = app
        self.token = token
        self.client = app.test_client()

    def __call__(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any
    ) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.open(
            BASE + path, method=method, headers={**sent, **(headers or {})}, **options
        )

    def again(self) -> "Caller":
        """The same person on a connection of their own, for threads."""
        return Caller(self.app, self.token)


Call = Callable[[str], Caller]


@pytest.fixture
def call(app: Flask, database: Database) -> Call:
    """Makes a token for a person; their caller."""

    def make(name: str) -> Caller:
        with database.write() as session:
            return Caller(app, create_token(session, LOCAL, name=name))

    return make


@pytest.fixture
def stranger(app: Flask) -> Caller:
    """Somebody without a token."""
    return Caller(app, None)


@pytest.fixture
def trials(world: World) -> World:
    """A blind project ``trials`` with everybody in it, beside a project ``other`` with nobody."""
    world.person("root", "admin")
    world.project(boss="manager", rev="reviewer", ann="annotator", bob="annotator")
    world.project("other", cat="annotator")
    return world


@pytest.fixture
def contents(database: Database) -> Callable[[], dict[str, list[tuple[Any, ...]]]]:
    """Reads every row of every table, to tell whether a request changed anything."""

    def read() -> dict[str, list[tuple[Any, ...]]]:
        with database.read() as session:
            return {
                table.name: sorted(map(repr, session.execute(table.select()).all()))
                for table in Base.metadata.sorted_tables
            }

    return read
