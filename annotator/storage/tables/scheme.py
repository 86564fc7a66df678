"""The scheme: labels, attributes, options, relation types, and what each version asked."""

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

from annotator.storage.tables.base import Base


class Label(Base):
    """A label of a project. Annotations point at its id, so renaming is free."""

    __tablename__ = "labels"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        UniqueConstraint("project_id", "code"),
        UniqueConstraint("project_id", "number"),
        UniqueConstraint("project_id", "id"),
        Index(
            "uq_labels_project_id_key",
            "project_id",
            "key",
            unique=True,
            sqlite_where=text("key IS NOT NULL"),
            postgresql_where=text("key IS NOT NULL"),
        ),
        CheckConstraint("layer in ('flat', 'claim')", name="layer"),
        CheckConstraint("state in ('on', 'off', 'retired')", name="state"),
        CheckConstraint("colour between 0 and 7", name="colour"),
        CheckConstraint("style in ('solid', 'dashed', 'double')", name="style"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    number: Mapped[int]
    """Number within the project: names the label's colours in the page."""
    name: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(4))
    layer: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8))
    position: Mapped[int]
    key: Mapped[str | None] = mapped_column(String(1))
    """A letter of its own; labels without one share the digits in list order."""
    colour: Mapped[int]
    style: Mapped[str] = mapped_column(String(8))
    definition: Mapped[str] = mapped_column(default="")
    rule: Mapped[str] = mapped_column(default="")
    yes: Mapped[str] = mapped_column(default="")
    no: Mapped[str] = mapped_column(default="")


class RelationType(Base):
    """A kind of link between two annotations; derived ones follow from containment."""

    __tablename__ = "relation_types"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        UniqueConstraint("project_id", "id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str] = mapped_column(String(40))
    derived: Mapped[bool]
    definition: Mapped[str] = mapped_column(default="")


class Attribute(Base):
    """A question about a label's spans (``label_id`` set) or about the article (the card)."""

    __tablename__ = "attributes"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "label_id"], ["labels.project_id", "labels.id"]),
        UniqueConstraint("project_id", "id"),
        Index(
            "uq_attributes_label_id_name",
            "label_id",
            "name",
            unique=True,
            sqlite_where=text("label_id IS NOT NULL"),
            postgresql_where=text("label_id IS NOT NULL"),
        ),
        Index(
            "uq_attributes_project_id_name",
            "project_id",
            "name",
            unique=True,
            sqlite_where=text("label_id IS NULL"),
            postgresql_where=text("label_id IS NULL"),
        ),
        CheckConstraint("target in ('label', 'question', 'document')", name="target"),
        CheckConstraint("(target = 'label') = (label_id IS NOT NULL)", name="target_label"),
        CheckConstraint("kind in ('choice', 'number', 'text')", name="kind"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    target: Mapped[str] = mapped_column(String(16))
    label_id: Mapped[int | None] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(8))
    required: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]
    definition: Mapped[str] = mapped_column(default="")
    guess: Mapped[str | None] = mapped_column(String(80))
    """The option proposed where no cue of another one stands in the quote."""


class AttributeOption(Base):
    """A member of a closed list; ``cues`` are phrases, a line each, that propose it."""

    __tablename__ = "attribute_options"
    __table_args__ = (
        UniqueConstraint("attribute_id", "name"),
        UniqueConstraint("attribute_id", "id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    attribute_id: Mapped[int] = mapped_column(ForeignKey("attributes.id"))
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    cues: Mapped[str] = mapped_column(default="")


class AskedLabel(Base):
    """A label that a version of the scheme asked for: what a finished layer answers to."""

    __tablename__ = "asked_labels"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "label_id"], ["labels.project_id", "labels.id"]),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    label_id: Mapped[int] = mapped_column(primary_key=True)


class AskedQuestion(Base):
    """A question of the article card that a version of the scheme asked."""

    __tablename__ = "asked_questions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "attribute_id"], ["attributes.project_id", "attributes.id"]
        ),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    attribute_id: Mapped[int] = mapped_column(primary_key=True)
