"""Copies of a database: whole, private, of one moment, and gone when they were read."""

import stat
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from annotator.domain.errors import Conflict, Unavailable
from annotator.storage.copies import copy_into, read_long
from annotator.storage.engine import WAL_IS_SAFE_FROM, Database, bundled_sqlite
from annotator.storage.schema import upgrade
from annotator.storage.tables import Project
from tests.rows import fingerprint

TRUNCATE = (3, 40, 1)


def made(path: Path, version: tuple[int, ...]) -> Database:
    module = SimpleNamespace(**{**vars(bundled_sqlite), "sqlite_version_info": version})
    database = Database(f"sqlite:///{path}", module=module)
    upgrade(database)
    add(database, "one")
    return database


def add(database: Database, slug: str) -> None:
    row = {"slug": slug, "name": slug, "annotators_per_article": 1, "blind": True}
    with database.write() as session:
        session.execute(insert(Project).values(**row))


@pytest.mark.parametrize("version", [WAL_IS_SAFE_FROM, TRUNCATE])
def test_a_copy_holds_what_the_database_holds(tmp_path: Path, version: tuple[int, ...]) -> None:
    database = made(tmp_path / "a.sqlite", version)
    copy_into(database, tmp_path / "copy.sqlite")
    copy = Database(f"sqlite:///{tmp_path}/copy.sqlite")
    assert fingerprint(copy) == fingerprint(database)
    with database.read() as session, pytest.raises(DBAPIError, match="readonly"):
        session.execute(insert(Project).values(slug="two", name="two"))
    copy.dispose()
    database.dispose()


def test_a_copy_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    database = made(tmp_path / "a.sqlite", TRUNCATE)
    with pytest.raises(Conflict, match=r"could not be copied to .*nowhere"):
        copy_into(database, tmp_path / "nowhere" / "copy.sqlite")
    with database.read() as session:
        session.execute(text("PRAGMA busy_timeout = 1"))
    other = bundled_sqlite.connect(tmp_path / "a.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unavailable, match="is busy"):
        copy_into(database, tmp_path / "copy.sqlite")
    other.close()
    copy_into(database, tmp_path / "copy.sqlite")
    database.dispose()


@pytest.mark.parametrize(("version", "copies"), [(WAL_IS_SAFE_FROM, 0), (TRUNCATE, 1)])
def test_a_long_reading_is_of_one_moment_and_holds_up_nobody(
    tmp_path: Path, version: tuple[int, ...], copies: int
) -> None:
    database = made(tmp_path / "a.sqlite", version)
    folder = tmp_path / "50% of it"
    folder.mkdir()
    slugs = select(Project.slug).order_by(Project.slug)
    with read_long(database, folder) as session:
        assert session.scalars(slugs).all() == ["one"]
        add(database, "two")
        assert session.scalars(slugs).all() == ["one"]
        found = list(folder.iterdir())
        assert len(found) == copies
        if sys.platform != "win32":
            assert [stat.S_IMODE(path.stat().st_mode) for path in found] == [0o700] * copies
        with pytest.raises(DBAPIError, match="readonly"):
            session.execute(insert(Project).values(slug="x", name="x"))
    assert list(folder.iterdir()) == []
    with database.read() as session:
        assert session.scalars(slugs).all() == ["one", "two"]
    database.dispose()
