"""Projects, their members and the versions of their scheme."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from annotator.storage.tables.base import Base, Moment, now


class Project(Base):
    """A corpus in the making. ``event_seq`` numbers its events, drawn in their transaction."""

    __tablename__ = "projects"
    __table_args__ = (
        CheckConstraint("annotators_per_article >= 1", name="annotators_per_article"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(16), default="en")
    annotators_per_article: Mapped[int]
    blind: Mapped[bool]
    event_seq: Mapped[int] = mapped_column(default=0)
    scheme_version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Membership(Base):
    """A person's role in a project."""

    __tablename__ = "memberships"
    __table_args__ = (CheckConstraint("role in ('annotator', 'reviewer', 'manager')", name="role"),)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Batch(Base):
    """Articles that are imported, assigned, measured and exported together."""

    __tablename__ = "batches"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        UniqueConstraint("project_id", "id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
