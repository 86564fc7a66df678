"""Reading a project's scheme. A version never changes once made, so it is kept in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.domain.errors import Invalid
from annotator.domain.permissions import Actor
from annotator.domain.scheme import assign_keys
from annotator.services.projects import open_project
from annotator.storage.engine import is_writing, kept
from annotator.storage.tables import (
    AskedLabel,
    AskedQuestion,
    Attribute,
    AttributeOption,
    Label,
    RelationType,
)


@dataclass(frozen=True, slots=True)
class SchemeOption:
    """A member of a closed list."""

    id: int
    name: str
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SchemeAttribute:
    """A question about a span or about the article."""

    id: int
    name: str
    title: str
    kind: str
    required: bool
    definition: str
    guess: str | None
    options: tuple[SchemeOption, ...]

    def option(self, name: str) -> SchemeOption:
        """The option ``name``; raises ``Invalid`` naming the list."""
        for option in self.options:
            if option.name == name:
                return option
        names = ", ".join(option.name for option in self.options)
        raise Invalid(
            f"“{name}” is not in the list of {self.name}: {names}, not stated.", code="bad-value"
        )


@dataclass(frozen=True, slots=True)
class SchemeLabel:
    """A label with its attributes. ``key`` is the one that holds now, digit or letter."""

    id: int
    number: int
    name: str
    code: str
    layer: str
    state: str
    own_key: str | None
    key: str | None
    colour: int
    style: str
    definition: str
    rule: str
    yes: str
    no: str
    attributes: tuple[SchemeAttribute, ...]

    def attribute(self, name: str) -> SchemeAttribute:
        """The attribute ``name``; raises ``Invalid``."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute
        raise Invalid(f"{self.name} has no value “{name}”.", code="unknown-value")


@dataclass(frozen=True, eq=False)
class ProjectScheme:
    """One version of a project's scheme; labels in list order, retired ones too.

    Each is its own: two that were read apart are two.
    """

    project_id: int
    version: int
    labels: tuple[SchemeLabel, ...]
    questions: tuple[SchemeAttribute, ...]
    documents: tuple[SchemeAttribute, ...]
    relation_types: Mapping[str, int]

    @cached_property
    def by_id(self) -> dict[int, SchemeLabel]:
        """Labels by their id."""
        return {label.id: label for label in self.labels}

    @cached_property
    def by_name(self) -> dict[str, SchemeLabel]:
        """Labels by their name."""
        return {label.name: label for label in self.labels}

    @property
    def on(self) -> list[SchemeLabel]:
        """Labels that are asked now."""
        return [label for label in self.labels if label.state == "on"]

    @cached_property
    def attributes(self) -> dict[int, SchemeAttribute]:
        """All attributes by id: labels' and the card's."""
        of_labels = (attribute for label in self.labels for attribute in label.attributes)
        return {a.id: a for a in (*of_labels, *self.questions, *self.documents)}

    @cached_property
    def attribute_labels(self) -> dict[int, int]:
        """Attribute id to the id of its label, the card's left out."""
        return {a.id: label.id for label in self.labels for a in label.attributes}

    def usable(self, name: str) -> SchemeLabel:
        """The label ``name`` if it may be given now; raises ``Invalid``."""
        label = self.by_name.get(name)
        if label is None:
            raise Invalid(
                f"This project has no label “{name}”. Nothing was stored.", code="unknown-label"
            )
        if label.state != "on":
            raise Invalid(
                f"The label {name} is {label.state} in this project. Nothing was stored; reload "
                "the page to see the labels in use.",
                code="label-off",
            )
        return label


_MOST_KEPT = 200


def load_scheme(session: Session, project_id: int, version: int) -> ProjectScheme:
    """The present scheme of a project, which is at ``version``.

    A version that the session's own transaction made is not kept: it may still be taken back.
    """
    schemes: dict[tuple[int, int], ProjectScheme] = kept(session, "schemes", dict)
    scheme = schemes.get((project_id, version))
    if scheme is None:
        scheme = _read_scheme(session, project_id, version)
        if not is_writing(session):
            if len(schemes) >= _MOST_KEPT:
                schemes.clear()
            schemes[project_id, version] = scheme
    return scheme


def read_scheme(session: Session, actor: Actor, *, slug: str) -> ProjectScheme:
    """The present scheme of a project that the actor may see."""
    project = open_project(session, actor, slug, "scheme:see")
    return load_scheme(session, project.id, project.scheme_version)


def asked_names(session: Session, project_id: int) -> dict[int, frozenset[str]]:
    """By version of the scheme: the names of the labels and questions that it asked."""
    asked: dict[int, set[str]] = {}
    labels = select(AskedLabel.version, Label.name).join(Label, Label.id == AskedLabel.label_id)
    questions = select(AskedQuestion.version, Attribute.name).join(
        Attribute, Attribute.id == AskedQuestion.attribute_id
    )
    for version, name in [
        *session.execute(labels.where(AskedLabel.project_id == project_id)),
        *session.execute(questions.where(AskedQuestion.project_id == project_id)),
    ]:
        asked.setdefault(version, set()).add(name)
    return {version: frozenset(names) for version, names in asked.items()}


def _read_scheme(session: Session, project_id: int, version: int) -> ProjectScheme:
    attributes = _read_attributes(session, project_id)
    rows = session.scalars(
        select(Label).where(Label.project_id == project_id).order_by(Label.position, Label.id)
    ).all()
    keys = assign_keys([(row.name, row.key) for row in rows if row.state == "on"])
    labels = tuple(
        SchemeLabel(
            row.id,
            row.number,
            row.name,
            row.code,
            row.layer,
            row.state,
            row.key,
            keys.get(row.name),
            row.colour,
            row.style,
            row.definition,
            row.rule,
            row.yes,
            row.no,
            tuple(attributes.get(("label", row.id), ())),
        )
        for row in rows
    )
    types = session.execute(
        select(RelationType.name, RelationType.id).where(RelationType.project_id == project_id)
    )
    return ProjectScheme(
        project_id,
        version,
        labels,
        tuple(attributes.get(("question", None), ())),
        tuple(attributes.get(("document", None), ())),
        dict(types.all()),
    )


def _read_attributes(
    session: Session, project_id: int
) -> dict[tuple[str, int | None], list[SchemeAttribute]]:
    options: dict[int, list[SchemeOption]] = {}
    for option in session.scalars(
        select(AttributeOption)
        .join(Attribute, Attribute.id == AttributeOption.attribute_id)
        .where(Attribute.project_id == project_id)
        .order_by(AttributeOption.attribute_id, AttributeOption.position)
    ):
        options.setdefault(option.attribute_id, []).append(
            SchemeOption(option.id, option.name, tuple(option.cues.splitlines()))
        )
    attributes: dict[tuple[str, int | None], list[SchemeAttribute]] = {}
    for row in session.scalars(
        select(Attribute)
        .where(Attribute.project_id == project_id)
        .order_by(Attribute.position, Attribute.id)
    ):
        attributes.setdefault((row.target, row.label_id), []).append(
            SchemeAttribute(
                row.id,
                row.name,
                row.title,
                row.kind,
                row.required,
                row.definition,
                row.guess,
                tuple(options.get(row.id, ())),
            )
        )
    return attributes
