"""The thread that takes jobs, with real child processes."""

import time
from collections.abc import Callable
from pathlib import Path

from annotator.config import Settings
from annotator.domain.permissions import LOCAL
from annotator.jobs.runner import JobRunner
from annotator.services.jobs import EXPORT, TOKENS, queue_job
from annotator.storage.tables import Article, Job
from tests.world import World

PATIENCE = 120


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.1)


def test_jobs_run_in_children_and_a_stop_gives_the_running_one_back(
    world: World, tmp_path: Path
) -> None:
    world.project(quota=1, ann="annotator")
    article = world.article(ready=False)
    url = world.database.url.render_as_string(hide_password=False)
    runner = JobRunner(Settings(tmp_path / "data", url), world.database)

    def state(job_id: int) -> str:
        with world.database.read() as session:
            return session.get_one(Job, job_id).state

    def ask(kind: str, **params: str) -> int:
        with world.database.write() as session:
            return queue_job(session, LOCAL, 1, kind, params)

    runner.start()
    try:
        tokens, export = ask(TOKENS), ask(EXPORT, format="jsonl")
        runner.wake()
        wait_until(lambda: state(export) == "done")
        with world.database.read() as session:
            result = session.get_one(Job, export).result
            assert session.get_one(Article, article).ready_at is not None
        assert state(tokens) == "done"
        assert result is not None
        assert Path(result["file"]).read_text("utf-8").startswith('{"id": "a1"')
        waiting = ask(TOKENS)
        runner.wake()
        wait_until(lambda: runner._child is not None)
    finally:
        runner.stop()
    runner.join()
    assert state(waiting) == "queued"
