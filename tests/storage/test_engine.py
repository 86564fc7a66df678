"""Reads cannot write, writes are durable and queue up, and each SQLite gets its safe journal."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from annotator.domain.errors import Invalid, Unavailable
from annotator.storage.engine import WAL_IS_SAFE_FROM, Database, bundled_sqlite
from annotator.storage.schema import upgrade
from annotator.storage.tables import Project
from tests.crowd import together
from tests.rows import count, fingerprint

ADDER = """
import sys
from sqlalchemy import select
from annotator.storage.engine import Database
from annotator.storage.tables import Project
database = Database(sys.argv[1])
print("ready", flush=True)
for _ in range(40):
    with database.write() as session:
        project = session.scalars(select(Project)).one()
        project.event_seq += 1
"""


def project_row(slug: str = "p") -> dict[str, object]:
    return {"slug": slug, "name": slug, "annotators_per_article": 1, "blind": True}


def add_project(database: Database, slug: str = "p") -> None:
    with database.write() as session:
        session.execute(insert(Project).values(**project_row(slug)))


def sqlite_of_version(*version: int) -> SimpleNamespace:
    """The real module, saying that it is of another version."""
    return SimpleNamespace(**{**vars(bundled_sqlite), "sqlite_version_info": version})


def pragma(database: Database, name: str, *, writing: bool) -> object:
    with database.write() if writing else database.read() as session:
        return session.scalar(text(f"PRAGMA {name}"))


def test_a_written_row_is_there_when_the_block_has_ended(database: Database) -> None:
    add_project(database)
    assert count(database, Project) == 1
    with database.read() as session:
        assert session.scalars(select(Project.slug)).one() == "p"


def test_an_error_takes_everything_back(database: Database) -> None:
    before = fingerprint(database)

    def fail() -> None:
        with database.write() as session:
            session.execute(insert(Project).values(**project_row()))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert fingerprint(database) == before


def test_a_reading_session_cannot_write(database: Database) -> None:
    add_project(database)
    before = fingerprint(database)
    for statement in (
        "INSERT INTO sessions VALUES ('q', 1, '2026-01-01', '2026-01-01')",
        "UPDATE projects SET name = 'changed'",
        "DELETE FROM projects",
        "DROP TABLE jobs",
    ):
        with database.read() as session, pytest.raises(DBAPIError, match=r"readonly|read-only"):
            session.execute(text(statement))
    assert fingerprint(database) == before


def test_a_reading_session_sees_one_snapshot(database: Database) -> None:
    add_project(database)
    with database.read() as session:
        assert session.scalars(select(Project.slug)).all() == ["p"]
        add_project(database, "q")
        assert session.scalars(select(Project.slug)).all() == ["p"]
    assert count(database, Project) == 2


def test_no_change_is_lost_among_threads(database: Database) -> None:
    add_project(database)

    def add() -> None:
        for _ in range(10):
            with database.write() as session:
                query = select(Project).with_for_update()
                session.scalars(query).one().event_seq += 1

    assert together([add] * 8) == [None] * 8
    with database.read() as session:
        assert session.scalars(select(Project.event_seq)).one() == 80


@pytest.mark.parametrize(
    ("version", "journal", "synchronous"),
    [
        (WAL_IS_SAFE_FROM, "wal", 2),
        ((3, 53, 4), "wal", 2),
        ((3, 51, 2), "truncate", 3),
        ((3, 40, 1), "truncate", 3),
    ],
)
def test_the_journal_is_safe_for_the_version(
    tmp_path: Path, version: tuple[int, ...], journal: str, synchronous: int
) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.sqlite", module=sqlite_of_version(*version))
    upgrade(database)
    for writing in (False, True):
        in_force = {
            name: pragma(database, name, writing=writing)
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")
        }
        assert in_force == {
            "journal_mode": journal,
            "synchronous": synchronous,
            "foreign_keys": 1,
            "trusted_schema": 0,
        }
        assert pragma(database, "cell_size_check", writing=writing) == 1
        assert pragma(database, "query_only", writing=writing) == (0 if writing else 1)
    assert journal.upper() in database.description
    assert ("FULL" if journal == "wal" else "EXTRA") in database.description
    add_project(database)
    database.dispose()


def test_a_database_changes_its_journal_with_the_version(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.sqlite"
    for version, journal in (((3, 53, 0), "wal"), ((3, 40, 0), "truncate"), ((3, 53, 0), "wal")):
        database = Database(url, module=sqlite_of_version(*version))
        assert pragma(database, "journal_mode", writing=True) == journal
        database.dispose()


def test_a_journal_that_cannot_be_had_stops_the_start(tmp_path: Path) -> None:
    class Stubborn(bundled_sqlite.Connection):  # type: ignore[misc]
        def execute(self, statement: str, *parameters: object) -> object:
            kept = statement.replace("journal_mode = wal", "journal_mode = delete")
            return super().execute(kept, *parameters)

    def connect(*arguments: object, **options: object) -> object:
        return bundled_sqlite.connect(*arguments, factory=Stubborn, **options)

    module = sqlite_of_version(3, 53, 0)
    module.connect = connect
    database = Database(f"sqlite:///{tmp_path}/a.sqlite", module=module)
    with pytest.raises(Unavailable, match="keeps the journal DELETE"):
        upgrade(database)
    database.dispose()


def test_a_writer_locks_from_its_first_statement(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    other = bundled_sqlite.connect(path, timeout=0, isolation_level=None)
    with database.read() as session:
        session.execute(text("SELECT 1"))
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    with database.write() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(bundled_sqlite.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()
    database.dispose()


def test_a_file_that_somebody_else_holds_is_busy(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    with database.write() as session:
        session.execute(text("PRAGMA busy_timeout = 1"))
    other = bundled_sqlite.connect(path, timeout=0, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with (
        pytest.raises(Unavailable, match="could not take the change"),
        database.write() as session,
    ):
        session.execute(text("SELECT 1"))
    other.execute("ROLLBACK")
    with database.write() as session:
        session.execute(text("SELECT 1"))
    other.close()
    database.dispose()


def test_no_change_is_lost_among_processes(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    add_project(database)
    command = [sys.executable, "-c", ADDER, f"sqlite:///{path}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        for _ in range(40):
            with database.write() as session:
                session.scalars(select(Project)).one().event_seq += 1
    assert process.returncode == 0
    with database.read() as session:
        assert session.scalars(select(Project.event_seq)).one() == 80
    database.dispose()


def test_a_full_disk_is_told_in_a_sentence(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    before = fingerprint(database)
    with database.write() as session:
        session.execute(text("PRAGMA max_page_count = 1"))
    row = project_row() | {"name": "x" * 1_000_000}
    with pytest.raises(Unavailable, match="disk") as refused, database.write() as session:
        session.execute(insert(Project).values(**row))
    assert refused.value.code == "disk-full"
    assert fingerprint(database) == before
    database.dispose()


def test_a_lock_that_is_never_freed_is_told_in_a_sentence(database: Database) -> None:
    if database.is_sqlite:
        with pytest.raises(Unavailable) as refused, database.write() as session:
            session.execute(text("SELECT * FROM no_such_table"))
        assert refused.value.code == "database-error"
        return
    add_project(database)
    with database.write() as holder:
        holder.execute(update(Project).values(name="held"))
        query = text("SET LOCAL lock_timeout = '50ms'; UPDATE projects SET name = 'never'")
        with pytest.raises(Unavailable, match="Nothing was stored"), database.write() as session:
            session.execute(query)
    assert count(database, Project, Project.name == "held") == 1


@pytest.mark.parametrize("url", ["nonsense", "", "://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="not the address of a database"):
        Database(url)
