"""Bring a database to this version's schema: look first, back up, then migrate.

Alembic is imported only where something is to be done, because a start costs a second otherwise.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError

from annotator.domain.errors import Unavailable
from annotator.storage.copies import copy_into
from annotator.storage.engine import Database

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0001"
"""The newest migration; a guard compares it with the files."""


def current_revision(database: Database) -> str | None:
    """The revision that the database is at; None where it is empty.

    Raises ``Unavailable`` where it cannot be opened, or is no database.
    """
    try:
        with database.read() as session:
            connection = session.connection()
            if not inspect(connection).has_table("alembic_version"):
                return None
            query = text("SELECT version_num FROM alembic_version")
            revision: str | None = connection.scalar(query)
            return revision
    except DatabaseError as error:
        shown = database.url.render_as_string(hide_password=True)
        raise Unavailable(
            f"The database {shown} cannot be opened: {error.orig}. Nothing was changed; check its "
            "address and whether it may be read and written.",
            code="no-database",
        ) from error


def upgrade(database: Database) -> Path | None:
    """Migrate to ``HEAD``; the path of the backup that was taken before, if one was needed.

    Raises ``Unavailable`` for a database that a newer version of the program made.
    """
    revision = current_revision(database)
    if revision == HEAD:
        return None
    if revision is not None and revision > HEAD:
        raise Unavailable(
            f"The database was made by a newer version (schema {revision}; this version knows "
            f"{HEAD}). Nothing was changed; start the newer version.",
            code="newer-schema",
        )
    saved = back_up(database) if revision is not None and database.is_sqlite else None
    with database.connect() as connection:
        migrate(connection)
    return saved


def back_up(database: Database) -> Path:
    """A copy of the SQLite database beside it, made by ``VACUUM INTO``."""
    assert database.path is not None
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    target = database.path.with_name(f"{database.path.stem}-before-{HEAD}-{stamp}.sqlite")
    copy_into(database, target)
    with target.open("rb+") as copy:
        os.fsync(copy.fileno())
    return target


def migrate(connection: Connection, revision: str = "head") -> None:
    """Run the migrations up to ``revision`` in the connection's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
