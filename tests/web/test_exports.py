"""The export page: asking for a corpus, watching the job, fetching what it made."""

import sys
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from annotator.config import Settings
from annotator.services.jobs import Attempt, beat, claim_job, fail_job, finish_job
from annotator.storage.tables import Event, Job
from annotator.web.lifecycle import EXTENSION, Runtime
from tests.web.pages import SignIn, form, words
from tests.world import World

PAGE = "/projects/trials/exports"
CHOICES = {"format": "spacy", "layer": "", "split": "0.8,0.1,0.1", "seed": "7"}


@pytest.fixture
def trials(world: World) -> World:
    """A project with a reviewer, and another one that she is in too."""
    world.project(quota=1, ann="annotator", rev="reviewer")
    world.project("other", rev="reviewer")
    world.finish(world.actor("ann"), world.article())
    return world


def jobs_of(world: World) -> list[Job]:
    with world.database.read() as session:
        return list(session.scalars(select(Job).order_by(Job.id)))


def take(world: World) -> Attempt:
    """The next job, as a worker takes it."""
    with world.database.write() as session:
        attempt = claim_job(session)
    assert attempt is not None
    return attempt


def finished(world: World, folder: Path, attempt: Attempt | None = None) -> None:
    """Let the only job have made ``folder`` and its archive."""
    attempt = attempt or take(world)
    folder.mkdir(parents=True)
    archive = folder.with_suffix(".zip")
    archive.write_bytes(b"zip")
    made: dict[str, Any] = {
        "folder": ".",
        "layer": "default",
        "articles": 1,
        "annotations": 0,
        "layers": {"ner": {"taken_in": 5, "written": 3}},
        "splits": {"train": 1},
        "warnings": ["Only one article."],
        "configs": ["configs/spancat.cfg"],
    }
    result = {"folder": str(folder), "file": str(archive), "bytes": 2049, "made": [made]}
    with world.database.write() as session:
        finish_job(session, attempt, result)


def test_an_export_is_asked_for_watched_and_fetched(
    trials: World, sign_in: SignIn, tmp_path: Path
) -> None:
    client = sign_in("rev")
    page = client.get(PAGE).text
    assert "Nothing was exported yet" in words(page)
    for name in ("gold", "majority", "all", "ann"):
        assert f'<option value="{name}">' in page
    sent = form(**CHOICES)
    answers = [client.post(PAGE, data=sent) for _ in range(2)]
    assert {(a.status_code, a.location) for a in answers} == {(303, f"{PAGE}/1")}
    [job] = jobs_of(trials)
    assert (job.kind, job.requested_by) == ("export", trials.people["rev"])
    assert job.params == {"format": "spacy", "layer": None, "seed": 7, "split": [0.8, 0.1, 0.1]}
    assert "Waiting for its turn" in client.get(f"{PAGE}/1").text
    early = client.get(f"{PAGE}/1/file")
    assert early.status_code == 409
    assert "not finished" in words(early.text)
    attempt = take(trials)
    with trials.database.write() as session:
        beat(session, attempt, 3, 8)
    partial = client.get(f"{PAGE}/1", headers={"HX-Request": "true"}).text
    assert partial.lstrip().startswith('<section id="job"')
    assert f'hx-get="{PAGE}/1"' in partial
    assert 'value="3"' in partial
    assert 'max="8"' in partial
    folder = tmp_path / "data" / "exports" / "job-1-1" / "trials-spacy"
    finished(trials, folder, attempt)
    page = client.get(f"{PAGE}/1", headers={"HX-Request": "true"}).text
    assert "hx-get" not in page
    assert "ner 5 3 2" in words(page)
    assert "3 kB" in page
    assert "Only one article." in page
    fetched = client.get(f"{PAGE}/1/file")
    assert (fetched.status_code, fetched.data) == (200, b"zip")
    assert "trials-spacy.zip" in fetched.headers["Content-Disposition"]
    fetched.close()
    assert "Export 1: spacy" in words(client.get(PAGE).text)
    folder.with_suffix(".zip").unlink()
    assert client.get(f"{PAGE}/1/file").status_code == 404


def test_an_export_is_deleted_with_its_files_and_once(
    trials: World, sign_in: SignIn, tmp_path: Path
) -> None:
    client = sign_in("rev")
    client.post(PAGE, data=form(**CHOICES))
    assert f'action="{PAGE}/1/delete"' not in client.get(f"{PAGE}/1").text
    waiting = client.post(f"{PAGE}/1/delete", data=form())
    attempt = take(trials)
    running = client.post(f"{PAGE}/1/delete", data=form())
    for refused in (waiting, running):
        assert (refused.status_code, "has not ended" in words(refused.text)) == (409, True)
    exports = tmp_path / "data" / "exports"
    finished(trials, exports / "job-1-1" / "trials-spacy", attempt)
    (exports / "job-11-1").mkdir()
    assert f'action="{PAGE}/1/delete"' in client.get(f"{PAGE}/1").text
    assert client.post("/projects/other/exports/1/delete", data=form()).status_code == 404
    assert sign_in("ann").post(f"{PAGE}/1/delete", data=form()).status_code == 403
    assert (exports / "job-1-1" / "trials-spacy.zip").is_file()
    sent = form()
    answers = [client.post(f"{PAGE}/1/delete", data=sent) for _ in range(2)]
    assert {(a.status_code, a.location) for a in answers} == {(303, f"{PAGE}?did=export-deleted")}
    assert "files were deleted" in words(client.get(answers[0].location).text)
    assert jobs_of(trials) == []
    assert [path.name for path in exports.iterdir()] == ["job-11-1"]
    with trials.database.read() as session:
        [event] = session.scalars(select(Event).where(Event.kind == "export.deleted"))
    assert (event.actor_id, event.subject) == (trials.people["rev"], "1")
    assert event.before == {"format": "spacy", "state": "done"}
    assert client.post(f"{PAGE}/1/delete", data=form()).status_code == 404


def test_no_file_outside_the_exports_is_given(
    trials: World, sign_in: SignIn, tmp_path: Path
) -> None:
    client = sign_in("rev")
    client.post(PAGE, data=form(**CHOICES))
    finished(trials, tmp_path / "data" / "exports" / ".." / "elsewhere" / "trials-spacy")
    assert (tmp_path / "data" / "elsewhere" / "trials-spacy.zip").is_file()
    assert client.get(f"{PAGE}/1/file").status_code == 404


def test_the_lines_that_train_name_the_folder_only_where_it_is_at_hand(
    trials: World, sign_in: SignIn, app: Flask, tmp_path: Path
) -> None:
    client = sign_in("rev")
    client.post(PAGE, data=form(**CHOICES))
    folder = tmp_path / "data" / "it's here" / "trials-spacy"
    finished(trials, folder)

    def lines() -> list[str]:
        page = client.get(f"{PAGE}/1").text
        return unescape(page.split("<code>")[1].split("</code>")[0]).split("\n")

    quoted = str(folder).replace("'", "'\"'\"'")
    assert lines() == [
        f"cd '{quoted}'",
        f"{sys.executable} -m spacy train configs/spancat.cfg --output model-spancat",
        f"{sys.executable} -m spacy evaluate model-spancat/model-best test.spacy",
    ]
    runtime = app.extensions[EXTENSION]
    settings = Settings(tmp_path / "data", "", public_url="https://a.example", host="0.0.0.0")
    app.extensions[EXTENSION] = Runtime(settings, runtime.database, runtime.wake_jobs)
    assert lines()[:2] == [
        "unzip trials-spacy.zip && cd trials-spacy",
        "python -m spacy train configs/spancat.cfg --output model-spancat",
    ]


def test_a_failed_export_says_why_and_has_no_file(trials: World, sign_in: SignIn) -> None:
    client = sign_in("rev")
    client.post(PAGE, data=form(**CHOICES))
    attempt = take(trials)
    with trials.database.write() as session:
        fail_job(session, attempt, "There is <nothing> to export.")
    page = client.get(f"{PAGE}/1").text
    assert "There is &lt;nothing&gt; to export." in page
    assert f'action="{PAGE}/1/delete"' in page
    assert client.get(f"{PAGE}/1/file").status_code == 409


def test_an_export_belongs_to_its_project_and_its_readers(trials: World, sign_in: SignIn) -> None:
    client = sign_in("rev")
    client.post(PAGE, data=form(**CHOICES))
    for end in ("", "/file"):
        assert client.get(f"/projects/other/exports/1{end}").status_code == 404
        assert client.get(f"{PAGE}/99{end}").status_code == 404
    reader = sign_in("ann")
    for address in (PAGE, f"{PAGE}/1", f"{PAGE}/1/file"):
        assert reader.get(address).status_code == 403
    assert reader.post(PAGE, data=form(**CHOICES)).status_code == 403
    assert len(jobs_of(trials)) == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("format", "word", "no export format “word”"),
        ("split", "0.8,0.1", "A split is three numbers"),
        ("seed", "-1", "not a whole number"),
        ("seed", "9999999999", "not a whole number"),
    ],
)
def test_what_cannot_be_is_not_started(
    trials: World, sign_in: SignIn, field: str, value: str, sentence: str
) -> None:
    answer = sign_in("rev").post(PAGE, data=form(**CHOICES | {field: value}))
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert jobs_of(trials) == []
