"""Databases, applications and people for all tests."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url, text

from annotator.app import create_app
from annotator.config import Settings
from annotator.storage.engine import Database
from annotator.storage.schema import upgrade
from tests.postgres import postgres_url
from tests.postgres_pool import PostgresPool
from tests.world import PASSWORD, World


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rounds",
        choices=("few", "full"),
        default="few",
        help="how long the proofs of reliability run",
    )


@pytest.fixture(scope="session")
def full_rounds(request: pytest.FixtureRequest) -> bool:
    """Whether long proofs run all their rounds."""
    return request.config.getoption("--rounds") == "full"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with the schema, to be copied."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """Address of a server with a migrated template database; skips where none can be had."""
    with postgres_url() as url:
        if url is None:
            pytest.skip("no PostgreSQL: set TEST_DATABASE_URL or install one")
        name = f"annotator_template_{uuid.uuid4().hex[:8]}"
        _execute(url, f"CREATE DATABASE {name}")
        database = Database(_named(url, name))
        upgrade(database)
        database.dispose()
        try:
            yield _named(url, name)
        finally:
            _execute(url, f"DROP DATABASE {name}")


@pytest.fixture(scope="session")
def postgres_pool(postgres_template: str) -> Iterator[PostgresPool]:
    """The PostgreSQL database that the tests of a run use one after the other."""
    pool = PostgresPool(postgres_template)
    yield pool
    pool.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with the schema; each test runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        made = Database(f"sqlite:///{path}")
        yield made
        made.dispose()
        return
    made = Database(request.getfixturevalue("postgres_pool").empty())
    yield made
    made.dispose()


@pytest.fixture
def world(database: Database) -> World:
    """People, projects and articles in ``database``."""
    return World(database)


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Flask:
    """The application on ``database``."""
    settings = Settings(tmp_path / "data", database.url.render_as_string(hide_password=False))
    made = create_app(settings, database)
    made.testing = True
    return made


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], FlaskClient]:
    """Signs a person in; their client, which sends a valid token with every request."""

    def enter(name: str) -> FlaskClient:
        client = app.test_client()
        base = "https://localhost"
        page = client.get("/sign-in", base_url=base).text
        token = page.split('name="csrf" value="')[1].split('"')[0]
        form = {"username": name, "password": PASSWORD, "csrf": token}
        answer = client.post("/sign-in", data=form, base_url=base)
        assert answer.status_code == 303, answer.text
        page = client.get("/", base_url=base).text
        token = page.split('name="csrf-token" content="')[1].split('"')[0]
        client.environ_base["HTTP_X_CSRF_TOKEN"] = token
        client.environ_base["wsgi.url_scheme"] = "https"
        return client

    return enter


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _execute(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
