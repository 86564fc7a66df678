"""The health address: open to everybody, and truthful."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from annotator import __version__
from annotator.app import create_app
from annotator.config import Settings
from annotator.domain.permissions import LOCAL
from annotator.jobs.runner import JobRunner
from annotator.services.jobs import EXPORT, claim_job, queue_job
from annotator.storage.engine import Database
from annotator.storage.tables import Job, now
from tests.world import World


def test_a_sound_server_says_so_to_anybody(app: Flask) -> None:
    answer = app.test_client().get("/health")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json is not None
    assert (answer.json["status"], answer.json["version"]) == ("ok", __version__)
    assert set(answer.json["checks"].values()) == {"ok"}


def test_a_database_that_fails_is_told(
    app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise OperationalError("SELECT 1", {}, Exception("disk on fire at /secret"))

    monkeypatch.setattr(database, "read", broken)
    answer = app.test_client().get("/health")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["status"] == "failed"
    assert "OperationalError" in answer.json["checks"]["database"]
    assert "secret" not in answer.text


def test_a_worker_that_ended_is_told(database: Database, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "data", database.url.render_as_string(hide_password=False))
    runner = JobRunner(settings, database)
    client = create_app(settings, database, check_jobs=runner.check).test_client()
    runner.start()
    answer = client.get("/health")
    assert answer.json is not None
    assert (answer.status_code, answer.json["checks"]["worker"]) == (200, "ok")
    runner.stop()
    answer = client.get("/health")
    assert answer.json is not None
    assert (answer.status_code, answer.json["status"]) == (503, "failed")
    assert "has ended" in answer.json["checks"]["worker"]


def test_a_job_that_no_worker_takes_is_told(app: Flask, world: World) -> None:
    world.project()
    with world.database.write() as session:
        job = queue_job(session, LOCAL, 1, EXPORT, {})

    def told() -> tuple[int, str]:
        answer = app.test_client().get("/health")
        assert answer.json is not None
        assert "worker" not in answer.json["checks"]
        return answer.status_code, answer.json["checks"]["jobs"]

    assert told() == (200, "ok")
    with world.database.write() as session:
        session.get_one(Job, job).created_at = now() - timedelta(minutes=5)
    status, sentence = told()
    assert (status, sentence.split(" since ")[0]) == (200, "waiting: a job is taken by no worker")
    with world.database.write() as session:
        assert claim_job(session) is not None
    assert told() == (200, "ok")
