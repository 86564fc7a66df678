"""Copies of a SQLite database: for a backup, and to read for long without holding up a writer."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from annotator.domain.errors import Conflict, DomainError, Unavailable
from annotator.storage.engine import Database


def copy_into(database: Database, target: Path) -> None:
    """Write what a SQLite database holds now to ``target``, where nothing is yet.

    Raises ``Unavailable`` where somebody holds the database, ``Conflict`` where the copy cannot be
    written.
    """
    with database.read() as session:
        connection = session.connection().connection.driver_connection
        assert connection is not None
        connection.rollback()
        connection.execute("PRAGMA query_only = OFF")
        try:
            connection.execute("VACUUM INTO ?", (str(target),))
        except database.module.OperationalError as error:
            raise _refusal(target, error) from error
        finally:
            connection.execute("PRAGMA query_only = ON")


@contextmanager
def read_long(database: Database, folder: Path) -> Iterator[Session]:
    """A reading session for minutes on one snapshot, which no save has to wait for.

    Without WAL no writer can commit while somebody reads, so there a copy is read. It lies in
    ``folder``, open to nobody else, and is gone afterwards.
    """
    if not database.is_sqlite or database.journal_mode == "wal":
        with database.read() as session:
            yield session
        return
    with TemporaryDirectory(prefix=".copy-", dir=folder) as place:
        path = Path(place) / "database.sqlite"
        copy_into(database, path)
        url = database.url.set(database=str(path)).render_as_string(hide_password=False)
        copy = Database(url, module=database.module)
        try:
            with copy.read() as session:
                yield session
        finally:
            copy.dispose()


def _refusal(target: Path, error: Exception) -> DomainError:
    if "locked" in str(error):
        return Unavailable(
            "The database is busy, so it could not be copied. Nothing was changed; try again.",
            code="busy",
        )
    return Conflict(
        f"The database could not be copied to {target.parent} ({error}). Nothing was changed; see "
        "whether there is room for it.",
        code="no-copy",
    )
