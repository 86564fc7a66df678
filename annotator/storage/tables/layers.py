"""Layers: one person's work on one article (or gold's, or one suggester's)."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from annotator.storage.tables.base import Base, Moment, now


class Layer(Base):
    """An assignment and everything made under it.

    ``slot`` is the place it takes in the article's quota of annotators (1 to k); a manager's own
    layer, a skipped one and one beyond the quota take none. ``seq`` counts the layer's changes.
    """

    __tablename__ = "layers"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "article_id"], ["articles.project_id", "articles.id"]),
        UniqueConstraint("article_id", "id"),
        UniqueConstraint("project_id", "id"),
        UniqueConstraint("article_id", "slot"),
        Index(
            "uq_layers_article_id_user_id",
            "article_id",
            "user_id",
            unique=True,
            sqlite_where=text("kind = 'annotator'"),
            postgresql_where=text("kind = 'annotator'"),
        ),
        Index(
            "uq_layers_article_id_kind_source",
            "article_id",
            "kind",
            "source",
            unique=True,
            sqlite_where=text("kind <> 'annotator'"),
            postgresql_where=text("kind <> 'annotator'"),
        ),
        Index("ix_layers_project_id_user_id_state", "project_id", "user_id", "state"),
        CheckConstraint("kind in ('annotator', 'gold', 'suggestion')", name="kind"),
        CheckConstraint("(kind = 'annotator') = (user_id IS NOT NULL)", name="owner"),
        CheckConstraint("state in ('open', 'done', 'skipped', 'sent_back')", name="state"),
        CheckConstraint("(state = 'skipped') = (skip_reason IS NOT NULL)", name="skip_reason"),
        CheckConstraint("slot IS NULL OR slot >= 1", name="slot"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    article_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    source: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(16))
    slot: Mapped[int | None]
    seq: Mapped[int] = mapped_column(default=0)
    asked_version: Mapped[int | None]
    """Version of the scheme that a finished layer answered to."""
    skip_reason: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(String(2000))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
