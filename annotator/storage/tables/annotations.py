"""Annotations with their values, relations and the answers of the article card."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from annotator.storage.tables.base import Base, Moment, now


class Annotation(Base):
    """A labelled span, ``start`` to ``end`` in code points of the article, half-open.

    ``first_block`` and ``last_block`` follow from the range and the article's blocks, which never
    change: they make a block's annotations one index look-up, however many the layer has.
    """

    __tablename__ = "annotations"
    __table_args__ = (
        ForeignKeyConstraint(["article_id", "layer_id"], ["layers.article_id", "layers.id"]),
        ForeignKeyConstraint(["project_id", "layer_id"], ["layers.project_id", "layers.id"]),
        ForeignKeyConstraint(["project_id", "label_id"], ["labels.project_id", "labels.id"]),
        UniqueConstraint("project_id", "uuid"),
        UniqueConstraint("project_id", "id"),
        UniqueConstraint("layer_id", "id"),
        Index(
            "uq_annotations_layer_id_range_label_id",
            "layer_id",
            "start_offset",
            "end_offset",
            "label_id",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_annotations_layer_id_first_block", "layer_id", "first_block"),
        Index(
            "ix_annotations_layer_id_last_block_crossing",
            "layer_id",
            "last_block",
            sqlite_where=text("last_block > first_block"),
            postgresql_where=text("last_block > first_block"),
        ),
        Index("ix_annotations_label_id", "label_id"),
        CheckConstraint("start_offset >= 0 AND start_offset < end_offset", name="range"),
        CheckConstraint("first_block <= last_block", name="blocks"),
        CheckConstraint("rev >= 1", name="rev"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36))
    project_id: Mapped[int]
    article_id: Mapped[int]
    layer_id: Mapped[int]
    label_id: Mapped[int]
    start: Mapped[int] = mapped_column("start_offset")
    end: Mapped[int] = mapped_column("end_offset")
    first_block: Mapped[int]
    last_block: Mapped[int]
    quote: Mapped[str] = mapped_column(Text)
    rev: Mapped[int] = mapped_column(default=1)
    scheme_version: Mapped[int]
    origin: Mapped[str] = mapped_column(String(16))
    """How it came in: page, api or import."""
    unsure: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)


class Value(Base):
    """An annotation's value of one attribute: exactly one of option, number, text, not stated.

    An unset value has no row. A guess that nobody confirmed has ``confirmed`` false.
    """

    __tablename__ = "annotation_values"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "annotation_id"], ["annotations.project_id", "annotations.id"]
        ),
        ForeignKeyConstraint(
            ["project_id", "attribute_id"], ["attributes.project_id", "attributes.id"]
        ),
        ForeignKeyConstraint(
            ["attribute_id", "option_id"],
            ["attribute_options.attribute_id", "attribute_options.id"],
        ),
        CheckConstraint(
            "(option_id IS NOT NULL AND number IS NULL AND text IS NULL AND NOT not_stated)"
            " OR (option_id IS NULL AND number IS NOT NULL AND text IS NULL AND NOT not_stated)"
            " OR (option_id IS NULL AND number IS NULL AND text IS NOT NULL AND NOT not_stated)"
            " OR (option_id IS NULL AND number IS NULL AND text IS NULL AND not_stated)",
            name="one_value",
        ),
    )
    annotation_id: Mapped[int] = mapped_column(primary_key=True)
    attribute_id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int]
    option_id: Mapped[int | None]
    number: Mapped[float | None]
    text: Mapped[str | None] = mapped_column(Text)
    not_stated: Mapped[bool] = mapped_column(default=False)
    confirmed: Mapped[bool]


class Relation(Base):
    """A typed link between two annotations of one project, made in a layer."""

    __tablename__ = "relations"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "layer_id"], ["layers.project_id", "layers.id"]),
        ForeignKeyConstraint(
            ["project_id", "type_id"], ["relation_types.project_id", "relation_types.id"]
        ),
        ForeignKeyConstraint(
            ["project_id", "source_id"], ["annotations.project_id", "annotations.id"]
        ),
        ForeignKeyConstraint(
            ["project_id", "target_id"], ["annotations.project_id", "annotations.id"]
        ),
        UniqueConstraint("layer_id", "type_id", "source_id", "target_id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int]
    layer_id: Mapped[int]
    type_id: Mapped[int]
    source_id: Mapped[int]
    target_id: Mapped[int]


class Answer(Base):
    """A layer's answer to a question of the article card, perhaps pointing at an annotation."""

    __tablename__ = "answers"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "layer_id"], ["layers.project_id", "layers.id"]),
        ForeignKeyConstraint(
            ["project_id", "attribute_id"], ["attributes.project_id", "attributes.id"]
        ),
        ForeignKeyConstraint(
            ["attribute_id", "option_id"],
            ["attribute_options.attribute_id", "attribute_options.id"],
        ),
        ForeignKeyConstraint(
            ["layer_id", "annotation_id"], ["annotations.layer_id", "annotations.id"]
        ),
    )
    layer_id: Mapped[int] = mapped_column(primary_key=True)
    attribute_id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    option_id: Mapped[int]
    annotation_id: Mapped[int | None]
