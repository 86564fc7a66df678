"""What a job's child process does; its settings come by environment.

Its exit code is 0 when the row tells the outcome, also a failure's, and when another attempt has
taken the job; ``BUSY`` gives the attempt back unused; anything else uses it up.
"""

import argparse
import logging
import os

from annotator.config import read_settings
from annotator.domain.errors import DomainError, Unavailable
from annotator.jobs.pulse import Pulse
from annotator.jobs.runner import BUSY
from annotator.jobs.work import WORK, Task
from annotator.services.jobs import Attempt, AttemptLost, fail_job
from annotator.storage.engine import Database
from annotator.storage.tables import Job

log = logging.getLogger(__name__)

NICENESS = 10


def main() -> None:
    """Make one attempt at a job and store its outcome."""
    parser = argparse.ArgumentParser()
    parser.add_argument("id", type=int)
    parser.add_argument("attempt", type=int)
    arguments = parser.parse_args()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    settings = read_settings()
    database = Database(settings.database_url)
    attempt = Attempt(arguments.id, arguments.attempt)
    try:
        pulse = Pulse(database, attempt)
        with database.read() as session:
            job = session.get_one(Job, attempt.job_id)
        try:
            WORK[job.kind](Task(settings, database, job, attempt, pulse))
        except Unavailable:
            raise
        except DomainError as error:
            with database.write() as session:
                fail_job(session, attempt, str(error))
    except AttemptLost:
        log.warning("job %d was taken from attempt %d", attempt.job_id, attempt.number)
    except Unavailable as error:
        log.warning("job %d: %s", attempt.job_id, error)
        raise SystemExit(BUSY) from error
    finally:
        database.dispose()
