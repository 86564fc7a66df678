"""Taking a file's records into a project: each whole or not at all, and a rerun goes on.

A record whose id, text and layers the project has already counts as there; of one whose text is
there, the layers that are missing are taken; one that cannot be taken is refused with file, line
and sentence, and the others go on.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlalchemy import update
from sqlalchemy.orm import Session

from annotator.domain import corpus
from annotator.domain.blocks import check_blocks, split_blocks
from annotator.domain.errors import Conflict, DomainError
from annotator.domain.permissions import Actor
from annotator.domain.text import clean_text
from annotator.domain.workflow import DONE
from annotator.services.articles import (
    Tokenise,
    Tokens,
    check_article,
    find_external,
    store_article,
)
from annotator.services.events import record_event
from annotator.services.import_layers import missing_layers, moved_offsets, store_layers
from annotator.services.projects import open_project
from annotator.services.record_checks import check_record
from annotator.storage.engine import Database
from annotator.storage.tables import Layer

SAMPLE = 20
"""Refused records that a page or a terminal shows; the report has all of them."""


class RefusedRecord(Protocol):
    """What an importer could not read."""

    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int | None: ...
    @property
    def sentence(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that was not taken, and why."""

    file: str
    line: int | None
    id: str | None
    sentence: str


@dataclass(slots=True)
class ImportReport:
    """What an import did; a dry run tells what it would do."""

    articles: int = 0
    annotations: int = 0
    there_already: int = 0
    labels_created: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class ImportRules:
    """How records are taken: ``owner`` names whose layer all annotations become."""

    labels: str = "create"
    owner: str | None = None
    batch: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Sourced:
    """A record with the file and line it came from."""

    file: str
    line: int | None
    record: corpus.Article | RefusedRecord


def import_records(
    database: Database,
    actor: Actor,
    *,
    slug: str,
    records: Iterable[Sourced],
    tokenise: Tokenise,
    tokenizer: str,
    rules: ImportRules,
    progress: Callable[[int], None] = lambda done: None,
) -> ImportReport:
    """Take ``records`` into a project, each in a transaction of its own.

    ``tokenise`` runs outside the write lock. A dry run does everything and takes it back.
    """
    report = ImportReport(dry_run=rules.dry_run)
    stored: list[int] = []
    with database.read() as session:
        open_project(session, actor, slug, "article:import")
    for number, sourced in enumerate(records, start=1):
        record = sourced.record
        if isinstance(record, corpus.Article):
            try:
                with database.read() as session:
                    lacks = _lacks(session, actor, slug, record, rules)
                if lacks:
                    prepared, tokens = _prepare(record, tokenise, tokenizer, rules)
                    stored += _import_one(database, actor, slug, prepared, tokens, rules, report)
                else:
                    report.there_already += 1
            except DomainError as error:
                refusal = Refusal(sourced.file, sourced.line, record.id, str(error))
                report.refused.append(refusal)
        else:
            report.refused.append(Refusal(sourced.file, record.line, None, record.sentence))
        progress(number)
    if report.labels_created and stored:
        with database.write() as session:
            _ask_alike(session, actor, slug, stored)
    return report


class _TakenBack(Exception):
    """Ends the transaction of a dry run without a commit."""


def _prepare(
    record: corpus.Article, tokenise: Tokenise, tokenizer: str, rules: ImportRules
) -> tuple[corpus.Article, Tokens]:
    clean = clean_text(record.text)
    moved = moved_offsets(record, clean)
    if rules.owner is not None:
        moved = _owned(moved, rules.owner)
    check_record(moved)
    check_article(moved, clean)
    blocks = moved.blocks or tuple(split_blocks(clean.text, record.title))
    check_blocks(clean.text, blocks)
    prepared = replace(moved, blocks=blocks, batch=record.batch or rules.batch)
    return prepared, Tokens(tokenise(clean.text, blocks, record.language), tokenizer)


def _owned(record: corpus.Article, owner: str) -> corpus.Article:
    return replace(
        record,
        annotations=tuple(replace(a, annotator=owner, layer=owner) for a in record.annotations),
        relations=tuple(replace(r, annotator=owner) for r in record.relations),
        answers=tuple(dict.fromkeys(replace(a, annotator=owner) for a in record.answers)),
        done=(owner,) if record.done else (),
        skipped={owner: "other"} if record.skipped and not record.done else {},
    )


def _import_one(
    database: Database,
    actor: Actor,
    slug: str,
    record: corpus.Article,
    tokens: Tokens,
    rules: ImportRules,
    report: ImportReport,
) -> list[int]:
    """Id of the article in a list, which is empty after a dry run."""
    try:
        with database.write() as session:
            project = open_project(session, actor, slug, "article:import")
            article = find_external(session, project, record.id)
            new = article is None
            if article is None:
                clean = clean_text(record.text)
                article = store_article(
                    session, actor, project, record, cleaned=clean, tokens=tokens
                )
            added = set(missing_layers(session, article.id, record))
            created = store_layers(
                session, actor, project, article, record, create=rules.labels == "create"
            )
            taken = [article.id]
            if rules.dry_run:
                raise _TakenBack
    except _TakenBack:
        taken = []
    report.articles += new
    report.annotations += len(
        {(a.annotator, a.start, a.end, a.label) for a in record.annotations if a.annotator in added}
    )
    report.labels_created += [name for name in created if name not in report.labels_created]
    return taken


def _lacks(
    session: Session, actor: Actor, slug: str, record: corpus.Article, rules: ImportRules
) -> bool:
    """Whether the project lacks the article, or a layer that the record has of it."""
    project = open_project(session, actor, slug, "article:import")
    article = find_external(session, project, record.id)
    if article is None:
        return True
    if article.sha256 != hashlib.sha256(clean_text(record.text).text.encode()).hexdigest():
        raise Conflict(
            f"The project has another text under the id “{record.id}”. It was left as it is; "
            "give the new one another id.",
            code="duplicate-id",
        )
    wanted = record if rules.owner is None else _owned(record, rules.owner)
    return bool(missing_layers(session, article.id, wanted))


def _ask_alike(session: Session, actor: Actor, slug: str, article_ids: list[int]) -> None:
    """What the file's annotators were asked is all of the file's labels, also those made later."""
    project = open_project(session, actor, slug, "article:import")
    for start in range(0, len(article_ids), 500):
        session.execute(
            update(Layer)
            .where(
                Layer.article_id.in_(article_ids[start : start + 500]),
                Layer.state == DONE,
                Layer.seq == 1,
            )
            .values(asked_version=project.scheme_version)
        )
    record_event(
        session,
        actor,
        "layer.asked_alike",
        project_id=project.id,
        after={"asked_version": project.scheme_version, "articles": len(article_ids)},
    )
