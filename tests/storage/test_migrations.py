"""The migrations make what the tables say, in one line, and their guard against rewriting holds."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Integer, insert, select, text
from sqlalchemy.exc import DBAPIError

from annotator.storage import schema
from annotator.storage.engine import Database
from annotator.storage.tables import Base, Event, now
from tests.rows import fingerprint

EVENT = {"via": "cli", "kind": "test", "previous_hash": "", "hash": "x", "at": now()}


@pytest.fixture
def scripts() -> ScriptDirectory:
    return ScriptDirectory(str(schema.MIGRATIONS))


def differences(database: Database) -> list[object]:
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def test_the_constant_names_the_only_newest_migration(scripts: ScriptDirectory) -> None:
    assert scripts.get_heads() == [schema.HEAD]
    assert len(scripts.get_bases()) == 1


def test_migrations_are_numbered_in_the_order_they_run(scripts: ScriptDirectory) -> None:
    revisions = [script.revision for script in scripts.walk_revisions()][::-1]
    assert revisions == [f"{number:04}" for number in range(1, len(revisions) + 1)]


def test_the_migrated_schema_is_what_the_tables_say(database: Database) -> None:
    assert differences(database) == []
    table = Base.metadata.tables["jobs"]
    table.append_column(Column("extra", Integer))
    try:
        assert len(differences(database)) == 1
    finally:
        table._columns.remove(table.c.extra)


def test_nothing_lies_before_the_first_schema(database: Database) -> None:
    before = fingerprint(database)
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with database.connect() as connection:
        config.attributes["connection"] = connection
        with pytest.raises(NotImplementedError, match="restore a backup"):
            command.downgrade(config, "base")
    assert schema.current_revision(database) == schema.HEAD
    assert fingerprint(database) == before


def test_events_are_only_ever_added(database: Database) -> None:
    with database.write() as session:
        session.execute(insert(Event).values(**EVENT))
    before = fingerprint(database)
    for statement in (
        "UPDATE events SET kind = 'forged'",
        "UPDATE events SET hash = hash",
        "DELETE FROM events",
        "DELETE FROM events WHERE id = 1",
    ):
        with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
            session.execute(text(statement))
    assert fingerprint(database) == before


@pytest.mark.parametrize(
    "statement",
    ["TRUNCATE events", "TRUNCATE users CASCADE", "TRUNCATE events, jobs RESTART IDENTITY"],
)
def test_events_cannot_be_thrown_away_at_once(database: Database, statement: str) -> None:
    if database.is_sqlite:
        pytest.skip("only PostgreSQL has TRUNCATE")
    with database.write() as session:
        session.execute(insert(Event).values(**EVENT))
    before = fingerprint(database)
    with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
        session.execute(text(statement))
    assert fingerprint(database) == before


def test_an_event_cannot_be_replaced(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("only SQLite has REPLACE")
    with database.write() as session:
        session.execute(insert(Event).values(**EVENT))
        number = session.scalar(select(Event.id))
    forged = insert(Event).prefix_with("OR REPLACE").values(**EVENT | {"id": number, "hash": "y"})
    before = fingerprint(database)
    with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
        session.execute(forged)
    assert fingerprint(database) == before
