"""``annotator demo``: its password, its link, and starting anew."""

import re
from pathlib import Path

import pytest

from annotator.cli import demo as command
from annotator.config import DATABASE_FILE, read_settings
from annotator.domain.errors import Invalid
from annotator.services import demo
from annotator.services.sessions import check_password
from annotator.storage.engine import Database
from annotator.storage.locks import FolderLock
from tests.cli.conftest import Annotator
from tests.cli.servers import started
from tests.world import default_scheme

PASSWORD = "known to this test"


@pytest.fixture
def ready(tmp_path: Path, sqlite_template: Path) -> Path:
    """A data folder whose demo is complete, without articles: making those takes a while."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    (folder / "annotator.sqlite").write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{folder / 'annotator.sqlite'}")
    demo.make_accounts(database, PASSWORD)
    demo.make_project(database, default_scheme())
    database.dispose()
    (folder / command.PASSWORD_FILE).write_text(PASSWORD)
    (folder / command.COMPLETE).touch()
    return folder


def test_the_link_signs_in_once_and_the_password_is_told_at_each_start(ready: Path) -> None:
    with started(ready, "demo", "--port", "0", until="password") as server:
        told = "\n".join(server.out)
        assert f"password {PASSWORD}" in told
        found = re.search(rf"Open {re.escape(server.address)}(/start/\S+)", told)
        assert found
        status, _, headers = server.get(found[1])
        assert (status, headers["Location"]) == (303, "/projects/demo/next")
        assert "HttpOnly" in headers["Set-Cookie"]
        status, _, headers = server.get(found[1])
        assert (status, headers.get("Location")) != (303, "/projects/demo/next")
        assert "Set-Cookie" not in headers or "Max-Age=0" in headers["Set-Cookie"]
        assert server.get("/health")[0] == 200
        assert server.end() == 0
    assert "sample project ready" in server.errors.read_text()


def test_a_running_demo_is_not_reset_under_its_feet(ready: Path, run: Annotator) -> None:
    with started(ready, "demo", "--port", "0", until="password") as server:
        before = (ready / DATABASE_FILE).stat().st_ino
        ran = run("--data-dir", ready, "demo", "--reset", "--prepare-only")
        assert (ran.code, ran.out) == (1, "")
        assert f"uses the data folder {ready}" in ran.err
        assert (ready / DATABASE_FILE).stat().st_ino == before
        assert server.get("/health")[0] == 200
        server.process.kill()
        server.process.wait()
    with FolderLock(ready) as lock:
        lock.claim()
        ran = run("--data-dir", ready, "demo", "--prepare-only")
        assert (ran.code, "is being emptied" in ran.err) == (1, True)


def test_a_password_is_made_once_and_only_its_owner_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(command.PASSWORD_VARIABLE, raising=False)
    settings = read_settings(data_dir=str(tmp_path / "data"))
    database = Database(settings.database_url)
    made = command._password(settings, database)
    file = settings.data_dir / command.PASSWORD_FILE
    assert (file.read_text(), len(made) >= 20) == (made, True)
    assert file.stat().st_mode & 0o777 == 0o600
    assert command._password(settings, database) == made
    monkeypatch.setenv(command.PASSWORD_VARIABLE, "short")
    with pytest.raises(Invalid, match="at least"):
        command._password(settings, database)
    assert file.read_text() == made
    database.dispose()


def test_a_password_from_the_environment_becomes_everybodys(
    ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(command.PASSWORD_VARIABLE, "another password")
    settings = read_settings(data_dir=str(ready))
    database = Database(settings.database_url)
    assert command._password(settings, database) == "another password"
    with database.read() as session:
        for name in demo.PEOPLE:
            check_password(session, name=name, password="another password")
    file = ready / command.PASSWORD_FILE
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("another password", 0o600)
    database.dispose()


def test_a_reset_takes_nobodys_work(ready: Path, run: Annotator) -> None:
    assert run("--data-dir", ready, "project", "create", "trials").code == 0
    before = (ready / DATABASE_FILE).read_bytes()
    ran = run("--data-dir", ready, "demo", "--reset", "--prepare-only")
    assert (ran.code, ran.out) == (1, "")
    assert "also holds trials. Nothing was removed" in ran.err
    assert (ready / DATABASE_FILE).read_bytes() == before
    assert (ready / command.COMPLETE).exists()


def test_a_reset_takes_the_demos_own_files_and_no_other(ready: Path) -> None:
    (ready / "mine.txt").write_text("mine")
    (ready / "exports" / "job-1").mkdir(parents=True)
    settings = read_settings(data_dir=str(ready))
    command._reset(settings)
    assert [path.name for path in ready.iterdir()] == ["mine.txt"]
    elsewhere = read_settings(data_dir=str(ready), database="postgresql+psycopg://u@h/n")
    with pytest.raises(Invalid, match="Nothing was removed"):
        command._reset(elsewhere)
