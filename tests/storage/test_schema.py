"""A database is looked at, backed up, migrated in one transaction, and never taken back."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from annotator.domain.errors import Unavailable
from annotator.storage import schema
from annotator.storage.engine import Database
from annotator.storage.schema import current_revision, upgrade
from tests.rows import fingerprint
from tests.storage.test_engine import add_project

NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None

def upgrade():
    op.add_column("projects", sa.Column("motto", sa.String(20), nullable=True))
    {last}
"""


def with_next(monkeypatch: pytest.MonkeyPatch, folder: Path, last: str = "pass") -> None:
    """This version's migrations and one more, as a newer version would bring them."""
    migrations = folder / "migrations"
    shutil.copytree(schema.MIGRATIONS, migrations)
    (migrations / "versions" / "0002_a_motto.py").write_text(NEXT.format(last=last))
    monkeypatch.setattr(schema, "MIGRATIONS", migrations)
    monkeypatch.setattr(schema, "HEAD", "0002")


def columns(database: Database) -> set[str]:
    with database.read() as session:
        found = inspect(session.connection()).get_columns("projects")
    return {column["name"] for column in found}


def test_an_empty_file_gets_the_schema_and_no_backup(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/deep/er/a.sqlite")
    assert current_revision(database) is None
    assert upgrade(database) is None
    assert current_revision(database) == schema.HEAD
    assert [path.name for path in tmp_path.rglob("*before*")] == []
    before = fingerprint(database)
    assert upgrade(database) is None
    assert fingerprint(database) == before
    database.dispose()


def test_an_older_database_is_backed_up_and_migrated(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_project(database)
    before = fingerprint(database)
    with_next(monkeypatch, tmp_path)
    saved = upgrade(database)
    assert current_revision(database) == "0002"
    assert "motto" in columns(database)
    assert fingerprint(database) == before
    if not database.is_sqlite:
        assert saved is None
        return
    assert saved is not None
    backup = Database(f"sqlite:///{saved}")
    assert current_revision(backup) == "0001"
    assert "motto" not in columns(backup)
    assert fingerprint(backup) == before
    backup.dispose()


def test_a_migration_that_fails_changes_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_project(database)
    before = fingerprint(database)
    with_next(monkeypatch, tmp_path, 'raise RuntimeError("half way")')
    with pytest.raises(RuntimeError, match="half way"):
        upgrade(database)
    assert current_revision(database) == "0001"
    assert "motto" not in columns(database)
    assert fingerprint(database) == before


def test_a_newer_database_is_left_alone(database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0099'"))
    before = fingerprint(database)
    with pytest.raises(Unavailable, match="newer version") as refused:
        upgrade(database)
    assert refused.value.code == "newer-schema"
    assert current_revision(database) == "0099"
    assert fingerprint(database) == before


def test_after_a_backup_a_reading_session_still_cannot_write(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.sqlite"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    assert schema.back_up(database).stat().st_size > 0
    with database.read() as session:
        assert session.scalar(text("PRAGMA query_only")) == 1
    database.dispose()


@pytest.mark.parametrize("content", [b"this is no database, only words " * 40, None])
def test_what_is_no_database_is_told_in_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.sqlite"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    database = Database(f"sqlite:///{path}")
    with pytest.raises(Unavailable, match="cannot be opened") as refused:
        upgrade(database)
    assert refused.value.code == "no-database"
    assert content is None or path.read_bytes() == content
    database.dispose()
