"""A worker that is stopped on purpose gives its job back, unused and without a complaint."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from annotator.domain.permissions import LOCAL
from annotator.domain.spans import MAX_ARTICLE_LENGTH
from annotator.services.jobs import TOKENS, queue_job
from annotator.storage.engine import Database
from annotator.storage.tables import Job
from tests.world import World

PATIENCE = 60
SENTENCE = "Eight patients got better. "
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it has no such signals")


@pytest.mark.parametrize(
    ("number", "everybody"),
    [(signal.SIGINT, True), (signal.SIGTERM, True), (signal.SIGTERM, False)],
    ids=["Ctrl-C", "a supervisor that ends all of a service", "a signal to the worker"],
)
def test_a_stop_uses_no_attempt_up(
    tmp_path: Path, sqlite_template: Path, number: int, everybody: bool
) -> None:
    path = tmp_path / "annotator.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    world = World(database)
    world.project()
    # The first is done at once, the second keeps the child busy for seconds.
    world.article(external_id="short", ready=False)
    long = SENTENCE * (MAX_ARTICLE_LENGTH // len(SENTENCE))
    world.article(external_id="long", text=long, ready=False)
    with database.write() as session:
        job_id = queue_job(session, LOCAL, 1, TOKENS, {})

    def job() -> Job:
        with database.read() as session:
            return session.get_one(Job, job_id)

    command = [sys.executable, "-m", "annotator", "--data-dir", str(tmp_path), "worker"]
    worker = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        end = time.monotonic() + PATIENCE
        while job().step == 0:
            assert time.monotonic() < end, job().state
            time.sleep(0.02)
        (os.killpg if everybody else os.kill)(worker.pid, number)
        _, said = worker.communicate(timeout=PATIENCE)
    finally:
        worker.kill()
        worker.wait()
    assert (worker.returncode, said.decode()) == (0, "")
    assert (job().state, job().attempts) == ("queued", 0)
    database.dispose()
