"""Exports: one snapshot, written aside, proven by the format, and put in place whole."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from annotator.domain.corpus import Corpus
from annotator.domain.errors import Conflict, Invalid
from annotator.domain.permissions import Actor
from annotator.domain.splits import check_ratios
from annotator.exporters.base import Exporter, ExportOptions, ExportReport
from annotator.services.corpora import ALL, finished_annotators, read_corpus, read_whole_project
from annotator.services.events import record_event
from annotator.services.projects import open_project
from annotator.storage.copies import read_long
from annotator.storage.engine import Database

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Made:
    """One corpus that an export wrote; ``folder`` is its place below the output, often ``.``."""

    folder: str
    layer: str
    report: ExportReport


def run_export(
    database: Database,
    actor: Actor,
    *,
    slug: str,
    exporter: Exporter,
    layer: str | None,
    options: ExportOptions,
    output: Path,
    progress: Progress = lambda done, total: None,
) -> list[Made]:
    """Write a project's corpus to ``output``, which appears whole or not at all.

    The event is stored before that: no corpus leaves without a trail. Raises ``Conflict`` where
    ``output`` holds something, and what ``write_export`` raises.
    """
    with database.read() as session:
        open_project(session, actor, slug, "export:make")
    _check_output(output, folder=exporter.folder)
    with _aside(output) as draft:
        made = write_export(
            database,
            actor,
            slug=slug,
            exporter=exporter,
            layer=layer,
            options=options,
            target=draft,
            progress=progress,
        )
        with database.write() as session:
            record_export(session, actor, slug=slug, format_=exporter.name, made=made)
        if output.is_dir():
            output.rmdir()
        draft.replace(output)
        _sync_folder(output.parent)
    return made


def write_export(
    database: Database,
    actor: Actor,
    *,
    slug: str,
    exporter: Exporter,
    layer: str | None,
    options: ExportOptions,
    target: Path,
    progress: Progress,
) -> list[Made]:
    """Write a project's corpus to ``target``, a path in a folder of the caller's own; synced.

    Layer ``all`` makes one folder per annotator where the format is a folder, and one file with
    every layer for ``jsonl``. Raises ``Invalid`` where there is nothing to export and
    ``ExportFailed`` where the proof does not hold; then ``target`` is of no use.
    """
    with read_long(database, target.parent) as session:
        made = _write(session, actor, slug, exporter, layer, options, target, progress)
    _sync(target)
    return made


def record_export(
    session: Session, actor: Actor, *, slug: str, format_: str, made: Sequence[Made]
) -> None:
    """Write the event of an export that is about to be given out."""
    project = open_project(session, actor, slug, "export:make")
    record_event(
        session,
        actor,
        "export.made",
        project_id=project.id,
        subject=format_,
        after={
            "layers": [m.layer for m in made],
            "articles": [m.report.articles for m in made],
        },
    )


def read_split(text: str) -> tuple[float, float, float]:
    """Three shares from “0.8,0.1,0.1”; raises ``Invalid``."""
    try:
        shares = [float(part) for part in text.split(",")]
    except ValueError:
        shares = []
    return check_ratios(shares)


def _write(
    session: Session,
    actor: Actor,
    slug: str,
    exporter: Exporter,
    layer: str | None,
    options: ExportOptions,
    draft: Path,
    progress: Progress,
) -> list[Made]:
    if layer == ALL and exporter.folder:
        names = finished_annotators(session, actor, slug=slug)
        if not names:
            raise Invalid(
                f"Nobody has finished an article of project {slug}, so there is nothing to export."
            )
        draft.mkdir()
        return [
            Made(name, name, exporter.write(corpus, draft / name, options, progress))
            for name in names
            for corpus in [read_corpus(session, actor, slug=slug, layer=name)]
        ]
    corpus = _corpus(session, actor, slug, exporter, layer)
    return [Made(".", corpus.layer, exporter.write(corpus, draft, options, progress))]


def _corpus(
    session: Session, actor: Actor, slug: str, exporter: Exporter, layer: str | None
) -> Corpus:
    if not exporter.folder and layer in (None, ALL):
        return read_whole_project(session, actor, slug=slug)
    return read_corpus(session, actor, slug=slug, layer=layer)


def _check_output(output: Path, *, folder: bool) -> None:
    if folder and output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise Conflict(
            f"{output} is not an empty folder. Nothing was written; name a new one.",
            code="output-taken",
        )
    if not folder and output.is_dir():
        raise Conflict(
            f"{output} is a folder, but this format is one file. Nothing was written; name a file.",
            code="output-taken",
        )
    output.parent.mkdir(parents=True, exist_ok=True)


@contextmanager
def _aside(output: Path) -> Iterator[Path]:
    """A path beside ``output``, on the same disk, that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f".{output.name}-", dir=output.parent))
    try:
        yield folder / "draft"
    finally:
        shutil.rmtree(folder)


def _sync(path: Path) -> None:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    for file in files:
        with file.open("rb+") as handle:
            os.fsync(handle.fileno())
    for folder in {file.parent for file in files}:
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
