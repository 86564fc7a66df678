"""What a job's child process does: ``python -m annotator.jobs.child ID``, settings by environment.

Its exit code is 0 when the row tells the outcome, also a failure's; anything else gives it back.
"""

import argparse
import logging
import os
import shutil
import threading
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, cast

from annotator import registry
from annotator.config import Settings, read_settings
from annotator.domain.errors import DomainError, Unavailable
from annotator.domain.permissions import LOCAL, Actor
from annotator.exporters.base import ExportOptions
from annotator.services.articles import Tokens, store_tokens, text_and_blocks, waiting_articles
from annotator.services.exports import Made, run_export
from annotator.services.jobs import EXPORT, TOKENS, beat, fail_job, finish_job
from annotator.services.sessions import actor_of
from annotator.storage.engine import Database
from annotator.storage.tables import Job, Project

log = logging.getLogger(__name__)

BEAT_EVERY = 5.0
NICENESS = 10
Work = Callable[[Settings, Database, Job, "Pulse"], dict[str, Any]]


class Pulse:
    """Writes a job's heartbeat and progress, at most twice a second."""

    def __init__(self, database: Database, job_id: int) -> None:
        self._database = database
        self._job_id = job_id
        self._progress = (0, 0)
        self._last = 0.0
        threading.Thread(target=self._beat, daemon=True).start()

    def __call__(self, step: int, steps: int) -> None:
        self._progress = (step, steps)
        if time.monotonic() - self._last > 0.5:
            self._write()

    def _beat(self) -> None:
        while True:
            time.sleep(BEAT_EVERY)
            self._write()

    def _write(self) -> None:
        self._last = time.monotonic()
        try:
            with self._database.write() as session:
                beat(session, self._job_id, *self._progress)
        except Unavailable:
            log.warning("a heartbeat of job %d was lost, the database is busy", self._job_id)


def main() -> None:
    """Run one job and store its outcome."""
    parser = argparse.ArgumentParser()
    parser.add_argument("id", type=int)
    arguments = parser.parse_args()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    settings = read_settings()
    database = Database(settings.database_url)
    try:
        _run(settings, database, arguments.id)
    finally:
        database.dispose()


def _run(settings: Settings, database: Database, job_id: int) -> None:
    with database.read() as session:
        job = session.get_one(Job, job_id)
    try:
        result = WORK[job.kind](settings, database, job, Pulse(database, job.id))
    except Unavailable:
        # It passes; the exit code gives the job back, to be taken again.
        raise
    except DomainError as error:
        with database.write() as session:
            fail_job(session, job.id, str(error))
        return
    with database.write() as session:
        finish_job(session, job.id, result)


def _make_tokens(_settings: Settings, database: Database, job: Job, pulse: Pulse) -> dict[str, Any]:
    from annotator.nlp.tokenizer import TOKENIZER_VERSION, token_runs

    with database.read() as session:
        waiting = waiting_articles(session, job.project_id)
    for done, article_id in enumerate(waiting, start=1):
        with database.read() as session:
            language, text, blocks = text_and_blocks(session, article_id)
        tokens = Tokens(token_runs(text, blocks, language), TOKENIZER_VERSION)
        with database.write() as session:
            store_tokens(session, article_id, tokens)
        pulse(done, len(waiting))
    return {"articles": len(waiting)}


def _make_export(settings: Settings, database: Database, job: Job, pulse: Pulse) -> dict[str, Any]:
    exporter = registry.exporter(str(job.params["format"]))
    folder = settings.exports_dir / f"job-{job.id}"
    shutil.rmtree(folder, ignore_errors=True)
    with database.read() as session:
        slug = session.get_one(Project, job.project_id).slug
        actor = LOCAL if job.requested_by is None else actor_of(session, job.requested_by)
    name = f"{slug}-{exporter.name}"
    output = folder / (name if exporter.folder else f"{name}{exporter.suffix}")
    split = cast(tuple[float, float, float], tuple(job.params.get("split", (0.8, 0.1, 0.1))))
    made = run_export(
        database,
        _as_job(actor),
        slug=slug,
        exporter=exporter,
        layer=job.params.get("layer"),
        options=ExportOptions(split=split, seed=int(job.params.get("seed", 0))),
        output=output,
        progress=pulse,
    )
    download = _zip(output) if exporter.folder else output
    return {
        "folder": str(output),
        "file": str(download),
        "bytes": download.stat().st_size,
        "made": [_plain(entry) for entry in made],
    }


def _as_job(actor: Actor) -> Actor:
    door: Literal["job"] = "job"
    return Actor(actor.user_id, actor.name, actor.role, door, actor.memberships)


def _plain(made: Made) -> dict[str, Any]:
    report = asdict(made.report)
    return {"folder": made.folder, "layer": made.layer, **report}


def _zip(folder: Path) -> Path:
    """The folder as one file, the same bytes for the same files."""
    target = folder.with_suffix(".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(file for file in folder.rglob("*") if file.is_file()):
            entry = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}")
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as sink:
                shutil.copyfileobj(source, sink)
    return target


WORK: dict[str, Work] = {TOKENS: _make_tokens, EXPORT: _make_export}

if __name__ == "__main__":
    main()
