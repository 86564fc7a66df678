"""Operations (each applied once) and events (the audit trail, append-only)."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from annotator.storage.tables.base import Base, Moment, now


class Operation(Base):
    """One client action by its own id: a retry finds the row and gets the first answer.

    Operations on a layer carry the layer's ``seq`` after them and the blocks they touched.
    """

    __tablename__ = "operations"
    __table_args__ = (Index("ix_operations_layer_id_seq", "layer_id", "seq"),)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    layer_id: Mapped[int | None] = mapped_column(ForeignKey("layers.id"))
    seq: Mapped[int | None]
    first_block: Mapped[int | None]
    last_block: Mapped[int | None]
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Event(Base):
    """One line of the audit trail, numbered per project in order of commit.

    ``hash`` covers the line and the hash of the line before it on the same article, so a line that
    was changed or taken out breaks the chain. Events of accounts belong to no project.
    """

    __tablename__ = "events"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "article_id"], ["articles.project_id", "articles.id"]),
        ForeignKeyConstraint(["project_id", "layer_id"], ["layers.project_id", "layers.id"]),
        UniqueConstraint("project_id", "seq"),
        Index("ix_events_project_id_article_id_seq", "project_id", "article_id", "seq"),
        CheckConstraint("via in ('web', 'api', 'cli', 'job')", name="via"),
        CheckConstraint("(project_id IS NULL) = (seq IS NULL)", name="numbered"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    seq: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    via: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(40))
    article_id: Mapped[int | None]
    layer_id: Mapped[int | None]
    subject: Mapped[str | None] = mapped_column(String(64))
    """What it is about: an annotation's id, a label's name, a user's name."""
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[str | None] = mapped_column(String(2000))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
