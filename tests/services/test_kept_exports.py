"""Exports made as jobs: who gets a file, which ones are old, and what deleting one leaves."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from annotator.domain.errors import Conflict, Forbidden, NotFound
from annotator.domain.permissions import LOCAL
from annotator.services.jobs import EXPORT, TOKENS, Attempt, JobView
from annotator.services.kept_exports import (
    MOST_KEPT,
    attempt_folder,
    delete_export,
    export_file,
    old_exports,
    remove_files,
)
from annotator.storage.tables import Job
from tests.rows import count, fingerprint
from tests.world import World

JOB = JobView(
    1, "trials", EXPORT, "done", {}, 0, 0, None, {}, None, datetime(2026, 2, 14, tzinfo=UTC), None
)


def add(world: World, state: str, *, kind: str = EXPORT, project_id: int = 1) -> int:
    with world.database.write() as session:
        job = Job(project_id=project_id, kind=kind, state=state, params={"format": "jsonl"})
        session.add(job)
        session.flush()
        return job.id


def test_a_file_is_given_where_it_is_one_of_a_finished_export(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    file = attempt_folder(exports, Attempt(1, 2)) / "a.zip"
    file.parent.mkdir(parents=True)
    file.touch()
    (tmp_path / "secret").touch()

    def made(path: Path) -> JobView:
        return replace(JOB, result={"file": str(path)})

    assert export_file(made(file), exports) == file
    for job, error, sentence in (
        (replace(JOB, kind=TOKENS), NotFound, "makes no file"),
        (replace(made(file), state="running"), Conflict, "not finished but running"),
        (replace(JOB, state="failed", message="Why."), Conflict, "no file. Why."),
        (made(file.with_name("b.zip")), NotFound, "is gone"),
        (made(tmp_path / "secret"), NotFound, "is gone"),
        (made(exports / ".." / "secret"), NotFound, "is gone"),
        (made(exports), NotFound, "is gone"),
    ):
        with pytest.raises(error, match=sentence):
            export_file(job, exports)


def test_what_is_older_than_the_newest_finished_ones_is_old(world: World) -> None:
    world.project()
    world.project("other")

    def old() -> list[int]:
        with world.database.read() as session:
            return old_exports(session, 1)

    add(world, "done", kind=TOKENS)
    add(world, "done", project_id=2)
    failed, running = add(world, "failed"), add(world, "running")
    kept = [add(world, "done") for _ in range(MOST_KEPT - 1)]
    add(world, "failed")
    assert old() == []
    add(world, "done")
    assert old() == [failed], "one that is being made may still become the newest"
    add(world, "done")
    assert old() == [failed, kept[0]]
    assert running not in old()


def test_files_of_one_export_go_and_no_others(tmp_path: Path) -> None:
    for name in ("job-1-1", "job-1-2", "job-11-1", "job-2-1"):
        (tmp_path / name / "deep").mkdir(parents=True)
    remove_files(tmp_path, 1)
    remove_files(tmp_path / "nothing", 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["job-11-1", "job-2-1"]


def test_only_an_ended_export_is_deleted_by_who_may_export(world: World) -> None:
    world.project(ann="annotator", rev="reviewer")
    world.project("other", eve="manager")
    done, running, tokens = (
        add(world, "done"),
        add(world, "running"),
        add(world, "done", kind=TOKENS),
    )
    before = fingerprint(world.database)
    for name, job_id, error in (
        ("ann", done, Forbidden),
        ("eve", done, NotFound),
        ("rev", running, NotFound),
        ("rev", tokens, NotFound),
        ("rev", 99, NotFound),
    ):
        with pytest.raises(error), world.database.write() as session:
            delete_export(session, world.actor(name), job_id=job_id)
    assert fingerprint(world.database) == before
    with world.database.write() as session:
        delete_export(session, LOCAL, job_id=done)
    assert count(world.database, Job) == 2
