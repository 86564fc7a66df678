"""Articles and their blocks. The text never changes after import."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from annotator.storage.tables.base import Base, Moment, now


class Article(Base):
    """An article. ``meta`` holds what a source said beyond the columns, as it said it."""

    __tablename__ = "articles"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "batch_id"], ["batches.project_id", "batches.id"]),
        ForeignKeyConstraint(["project_id", "previous_id"], ["articles.project_id", "articles.id"]),
        UniqueConstraint("project_id", "external_id", "version"),
        UniqueConstraint("project_id", "id"),
        Index("ix_articles_project_id_sha256", "project_id", "sha256"),
        CheckConstraint("length > 0", name="length"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    batch_id: Mapped[int | None]
    external_id: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)
    previous_id: Mapped[int | None]
    title: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text, deferred=True, deferred_raiseload=True)
    length: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    bom_removed: Mapped[bool]
    line_ends_replaced: Mapped[int]
    url: Mapped[str | None] = mapped_column(Text)
    publisher: Mapped[str | None] = mapped_column(Text)
    published: Mapped[date | None]
    doi: Mapped[str | None] = mapped_column(Text)
    meta: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    ready_at: Mapped[datetime | None] = mapped_column(Moment)
    """When its tokens were there; before that nobody is handed the article."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)


class Block(Base):
    """A paragraph of an article, ``start`` to ``end`` in code points, with its token runs."""

    __tablename__ = "blocks"
    __table_args__ = (
        CheckConstraint("start_offset >= 0 AND start_offset < end_offset", name="range"),
        CheckConstraint(
            "kind in ('title', 'heading', 'body', 'caption', 'table', 'references', 'furniture')",
            name="kind",
        ),
    )
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    level: Mapped[int] = mapped_column(default=0)
    start: Mapped[int] = mapped_column("start_offset")
    end: Mapped[int] = mapped_column("end_offset")
    tokens: Mapped[str | None] = mapped_column(Text)
    tokenizer: Mapped[str | None] = mapped_column(String(40))
