"""Taking a file's records into a project: each whole or not at all, and a rerun goes on.

A record whose id, text and layers the project has already counts as there; of one whose text is
there, the layers that are missing are taken; one that cannot be taken is refused with file, line
and sentence, and the others go on.
"""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from annotator.domain import corpus
from annotator.domain.blocks import check_blocks
from annotator.domain.errors import Conflict, DomainError
from annotator.domain.permissions import Actor
from annotator.domain.records import check_record, hand_over, merge_twins, moved_offsets
from annotator.domain.text import clean_text
from annotator.services.articles import (
    article_blocks,
    check_article,
    find_external,
    store_article,
)
from annotator.services.events import record_event
from annotator.services.import_layers import (
    lock_places,
    missing_layers,
    store_layers,
)
from annotator.services.projects import open_project
from annotator.services.row_locks import lock_imported_layers
from annotator.services.tokens import Tokenise, Tokens, make_tokens
from annotator.storage.engine import Database
from annotator.storage.tables import Layer

log = logging.getLogger(__name__)

SAMPLE = 20
"""Refused records that a page or a terminal shows; the report has all of them."""
MANY = 500
"""Articles of one transaction where several are changed alike."""


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
) -> ImportReport:
    """Take ``records`` into a project, each in a transaction of its own.

    ``tokenise`` runs outside the write lock. A dry run does everything and takes it back.
    """
    report = ImportReport(dry_run=rules.dry_run)
    stored: list[int] = []
    with database.read() as session:
        open_project(session, actor, slug, "article:import")
    for sourced in records:
        record = sourced.record
        if not isinstance(record, corpus.Article):
            refusal = Refusal(sourced.file, record.line, None, record.sentence)
            report.refused.append(refusal)
            continue
        try:
            stored += _take(database, actor, slug, record, tokenise, tokenizer, rules, report)
        except DomainError as error:
            refusal = Refusal(sourced.file, sourced.line, record.id, str(error))
            report.refused.append(refusal)
    if report.labels_created:
        _ask_alike(database, actor, slug, stored)
    return report


def _take(
    database: Database,
    actor: Actor,
    slug: str,
    record: corpus.Article,
    tokenise: Tokenise,
    tokenizer: str,
    rules: ImportRules,
    report: ImportReport,
) -> list[int]:
    """Ids of the article if anything of it was stored; what was done is counted in ``report``."""

    def take() -> list[int]:
        with database.read() as session:
            lacks = _lacks(session, actor, slug, record, rules)
        if not lacks:
            report.there_already += 1
            return []
        prepared, tokens = _prepare(record, tokenise, tokenizer, rules)
        return _import_one(database, actor, slug, prepared, tokens, rules, report)

    try:
        return take()
    except (IntegrityError, Conflict) as error:
        if isinstance(error, Conflict) and error.code != "duplicate-id":
            raise
        # Somebody may have stored the same meanwhile: what it lacks now is another question.
        log.info("“%s” met another change and is looked at again", record.id)
    try:
        return take()
    except IntegrityError as error:
        raise Conflict(
            "Somebody changed the same thing at the same moment. The record was not taken; import "
            "it again.",
            code="simultaneous",
        ) from error


class _TakenBack(Exception):
    """Ends the transaction of a dry run without a commit."""


def _prepare(
    record: corpus.Article, tokenise: Tokenise, tokenizer: str, rules: ImportRules
) -> tuple[corpus.Article, Tokens]:
    clean = clean_text(record.text)
    moved = moved_offsets(record, clean)
    moved = merge_twins(moved) if rules.owner is None else hand_over(moved, rules.owner)
    check_record(moved)
    check_article(moved, clean)
    blocks = article_blocks(clean.text, moved)
    check_blocks(clean.text, blocks)
    prepared = replace(moved, blocks=tuple(blocks), batch=record.batch or rules.batch)
    return prepared, make_tokens(tokenise, tokenizer, clean.text, blocks, record.language)


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
            lock_places(session, project, article, record)
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
    report.annotations += sum(a.annotator in added for a in record.annotations)
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
    wanted = record if rules.owner is None else hand_over(record, rules.owner)
    return bool(missing_layers(session, article.id, wanted))


def _ask_alike(database: Database, actor: Actor, slug: str, article_ids: list[int]) -> None:
    """What the file's annotators were asked is all of the file's labels, also those made later."""
    for start in range(0, len(article_ids), MANY):
        with database.write() as session:
            project = open_project(session, actor, slug, "article:import")
            articles = article_ids[start : start + MANY]
            layers = lock_imported_layers(session, articles)
            session.execute(
                update(Layer)
                .where(Layer.id.in_(layers))
                .values(asked_version=project.scheme_version)
            )
            record_event(
                session,
                actor,
                "layer.asked_alike",
                project_id=project.id,
                after={"asked_version": project.scheme_version, "articles": len(articles)},
            )
