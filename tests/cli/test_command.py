"""The command as a whole: help, versions, wrong usage, and a database that cannot be had."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from annotator import __version__
from annotator.cli import COMMANDS
from annotator.storage import schema
from annotator.storage.engine import Database
from tests.cli.conftest import Annotator
from tests.rows import fingerprint
from tests.services.steps import add
from tests.world import World


def test_help_names_every_command_and_touches_no_database(run: Annotator, tmp_path: Path) -> None:
    ran = run("--help")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[0] for line in ran.out.split("Commands:\n")[1].splitlines()] == sorted(
        COMMANDS
    )
    assert run("--version").out == f"annotator, version {__version__}\n"
    for command in COMMANDS:
        ran = run(command, "--help")
        assert (ran.code, ran.err) == (0, "")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no-such"], "No such command 'no-such'"),
        (["project", "list", "--no-such"], "No such option"),
        (["--no-such"], "No such option"),
        (["import", "trials"], "Missing argument 'PATHS...'"),
        (["import", "trials", "no-such-file.txt"], "does not exist"),
        (["export", "trials"], "Missing option"),
        (["export", "trials", "--format", "jsonl", "--output", "x", "--seed", "y"], "integer"),
        (["demo", "--port", "99999"], "99999"),
        (["serve", "--threads", "0"], "0 is not in the range"),
    ],
)
def test_wrong_usage_is_told_on_stderr(
    run: Annotator, tmp_path: Path, arguments: list[str], words: str
) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err
    assert not (tmp_path / "data").exists()


def test_the_database_is_made_in_the_data_folder(run: Annotator, tmp_path: Path) -> None:
    ran = run("project", "list")
    assert (ran.code, ran.out) == (0, "There is no project yet.\n")
    assert (tmp_path / "data" / "annotator.sqlite").is_file()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    other = tmp_path / "other"
    assert json.loads(run("--data-dir", other, "project", "list", "--json").out) == {"projects": []}
    assert (other / "annotator.sqlite").is_file()


def test_a_database_that_cannot_be_had_is_one_sentence(run: Annotator, tmp_path: Path) -> None:
    words = tmp_path / "words.sqlite"
    words.write_text("no database, only words " * 100)
    for url, expected in (
        ("nonsense", "not the address of a database"),
        (f"sqlite:///{words}", "cannot be opened"),
        (f"sqlite:///{tmp_path}", "cannot be opened"),
        (f"sqlite:///{words}/below/a.sqlite", "The command ended here"),
    ):
        ran = run("--database", url, "project", "list")
        assert (ran.code, ran.out) == (1, "")
        assert expected in ran.err
        assert len(ran.err.splitlines()) == 1


def test_a_newer_database_is_refused(annotator: Annotator, database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0099'"))
    ran = annotator("project", "list")
    assert (ran.code, ran.out) == (1, "")
    assert "newer version" in ran.err


def test_a_backup_is_told_on_stderr(
    run: Annotator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.storage.test_schema import with_next

    run("project", "list")
    with_next(monkeypatch, tmp_path)
    ran = run("project", "list", "--json")
    assert ran.code == 0
    assert json.loads(ran.out) == {"projects": []}
    assert "The database was migrated; the backup is" in ran.err
    [backup] = (tmp_path / "data").glob(f"*before-{schema.HEAD}*")
    assert str(backup) in ran.err


def test_the_trail_is_verified(annotator: Annotator, world: World) -> None:
    world.project(ann="annotator")
    article = world.article()
    world.apply(world.actor("ann"), article, add())
    ran = annotator("audit", "verify")
    assert (ran.code, ran.out, ran.err) == (0, "The audit trail is whole.\n", "")
    assert json.loads(annotator("audit", "verify", "--json").out) == {"ok": True, "broken": []}
    with world.database.write() as session:
        session.execute(text("UPDATE projects SET event_seq = event_seq + 1"))
    before = fingerprint(world.database)
    ran = annotator("audit", "verify", "--json")
    assert ran.code == 1
    assert json.loads(ran.out)["ok"] is False
    assert "no event" in annotator("audit", "verify").out
    assert fingerprint(world.database) == before


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org", ""])
def test_the_demo_listens_on_this_machine_only(run: Annotator, tmp_path: Path, host: str) -> None:
    ran = run("demo", "--host", host)
    assert (ran.code, ran.out) == (1, "")
    assert "listens on this machine only" in ran.err
    assert not (tmp_path / "data").exists()


def test_a_demo_beside_its_own_database_is_not_reset(run: Annotator, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/mine.sqlite"
    run("--database", url, "project", "create", "mine")
    ran = run("--database", url, "demo", "--reset", "--prepare-only")
    assert (ran.code, ran.out) == (1, "")
    assert "Nothing was removed" in ran.err
