"""Exports through the API: a job, its state, and the file once it is there."""

from pathlib import Path

import pytest

from annotator.services.jobs import Attempt, claim_job, fail_job, finish_job
from annotator.storage.tables import Job
from tests.api.conftest import Call, Caller
from tests.api.problems import Contents, expect
from tests.world import World

EXPORTS = "/projects/trials/exports"


@pytest.fixture
def rev(trials: World, call: Call) -> Caller:
    """A reviewer, who may export."""
    return call("rev")


def start(trials: World, rev: Caller) -> int:
    """An export that a worker has taken; its job's id."""
    answer = rev("POST", EXPORTS, json={"format": "jsonl", "layer": "all", "seed": 3})
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == f"/api/v1/jobs/{answer.json['id']}"
    assert (answer.json["state"], answer.json["requested_by"]) == ("queued", "rev")
    with trials.database.write() as session:
        attempt = claim_job(session)
        assert attempt is not None
        assert session.get_one(Job, attempt.job_id).params == {
            "format": "jsonl",
            "layer": "all",
            "seed": 3,
            "split": [0.8, 0.1, 0.1],
        }
    assert attempt.number == 1
    return attempt.job_id


def test_a_finished_export_is_fetched(trials: World, rev: Caller, tmp_path: Path) -> None:
    job = start(trials, rev)
    early = rev("GET", f"/jobs/{job}/file")
    assert (early.status_code, early.json["code"]) == (409, "no-file")
    file = tmp_path / "data" / "exports" / f"job-{job}-1" / "trials.jsonl"
    file.parent.mkdir(parents=True)
    file.write_bytes(b'{"text": "a"}\n')
    with trials.database.write() as session:
        made = {"file": str(file), "folder": str(file), "bytes": 14, "made": []}
        finish_job(session, Attempt(job, 1), made)
    shown = rev("GET", f"/jobs/{job}")
    assert (shown.json["state"], shown.json["bytes"]) == ("done", 14)
    assert str(tmp_path) not in shown.text
    assert shown.json["file"] == f"/api/v1/jobs/{job}/file"
    for headers in ({}, {"Range": "bytes=0-3"}):
        fetched = rev("GET", f"/jobs/{job}/file", headers=headers)
        assert (fetched.status_code, fetched.data) == (200, b'{"text": "a"}\n')
        assert "filename=trials.jsonl" in fetched.headers["Content-Disposition"]
        assert fetched.headers["Cache-Control"] == "no-store"
        fetched.close()
    file.unlink()
    assert rev("GET", f"/jobs/{job}/file").status_code == 404


def test_no_file_outside_the_exports_is_given(trials: World, rev: Caller, tmp_path: Path) -> None:
    job = start(trials, rev)
    secret = tmp_path / "data" / "secret"
    secret.write_text("s")
    with trials.database.write() as session:
        finish_job(session, Attempt(job, 1), {"file": str(secret), "bytes": 1})
    assert rev("GET", f"/jobs/{job}/file").status_code == 404


def test_a_failed_export_says_why(trials: World, rev: Caller) -> None:
    job = start(trials, rev)
    with trials.database.write() as session:
        fail_job(session, Attempt(job, 1), "There is nothing to export.")
    assert rev("GET", f"/jobs/{job}").json["message"] == "There is nothing to export."
    answer = rev("GET", f"/jobs/{job}/file")
    assert answer.status_code == 409
    assert "nothing to export" in answer.json["detail"]


REFUSED: list[tuple[dict[str, object], str]] = [
    ({}, "faulty-body"),
    ({"format": "word"}, "unknown-format"),
    ({"format": "jsonl", "split": [0.8, 0.1]}, "faulty-body"),
    ({"format": "jsonl", "split": [0.8, 0.1, 0.2]}, "wrong-split"),
    ({"format": "jsonl", "split": [2, -1, 0]}, "faulty-body"),
    ({"format": "jsonl", "seed": -1}, "faulty-body"),
    ({"format": "jsonl", "output": "/etc"}, "faulty-body"),
]


def test_an_export_that_cannot_be_is_not_queued(
    trials: World, rev: Caller, contents: Contents
) -> None:
    before = contents()
    for body, code in REFUSED:
        expect(rev("POST", EXPORTS, json=body), 422, code)
        assert contents() == before
