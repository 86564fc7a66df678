"""The health address: open to everybody, and truthful."""

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from annotator import __version__
from annotator.storage.engine import Database


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
