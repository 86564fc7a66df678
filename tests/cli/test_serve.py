"""``annotator serve`` and ``annotator worker`` as processes."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from annotator import __version__
from annotator.domain.permissions import LOCAL
from annotator.services.jobs import EXPORT, queue_job
from annotator.storage.engine import Database
from annotator.storage.tables import Job
from tests.cli.conftest import Annotator
from tests.cli.servers import PATIENCE, started
from tests.world import World


def test_a_server_without_https_warns_and_ends_on_a_signal(tmp_path: Path) -> None:
    words = ("serve", "--host", "0.0.0.0", "--port", "0")
    with started(tmp_path, *words, until="Listening on", ANNOTATOR_PUBLIC_URL="") as server:
        status, body, _ = server.get("/health")
        assert (status, json.loads(body)["version"]) == (200, __version__)
        assert server.get("/")[0] in (302, 303)
        assert server.end() == 0
    said = server.errors.read_text()
    assert "neither https nor loopback" in said
    assert "Database: SQLite" in said
    assert "Traceback" not in said


def test_a_server_believes_its_own_proxies_and_nobody_else(tmp_path: Path) -> None:
    for proxies, status in (("0", 404), ("1", 403)):
        folder = tmp_path / proxies
        folder.mkdir()
        words = ("serve", "--port", "0")
        with started(folder, *words, until="Listening on", ANNOTATOR_PROXIES=proxies) as server:
            found, body, _ = server.get("/start/unknown", X_Forwarded_For="203.0.113.5")
            assert (proxies, found) == (proxies, status), body
            server.end()


def test_settings_that_cannot_be_are_refused(
    run: Annotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("ANNOTATOR_PROXIES", "one"),
        ("ANNOTATOR_PROXIES", "-1"),
        ("ANNOTATOR_LARGEST_REQUEST", "0"),
        ("ANNOTATOR_PUBLIC_URL", "annotate.example.org"),
        ("ANNOTATOR_PUBLIC_URL", "ftp://annotate.example.org"),
        ("ANNOTATOR_PUBLIC_URL", "https://"),
    ):
        monkeypatch.setenv(name, value)
        ran = run("serve", "--port", "0")
        assert (ran.code, f"{name} is “{value}”" in ran.err) == (1, True), ran
        monkeypatch.delenv(name)


def test_a_worker_takes_jobs_and_ends_on_a_signal(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "annotator.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    World(database).project()
    with database.write() as session:
        job = queue_job(session, LOCAL, 1, EXPORT, {"format": "jsonl"})
    command = [sys.executable, "-m", "annotator", "--data-dir", str(tmp_path), "worker"]
    worker = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        end = time.monotonic() + PATIENCE
        state = "queued"
        while state != "failed":
            assert worker.poll() is None
            assert time.monotonic() < end, state
            time.sleep(0.2)
            with database.read() as session:
                state = session.get_one(Job, job).state
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0
    finally:
        worker.kill()
        worker.wait()
        database.dispose()
