"""The thread that takes jobs one at a time and runs each in a child process.

The table is the queue: a row survives a kill, which no queue library's message did when measured.
The child has its own interpreter because spaCy in the server process makes saving eight times
slower.
"""

import logging
import subprocess
import sys
import threading

from annotator.config import Settings, child_environment
from annotator.domain.errors import Unavailable
from annotator.services.jobs import claim_job, release_job
from annotator.storage.engine import Database

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0
"""Seconds between looks at the table when nobody woke the runner."""


class JobRunner:
    """Runs jobs until ``stop``. ``wake`` shortens the wait after a job was asked for."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._wake = threading.Event()
        self._stopping = False
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin to look for jobs."""
        self._thread.start()

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    def stop(self) -> None:
        """End the child that runs, give its job back, and wait for the thread."""
        self._stopping = True
        self._wake.set()
        child = self._child
        if child is not None:
            child.terminate()
        self._thread.join(timeout=5)

    def join(self) -> None:
        """Wait until the runner was stopped."""
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            if not self._run_next():
                self._wake.wait(LOOK_EVERY)

    def _run_next(self) -> bool:
        try:
            return self._take_one()
        except Unavailable:
            # A job that could not be given back is taken again when its heartbeat is old.
            log.warning("the database is busy; jobs wait")
            return False

    def _take_one(self) -> bool:
        with self._database.write() as session:
            job = claim_job(session)
        if job is None:
            return False
        command = [sys.executable, "-m", "annotator.jobs.child", str(job.id)]
        environment = child_environment(self._settings)
        self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=environment)
        if self._stopping:
            self._child.terminate()
        code = self._child.wait()
        self._child = None
        if code != 0:
            log.warning("job %d ended with code %d and is given back", job.id, code)
            with self._database.write() as session:
                release_job(session, job.id)
        return True
