"""Threads that take jobs, one for each place, and run each job in a child process.

The table is the queue: a row survives a kill, which no queue library's message did when measured.
The child has its own interpreter because spaCy in the server process makes saving eight times
slower.
"""

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from annotator.config import Settings, child_environment
from annotator.domain.errors import Unavailable
from annotator.services.jobs import PLACES, Attempt, AttemptLost, claim_job, release_job
from annotator.storage.engine import Database

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0
"""Seconds between looks at the table when nobody woke the runner."""
STANDS_STILL_AFTER = 60.0
BUSY = 75
"""Exit code of a child that could not reach the database: its attempt does not count."""
STOPPED = (-signal.SIGTERM, -signal.SIGINT)
"""Exit codes of a child that somebody stopped on purpose, on systems that tell."""


class JobRunner:
    """Runs jobs until ``stop``. ``wake`` shortens the wait after a job was asked for."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._places = [_Place(settings, database, kinds) for kinds in PLACES]
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin to look for jobs."""
        for place in self._places:
            place.thread.start()

    def wake(self) -> None:
        """Look now."""
        for place in self._places:
            place.wake.set()

    def stop(self) -> None:
        """End the children that run, give their jobs back, and wait for the threads."""
        for place in self._places:
            place.stop()
        for place in self._places:
            place.thread.join(timeout=5)
        self._stopped.set()

    def join(self) -> None:
        """Wait until the runner was stopped, or a signal ends the wait.

        Not by joining the threads: Python 3.11 takes one for ended whose join a signal ended.
        """
        self._stopped.wait()

    def check(self) -> str:
        """“ok”, or which jobs are not taken any more."""
        for place in self._places:
            still = time.monotonic() - place.turned
            if not place.thread.is_alive():
                return (
                    f"failed: nothing takes jobs of kind {place.kinds[0]}, their thread has ended"
                )
            if place.child is None and still > STANDS_STILL_AFTER:
                return f"failed: nothing takes jobs of kind {place.kinds[0]} since {still:.0f} s"
        return "ok"


class _Place:
    """A thread with at most one child, for jobs of some kinds."""

    def __init__(self, settings: Settings, database: Database, kinds: Sequence[str]) -> None:
        self.kinds = kinds
        self.wake = threading.Event()
        self.turned = time.monotonic()
        self.child: subprocess.Popen[bytes] | None = None
        self.thread = threading.Thread(target=self._run, name=f"jobs {kinds[0]}", daemon=True)
        self._settings = settings
        self._database = database
        self._stopping = False

    def stop(self) -> None:
        """Take no further job, and end the child that runs."""
        self._stopping = True
        self.wake.set()
        if (child := self.child) is not None:
            child.terminate()

    def _run(self) -> None:
        while not self._stopping:
            self.turned = time.monotonic()
            self.wake.clear()
            if not self._run_next():
                self.wake.wait(LOOK_EVERY)

    def _run_next(self) -> bool:
        """Whether a job was seen to, so that the next one may be looked for at once."""
        try:
            with self._database.write() as session:
                attempt = claim_job(session, self.kinds)
            return attempt is not None and self._attempt(attempt)
        except Unavailable:
            # A job that could not be given back is taken again when its heartbeat is old.
            log.warning("the database is busy; jobs wait")
        except Exception:
            log.exception("a job could not be run; the next one is tried")
        return False

    def _attempt(self, attempt: Attempt) -> bool:
        code: int | None = None
        try:
            code = self._run_child(attempt)
        finally:
            if code != 0:
                self._give_back(attempt, code)
        return code != BUSY

    def _run_child(self, attempt: Attempt) -> int:
        command = [sys.executable, "-m", "annotator.jobs"]
        self.child = subprocess.Popen(
            [*command, str(attempt.job_id), str(attempt.number)],
            stdin=subprocess.DEVNULL,
            env=child_environment(self._settings),
        )
        try:
            if self._stopping:
                self.child.terminate()
            return self.child.wait()
        finally:
            self.turned = time.monotonic()
            self.child = None

    def _give_back(self, attempt: Attempt, code: int | None) -> None:
        """``code`` is None where no child could be started, which is not the job's fault."""
        used = not (self._stopping or code is None or code == BUSY or code in STOPPED)
        if used:
            log.warning("job %d ended with code %d and is given back", attempt.job_id, code)
        # One that was lost belongs to another by now, or has ended, or was deleted.
        with suppress(AttemptLost), self._database.write() as session:
            release_job(session, attempt, used=used)
