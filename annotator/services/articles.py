"""Taking articles in, and reading them for a page. Text never changes after it was stored."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from annotator.domain import corpus
from annotator.domain.blocks import Block as TextBlock
from annotator.domain.blocks import check_blocks, cut_blocks, split_blocks
from annotator.domain.errors import Conflict, Invalid
from annotator.domain.naming import checked_language
from annotator.domain.permissions import Actor
from annotator.domain.spans import MAX_ARTICLE_LENGTH
from annotator.domain.text import CleanText, clean_text, is_storable
from annotator.services.events import record_event
from annotator.services.tokens import Tokens
from annotator.storage.tables import Article, Batch, Block, Project, now

LONGEST_ID = 200
META_COLUMNS = ("url", "publisher", "doi")


def store_article(
    session: Session,
    actor: Actor,
    project: Project,
    record: corpus.Article,
    *,
    cleaned: CleanText | None = None,
    tokens: Tokens | None = None,
) -> Article:
    """Store one article of ``record`` with its blocks, and write the event.

    Without ``tokens`` it waits for ``store_tokens`` before it is handed out. Raises ``Conflict``
    where the project has that id already, ``Invalid`` for a text or an id that cannot be kept.
    """
    clean = cleaned or clean_text(record.text)
    check_article(record, clean)
    if find_external(session, project, record.id) is not None:
        raise Conflict(
            f"The project has an article “{record.id}” already. It was left as it is; give the "
            "new one another id.",
            code="duplicate-id",
        )
    blocks = article_blocks(clean.text, record)
    columns = {key: record.meta[key] for key in META_COLUMNS if _is_text(record.meta.get(key))}
    meta = {key: value for key, value in record.meta.items() if key not in columns}
    published = _date(meta.get("published"))
    if published is not None:
        del meta["published"]
    article = Article(
        project_id=project.id,
        batch_id=_batch(session, project, record.batch) if record.batch else None,
        external_id=record.id,
        version=1,
        title=record.title,
        language=record.language,
        text=clean.text,
        length=len(clean.text),
        sha256=hashlib.sha256(clean.text.encode()).hexdigest(),
        bom_removed=clean.bom_removed,
        line_ends_replaced=clean.line_ends_replaced,
        published=published,
        meta=meta,
        imported_by=actor.user_id,
        ready_at=now() if tokens else None,
        **columns,
    )
    session.add(article)
    session.flush()
    session.execute(insert(Block), _block_rows(article.id, blocks, tokens))
    record_event(
        session,
        actor,
        "article.imported",
        project_id=project.id,
        article_id=article.id,
        subject=record.id[:64],
        after={"sha256": article.sha256, "length": article.length, "blocks": len(blocks)},
    )
    return article


def article_blocks(text: str, record: corpus.Article) -> list[TextBlock]:
    """What ``text`` is stored with: the record's own blocks, else those that its form proposes.

    None is longer than ``MAX_BLOCK``. Offsets count in ``text``, the record's, cleaned.
    """
    return cut_blocks(text, record.blocks) or split_blocks(text, record.title)


def text_and_blocks(session: Session, article_id: int) -> tuple[str, str, list[TextBlock]]:
    """Language, text and blocks of an article, as the tokenizer wants them."""
    language, text = session.execute(
        select(Article.language, Article.text).where(Article.id == article_id)
    ).one()
    rows = session.scalars(
        select(Block).where(Block.article_id == article_id).order_by(Block.position)
    )
    return (
        language,
        text,
        [TextBlock(row.kind, row.start, row.end, row.level) for row in rows],  # type: ignore[arg-type]
    )


def find_external(session: Session, project: Project, external_id: str) -> Article | None:
    """The article that the project has under the id of its source; None where it has none."""
    return session.scalar(
        select(Article).where(Article.project_id == project.id, Article.external_id == external_id)
    )


def check_article(record: corpus.Article, clean: CleanText) -> None:
    """Raises ``Invalid`` for what no project can keep; ``clean`` is the record's text, cleaned."""
    if len(clean.text) > MAX_ARTICLE_LENGTH:
        raise Invalid(
            f"The text has {len(clean.text):,} characters; an article has at most "
            f"{MAX_ARTICLE_LENGTH:,}. Nothing was stored; split it into several articles.",
            code="too-long",
        )
    if not record.id.strip() or len(record.id) > LONGEST_ID or not is_storable(record.id):
        raise Invalid(
            f"An article's id has 1 to {LONGEST_ID} characters. Nothing was stored.", code="bad-id"
        )
    checked_language(record.language)
    if not all(is_storable(text or "") for text in (record.title, record.batch, _plain(record))):
        raise Invalid(
            "The record holds a character that cannot be stored. Nothing was stored.",
            code="unstorable-character",
        )
    if record.blocks:
        check_blocks(clean.text, record.blocks)


def _batch(session: Session, project: Project, name: str) -> int:
    query = select(Batch.id).where(Batch.project_id == project.id, Batch.name == name[:200])
    found = session.scalar(query)
    if found is not None:
        return found
    batch = Batch(project_id=project.id, name=name[:200])
    session.add(batch)
    session.flush()
    return batch.id


def _block_rows(
    article_id: int, blocks: Sequence[TextBlock], tokens: Tokens | None
) -> list[dict[str, Any]]:
    runs: Sequence[str | None] = tokens.runs if tokens else [None] * len(blocks)
    return [
        {
            "article_id": article_id,
            "position": position,
            "kind": block.kind,
            "level": block.level,
            "start": block.start,
            "end": block.end,
            "tokens": run,
            "tokenizer": tokens.tokenizer if tokens else None,
        }
        for position, (block, run) in enumerate(zip(blocks, runs, strict=True))
    ]


def count_articles(session: Session, project_id: int) -> int:
    """Articles of a project, withdrawn ones left out."""
    query = select(func.count()).select_from(Article)
    return (
        session.scalar(
            query.where(Article.project_id == project_id, Article.withdrawn_at.is_(None))
        )
        or 0
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _plain(record: corpus.Article) -> str:
    try:
        return json.dumps(dict(record.meta), ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise Invalid(
            "The record's meta holds what is no JSON, such as NaN. Nothing was stored.",
            code="bad-meta",
        ) from error


def _date(value: object) -> date | None:
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    # Only what comes out again as it came in: 2026-W07-6 is a date too.
    return found if found is not None and found.isoformat() == value else None
