"""What jobs do, by kind; each finishes its own row, together with what says that it was done."""

import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, cast

from annotator import registry
from annotator.config import Settings
from annotator.domain.errors import Invalid
from annotator.domain.permissions import LOCAL, Actor
from annotator.exporters.base import ExportOptions
from annotator.services.articles import text_and_blocks
from annotator.services.exports import Made, record_export, write_export
from annotator.services.jobs import EXPORT, TOKENS, Attempt, finish_job
from annotator.services.kept_exports import (
    MOST_KEPT,
    attempt_folder,
    delete_export,
    old_exports,
    remove_earlier,
    remove_files,
)
from annotator.services.sessions import actor_of
from annotator.services.tokens import make_tokens, store_tokens, waiting_articles
from annotator.storage.engine import Database
from annotator.storage.tables import Article, Job, Project

DEFAULT_SPLIT = (0.8, 0.1, 0.1)
MOST_NAMED = 20
"""Articles without tokens that a job's message names; its result has all of them."""


@dataclass(frozen=True, slots=True)
class Task:
    """A job to be done, and what its attempt may use; ``pulse`` takes how far it is."""

    settings: Settings
    database: Database
    job: Job
    attempt: Attempt
    pulse: Callable[[int, int], None]


def make_missing_tokens(task: Task) -> None:
    """Give every waiting article of the project its tokens; one that can have none waits on."""
    from annotator.nlp.tokenizer import TOKENIZER_VERSION, token_runs

    database = task.database
    with database.read() as session:
        waiting = waiting_articles(session, task.job.project_id)
    refused: list[dict[str, str]] = []
    for done, article_id in enumerate(waiting, start=1):
        with database.read() as session:
            name = session.get_one(Article, article_id).external_id
            language, text, blocks = text_and_blocks(session, article_id)
        try:
            tokens = make_tokens(token_runs, TOKENIZER_VERSION, text, blocks, language)
        except Invalid as error:
            refused.append({"article": name, "sentence": str(error)})
        else:
            with database.write() as session:
                store_tokens(session, article_id, tokens)
        task.pulse(done, len(waiting))
    result = {"articles": len(waiting) - len(refused), "refused": refused}
    message = " ".join(f"Article {r['article']}: {r['sentence']}" for r in refused[:MOST_NAMED])
    with database.write() as session:
        finish_job(session, task.attempt, result, message or None)


def make_export(task: Task) -> None:
    """Write a corpus below the data folder and offer it; exports too many go."""
    database, params = task.database, task.job.params
    exporter = registry.exporter(str(params["format"]))
    with database.read() as session:
        slug = session.get_one(Project, task.job.project_id).slug
        asked_by = task.job.requested_by
        actor = _as_job(LOCAL if asked_by is None else actor_of(session, asked_by))
    with _own_folder(task) as folder:
        output = folder / f"{slug}-{exporter.name}{exporter.suffix}"
        made = write_export(
            database,
            actor,
            slug=slug,
            exporter=exporter,
            layer=params.get("layer"),
            options=ExportOptions(
                split=cast(tuple[float, float, float], tuple(params.get("split", DEFAULT_SPLIT))),
                seed=int(params.get("seed", 0)),
            ),
            target=output,
            progress=task.pulse,
        )
        download = _zip(output) if exporter.folder else output
        result = {
            "folder": str(output),
            "file": str(download),
            "bytes": download.stat().st_size,
            "made": [_plain(entry) for entry in made],
        }
        with database.write() as session:
            finish_job(session, task.attempt, result)
            record_export(session, actor, slug=slug, format_=exporter.name, made=made)
    _remove_old(task, actor)


@contextmanager
def _own_folder(task: Task) -> Iterator[Path]:
    """The attempt's folder, empty; gone again unless the block ends well.

    What earlier attempts left goes too: only the row of a finished job names files.
    """
    remove_earlier(task.settings.exports_dir, task.attempt)
    folder = attempt_folder(task.settings.exports_dir, task.attempt)
    folder.mkdir(parents=True)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _remove_old(task: Task, actor: Actor) -> None:
    with task.database.read() as session:
        old = old_exports(session, task.job.project_id)
    for job_id in old:
        remove_files(task.settings.exports_dir, job_id)
        with task.database.write() as session:
            reason = f"{MOST_KEPT} newer ones are kept"
            delete_export(session, actor, job_id=job_id, reason=reason)


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


WORK: dict[str, Callable[[Task], None]] = {TOKENS: make_missing_tokens, EXPORT: make_export}
