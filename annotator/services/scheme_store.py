"""Writing a scheme: each change makes a new version, and records what that version asks."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from annotator.domain.errors import Conflict
from annotator.domain.permissions import Actor
from annotator.domain.scheme import AttributeSpec, LabelSpec, OptionSpec, QuestionSpec, Scheme
from annotator.services.events import record_event
from annotator.services.projects import open_project
from annotator.storage.tables import (
    AskedLabel,
    AskedQuestion,
    Attribute,
    AttributeOption,
    Label,
    Project,
    RelationType,
)

_Asked = tuple[Sequence[AttributeSpec], str, int | None]
"""Attributes, what they are asked about, and the label's id where that is a label."""


def apply_scheme(session: Session, actor: Actor, *, slug: str, scheme: Scheme) -> None:
    """Give an empty project the labels, attributes, questions and relations of ``scheme``."""
    project = open_project(session, actor, slug, "scheme:edit", lock=True)
    if session.scalar(select(Label.id).where(Label.project_id == project.id).limit(1)):
        raise Conflict("This project has labels already. Nothing was changed.")
    labels = [
        _new_label(project, spec, number=place, position=place)
        for place, spec in enumerate(scheme.labels)
    ]
    session.add_all(labels)
    session.flush()
    asked: list[_Asked] = [
        *(
            (spec.attributes, "label", label.id)
            for spec, label in zip(scheme.labels, labels, strict=True)
        ),
        ([_as_attribute(q) for q in scheme.questions], "question", None),
        ([_as_attribute(q) for q in scheme.document_labels], "document", None),
    ]
    _store_attributes(session, project, asked)
    for relation in scheme.relations:
        session.add(
            RelationType(
                project_id=project.id,
                name=relation.name,
                derived=relation.derived,
                definition=relation.definition,
            )
        )
    session.flush()
    new_version(session, actor, project, "scheme.applied", subject=scheme.name)


def new_version(session: Session, actor: Actor, project: Project, kind: str, **event: Any) -> None:
    """Number the scheme anew, record what it asks and write the event ``kind``."""
    project.scheme_version += 1
    session.flush()
    version = project.scheme_version
    labels = session.scalars(
        select(Label.id).where(Label.project_id == project.id, Label.state == "on")
    ).all()
    questions = session.scalars(
        select(Attribute.id).where(Attribute.project_id == project.id, Attribute.target != "label")
    ).all()
    common = {"project_id": project.id, "version": version}
    if labels:
        session.execute(insert(AskedLabel), [{**common, "label_id": id_} for id_ in labels])
    if questions:
        session.execute(
            insert(AskedQuestion), [{**common, "attribute_id": id_} for id_ in questions]
        )
    record_event(session, actor, kind, project_id=project.id, **event)


def store_label(session: Session, project: Project, spec: LabelSpec, position: int) -> Label:
    """Insert one label under the project's next number."""
    highest = session.scalar(select(func.max(Label.number)).where(Label.project_id == project.id))
    number = 0 if highest is None else highest + 1
    label = _new_label(project, spec, number=number, position=position)
    session.add(label)
    session.flush()
    return label


def _new_label(project: Project, spec: LabelSpec, *, number: int, position: int) -> Label:
    return Label(
        project_id=project.id,
        number=number,
        name=spec.name,
        code=spec.code,
        layer=spec.layer,
        state="on" if spec.on else "off",
        position=position,
        key=spec.key,
        colour=spec.colour,
        style=spec.style,
        definition=spec.definition,
        rule=spec.rule,
        yes=spec.yes,
        no=spec.no,
    )


def _store_attributes(session: Session, project: Project, asked: Sequence[_Asked]) -> None:
    specs = [spec for group, _, _ in asked for spec in group]
    attributes = [
        Attribute(
            project_id=project.id,
            target=target,
            label_id=label_id,
            name=spec.name,
            title=spec.title,
            kind=spec.kind,
            required=spec.required,
            position=position,
            definition=spec.definition,
            guess=spec.guess,
        )
        for group, target, label_id in asked
        for position, spec in enumerate(group)
    ]
    session.add_all(attributes)
    session.flush()
    options = [
        {
            "attribute_id": attribute.id,
            "name": option.name,
            "position": place,
            "cues": "\n".join(option.cues),
        }
        for attribute, spec in zip(attributes, specs, strict=True)
        for place, option in enumerate(spec.options)
    ]
    if options:
        session.execute(insert(AttributeOption), options)


def _as_attribute(question: QuestionSpec) -> AttributeSpec:
    return AttributeSpec(
        name=question.name,
        title=question.title,
        kind="choice",
        required=False,
        definition=question.definition,
        guess=None,
        options=tuple(OptionSpec(name, ()) for name in question.options),
    )
