"""The database: read-only sessions for reads, one fair queue for writes, durable commits."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, Executable, create_engine, event, make_url
from sqlalchemy.engine import URL, Connection, CursorResult
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session

from annotator.domain.errors import Invalid, Unavailable
from annotator.storage.locks import WriteLock

try:
    from pysqlite3 import dbapi2 as bundled_sqlite
except ImportError:  # no wheel for this platform: the standard library's, with its own version
    bundled_sqlite = sqlite3

WAL_IS_SAFE_FROM = (3, 51, 3)
"""SQLite before this can corrupt a database in WAL mode (the WAL-reset bug, fixed March 2026)."""

READERS = 16
T = TypeVar("T")
KEPT = "kept"
WRITES = "writes"


class Database:
    """A store and its two kinds of session.

    Reads cannot write: on SQLite the connection is ``query_only``, on PostgreSQL the transaction is
    read-only. Writes wait in one queue and are on disk when ``write`` returns.
    """

    def __init__(self, url: str, *, module: Any = bundled_sqlite) -> None:
        try:
            self.url: URL = make_url(url)
        except ArgumentError as error:
            raise Invalid(
                f"“{url}” is not the address of a database, such as sqlite:////folder/file.sqlite "
                "or postgresql+psycopg://user@host/name."
            ) from error
        self.module = module
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.path = Path(self.url.database or "") if self.is_sqlite else None
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._sqlite_version: tuple[int, ...] = module.sqlite_version_info
            self._reader = self._sqlite_engine(module, READERS, "BEGIN", query_only=True)
            self._writer = self._sqlite_engine(module, 1, "BEGIN IMMEDIATE", query_only=False)
        else:
            options = {"pool_size": READERS, "pool_pre_ping": True}
            self._reader = create_engine(self.url, **options).execution_options(
                postgresql_readonly=True, isolation_level="REPEATABLE READ"
            )
            self._writer = create_engine(self.url, **options)
        lock_path = None
        if self.path is not None:
            lock_path = self.path.with_name(f"{self.path.name}.lock")
        self._lock = WriteLock(lock_path)
        self._kept: dict[str, Any] = {}

    @property
    def journal_mode(self) -> str:
        """SQLite's journal: WAL where its version is safe there, else TRUNCATE."""
        return "wal" if self._sqlite_version >= WAL_IS_SAFE_FROM else "truncate"

    @property
    def description(self) -> str:
        """One line for the start and for ``doctor``: what is used and how it commits."""
        if not self.is_sqlite:
            return f"PostgreSQL, {self.url.render_as_string(hide_password=True)}"
        version = ".".join(map(str, self._sqlite_version))
        sync = "FULL" if self.journal_mode == "wal" else "EXTRA"
        return f"SQLite {version}, journal {self.journal_mode.upper()}, synchronous {sync}"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one snapshot; a statement that writes fails."""
        with Session(
            self._reader, autoflush=False, expire_on_commit=False, info={KEPT: self._kept}
        ) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes are committed and synced when the block ends without an error.

        Raises ``Unavailable`` where the store is busy or full; then nothing was written.
        """
        try:
            with (
                self._held(),
                Session(
                    self._writer, expire_on_commit=False, info={KEPT: self._kept, WRITES: True}
                ) as session,
                session.begin(),
            ):
                yield session
        except OperationalError as error:
            raise _refusal(str(error.orig)) from error

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A bare connection in a write transaction, for migrations."""
        with self._held(), self._writer.begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self._writer.dispose()
        self._lock.close()

    @contextmanager
    def _held(self) -> Iterator[None]:
        if self.is_sqlite:
            with self._lock.held():
                yield
        else:
            yield

    def _sqlite_engine(self, module: Any, size: int, begin: str, *, query_only: bool) -> Engine:
        engine = create_engine(self.url, module=module, pool_size=size, max_overflow=0)

        @event.listens_for(engine, "connect")
        def configure(connection: Any, _record: object) -> None:
            connection.isolation_level = None
            connection.execute("PRAGMA busy_timeout = 10000")
            (found,) = connection.execute(f"PRAGMA journal_mode = {self.journal_mode}").fetchone()
            if found != self.journal_mode:
                raise Unavailable(
                    f"The database {self.path} keeps the journal {found.upper()}, but "
                    f"{self.journal_mode.upper()} is the safe one here. Nothing was changed; stop "
                    "other programs that have it open, and start again.",
                    code="journal",
                )
            for pragma in self._pragmas(query_only=query_only):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def start(connection: Connection) -> None:
            # Straight to the driver: a statement of SQLAlchemy's would cost ten times as much.
            try:
                connection.connection.cursor().execute(begin)
            except module.OperationalError as error:
                raise _refusal(str(error)) from error

        return engine

    def _pragmas(self, *, query_only: bool) -> list[str]:
        pragmas = [
            f"synchronous = {'FULL' if self.journal_mode == 'wal' else 'EXTRA'}",
            "foreign_keys = ON",
            # Without it REPLACE takes a row away behind the triggers that refuse a DELETE.
            "recursive_triggers = ON",
            "trusted_schema = OFF",
            "cell_size_check = ON",
        ]
        return [*pragmas, "query_only = ON"] if query_only else pragmas


def kept(session: Session, name: str, make: Callable[[], T]) -> T:
    """What is kept in memory for the session's database under ``name``; ``make`` starts it."""
    shelf: dict[str, T] = session.info[KEPT]
    if name not in shelf:
        shelf.setdefault(name, make())
    return shelf[name]


def run(
    session: Session,
    statement: Executable,
    parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
) -> CursorResult[Any]:
    """Execute a statement on columns in the session's transaction, without the ORM around it.

    A third of the time of ``session.execute``, which counts where a request has a dozen of them.
    What the session holds unwritten is written first; rows have the columns' names.
    """
    if session.autoflush:
        session.flush()
    return session.connection().execute(statement, parameters)


def is_writing(session: Session) -> bool:
    """Whether what the session sees may still be taken back, so that nobody may keep it."""
    return WRITES in session.info


def _refusal(reason: str) -> Unavailable:
    if "full" in reason:
        return Unavailable(
            "The disk of the server is full. Nothing was stored; what you did stays in this "
            "browser until there is room again.",
            code="disk-full",
        )
    return Unavailable(
        "The database could not take the change. Nothing was stored; it is tried again shortly.",
        code="database-error",
    )
