"""The heartbeat of a job that runs."""

import logging
import threading
import time

from annotator.domain.errors import Unavailable
from annotator.services.jobs import Attempt, AttemptLost, beat
from annotator.storage.engine import Database

log = logging.getLogger(__name__)

BEAT_EVERY = 5.0
"""Seconds between heartbeats of a job that makes no progress."""
BEAT_AT_MOST_EVERY = 0.5


class Pulse:
    """Writes a job's progress, and a heartbeat where there is none.

    Called with how far the job is, it raises ``AttemptLost`` once the job belongs to another: then
    there is nothing left to work for. So does making one.
    """

    def __init__(self, database: Database, attempt: Attempt) -> None:
        self._database = database
        self._attempt = attempt
        self._progress = (0, 0)
        self._lost = False
        self._write()
        threading.Thread(target=self._beat, daemon=True).start()

    def __call__(self, step: int, steps: int) -> None:
        self._progress = (step, steps)
        if self._lost:
            raise AttemptLost
        if time.monotonic() - self._last > BEAT_AT_MOST_EVERY:
            self._write()

    def _beat(self) -> None:
        while not self._lost:
            time.sleep(BEAT_EVERY)
            try:
                self._write()
            except AttemptLost:
                self._lost = True
            except Exception:
                log.exception("a heartbeat of job %d failed", self._attempt.job_id)

    def _write(self) -> None:
        self._last = time.monotonic()
        try:
            with self._database.write() as session:
                beat(session, self._attempt, *self._progress)
        except Unavailable:
            log.warning(
                "a heartbeat of job %d was lost, the database is busy", self._attempt.job_id
            )
