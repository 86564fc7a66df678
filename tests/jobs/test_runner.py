"""The threads that take jobs, with real child processes."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from annotator.config import Settings
from annotator.domain.permissions import LOCAL
from annotator.jobs import runner as module
from annotator.jobs.runner import BUSY, JobRunner
from annotator.services.jobs import EXPORT, TOKENS, queue_job
from annotator.storage.tables import Article, Job
from tests.world import World

PATIENCE = 120
PYTHON = sys.executable
posix = pytest.mark.skipif(sys.platform == "win32", reason="its python is a shell script")


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


@dataclass
class Stage:
    """A runner on the test's database, and what it is asked for."""

    world: World
    folder: Path
    runner: JobRunner = field(init=False)

    def __post_init__(self) -> None:
        url = self.world.database.url.render_as_string(hide_password=False)
        self.runner = JobRunner(Settings(self.folder / "data", url), self.world.database)

    def ask(self, kind: str, **params: str) -> int:
        with self.world.database.write() as session:
            job_id = queue_job(session, LOCAL, 1, kind, params)
        self.runner.wake()
        return job_id

    def stored(self, job_id: int) -> Job:
        with self.world.database.read() as session:
            return session.get_one(Job, job_id)

    def until(self, job_id: int, state: str) -> Job:
        wait_until(lambda: self.stored(job_id).state == state)
        return self.stored(job_id)

    def python(self, *lines: str) -> str:
        """A program that does ``lines`` before it is Python; ``$3`` is the job's id."""
        path = self.folder / "python"
        path.write_text(
            "\n".join(["#!/bin/sh", f"cd {self.folder}", *lines, f'exec {PYTHON} "$@"'])
        )
        path.chmod(0o755)
        return str(path)


@pytest.fixture
def stage(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A project with one article that waits for its tokens; the runner does not run yet."""
    monkeypatch.setattr(module, "LOOK_EVERY", 0.05)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    world.project(quota=1, ann="annotator")
    world.article(ready=False)
    made = Stage(world, tmp_path)
    yield made
    made.runner.stop()


def test_jobs_run_in_children_and_a_stop_gives_the_running_one_back(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.runner.start()
    tokens, export = stage.ask(TOKENS), stage.ask(EXPORT, format="jsonl")
    result = stage.until(export, "done").result
    assert stage.until(tokens, "done").attempts == 1
    assert result is not None
    assert Path(result["file"]).read_text("utf-8").startswith('{"id": "a1"')
    with stage.world.database.read() as session:
        assert session.get_one(Article, 1).ready_at is not None
    waiting = stage.ask(TOKENS)
    wait_until(lambda: any(place.child for place in stage.runner._places))
    stage.runner.stop()
    stage.runner.join()
    job = stage.stored(waiting)
    assert (job.state, job.attempts) == ("queued", 0)
    assert [record.message for record in caplog.records] == []


@posix
def test_tokens_do_not_wait_behind_a_long_export(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = stage.ask(EXPORT, format="jsonl")
    held = f"if [ $3 = {export} ]; then while [ ! -e go ]; do sleep 0.02; done; fi"
    monkeypatch.setattr(sys, "executable", stage.python(held))
    stage.runner.start()
    stage.until(export, "running")
    stage.until(stage.ask(TOKENS), "done")
    assert stage.stored(export).state == "running"
    (stage.folder / "go").touch()
    stage.until(export, "done")


@posix
@pytest.mark.parametrize(
    ("ending", "counts"),
    [("exit 1", True), ("kill -9 $$", True), (f"exit {BUSY}", False), ("kill -15 $$", False)],
)
def test_an_attempt_counts_unless_it_was_given_back_on_purpose(
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    ending: str,
    counts: bool,
) -> None:
    program = stage.python("echo >> tries", f"if [ $(wc -l < tries) -lt 4 ]; then {ending}; fi")
    monkeypatch.setattr(sys, "executable", program)
    stage.runner.start()
    job = stage.ask(TOKENS)
    ended = stage.until(job, "failed" if counts else "done")
    assert ended.attempts == (3 if counts else 1)
    assert (stage.folder / "tries").read_text().count("\n") == (3 if counts else 4)
    warnings = [record.message for record in caplog.records if "ended with code" in record.message]
    assert len(warnings) == (3 if counts else 0)


def test_what_nobody_expected_is_logged_and_the_runner_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", str(stage.folder / "nowhere" / "python"))
    stage.runner.start()
    job = stage.ask(TOKENS)
    wait_until(lambda: len(caplog.records) >= 4)
    assert {record.levelno for record in caplog.records} == {logging.ERROR}
    assert all("FileNotFoundError" in str(record.exc_text) for record in caplog.records)
    assert stage.runner.check() == "ok"
    monkeypatch.setattr(sys, "executable", PYTHON)
    assert stage.until(job, "done").attempts == 1


def test_a_runner_that_does_not_run_says_so(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "their thread has ended" in stage.runner.check()
    stage.runner.start()
    assert stage.runner.check() == "ok"
    monkeypatch.setattr(module, "STANDS_STILL_AFTER", -1.0)
    assert "nothing takes jobs of kind tokens" in stage.runner.check()
    monkeypatch.undo()
    stage.runner.stop()
    assert "their thread has ended" in stage.runner.check()
