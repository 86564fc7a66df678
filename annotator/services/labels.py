"""A project's labels: adding, renaming, switching on and off, retiring, keys."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from annotator.domain.errors import Conflict, Invalid, NotFound
from annotator.domain.naming import checked_text
from annotator.domain.permissions import Actor
from annotator.domain.scheme import COLOURS, FREE_KEYS, LAYERS, STYLES, LabelSpec
from annotator.services.projects import open_project
from annotator.services.row_locks import lock_labels
from annotator.services.scheme_store import new_version, store_label
from annotator.storage.tables import Annotation, Label, Project

LABEL_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")
"""Pages write names in capitals; files bring theirs, and keep them."""
LABEL_CODE = re.compile(r"[A-Z][A-Z0-9]{0,3}")
STATES = ("on", "off", "retired")
LONGEST_DEFINITION = 2_000


def add_label(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    name: str,
    code: str = "",
    layer: str = "flat",
    key: str | None = None,
    definition: str = "",
) -> Label:
    """Add a label, switched on, at the end of the list; raises ``Invalid`` or ``Conflict``."""
    project = _open_scheme(session, actor, slug)
    taken = set(session.scalars(select(Label.code).where(Label.project_id == project.id)))
    colour, style = _free_look(session, project)
    spec = LabelSpec(
        name=_checked_name(session, project, name),
        code=_checked_code(code or _free_code(name, taken), taken),
        layer=_checked_layer(layer),
        on=True,
        key=_checked_key(session, project, key, None),
        colour=colour,
        style=style,
        definition=_checked_definition(definition),
        rule="",
        yes="",
        no="",
        attributes=(),
    )
    count = session.scalar(
        select(func.count()).select_from(Label).where(Label.project_id == project.id)
    )
    label = store_label(session, project, spec, count or 0)
    new_version(session, actor, project, "scheme.label_added", subject=name)
    return label


def change_label(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    name: str,
    new_name: str | None = None,
    state: str | None = None,
    key: str | None = None,
    definition: str | None = None,
) -> None:
    """Rename a label, switch it on or off, retire it, give it a letter (``""`` takes it away).

    Renaming moves no annotation: they point at the label's id. A retired label gives its letter
    back. Raises ``NotFound``, ``Invalid`` or ``Conflict``: then the transaction must not be
    committed.
    """
    project = _open_scheme(session, actor, slug)
    label = _find(session, project, name)
    before = _plain(label)
    if new_name is not None and new_name != name:
        label.name = _checked_name(session, project, new_name)
    if state is not None:
        if state not in STATES:
            raise Invalid(f"“{state}” is not a state of a label; choose {', '.join(STATES)}.")
        label.state = state
    if key is not None:
        label.key = _checked_key(session, project, key, label)
    if label.state == "retired":
        label.key = None
    if definition is not None:
        label.definition = _checked_definition(definition)
    session.flush()
    if _plain(label) != before:
        new_version(
            session,
            actor,
            project,
            "scheme.label_changed",
            subject=label.name,
            before=before,
            after=_plain(label),
        )


def switch_labels(session: Session, actor: Actor, *, slug: str, on: Sequence[str]) -> None:
    """Switch exactly the labels ``on`` on; retired ones stay retired."""
    project = _open_scheme(session, actor, slug)
    labels = session.scalars(select(Label).where(Label.project_id == project.id)).all()
    unknown = sorted(set(on) - {label.name for label in labels})
    if unknown:
        raise Invalid(f"This project has no label {', '.join(unknown)}. Nothing was changed.")
    before = sorted(label.name for label in labels if label.state == "on")
    for label in labels:
        if label.state != "retired":
            label.state = "on" if label.name in on else "off"
    session.flush()
    after = sorted(label.name for label in labels if label.state == "on")
    if before != after:
        new_version(
            session,
            actor,
            project,
            "scheme.labels_switched",
            before={"on": before},
            after={"on": after},
        )


def count_uses(session: Session, project_id: int) -> dict[int, int]:
    """Annotations by label id, deleted ones left out."""
    rows = session.execute(
        select(Annotation.label_id, func.count())
        .where(Annotation.project_id == project_id, Annotation.deleted_at.is_(None))
        .group_by(Annotation.label_id)
    )
    return dict(rows.all())


def _open_scheme(session: Session, actor: Actor, slug: str) -> Project:
    """The project, with nobody else changing its labels until the transaction ends."""
    project = open_project(session, actor, slug, "scheme:edit")
    lock_labels(session, project.id)
    return open_project(session, actor, slug, "scheme:edit", lock=True)


def _find(session: Session, project: Project, name: str) -> Label:
    label = None
    if LABEL_NAME.fullmatch(name):
        query = select(Label).where(Label.project_id == project.id, Label.name == name)
        label = session.scalar(query)
    if label is None:
        raise NotFound(f"This project has no label “{name}”. Nothing was changed.")
    return label


def _checked_name(session: Session, project: Project, name: str) -> str:
    if not LABEL_NAME.fullmatch(name):
        raise Invalid(
            f"“{name[:60]}” is not a label's name: use letters, digits, underscores, dashes and "
            "dots, at most 40, starting with a letter. Nothing was changed.",
            code="bad-name",
        )
    taken = select(Label.id).where(Label.project_id == project.id, Label.name == name)
    if session.scalar(taken):
        raise Conflict(f"There is a label {name} already. Nothing was changed.")
    return name


def _checked_definition(definition: str) -> str:
    return checked_text(definition, what="A definition", longest=LONGEST_DEFINITION)


def _checked_layer(layer: str) -> str:
    if layer not in LAYERS:
        raise Invalid(f"“{layer}” is not a layer of labels; choose {' or '.join(LAYERS)}.")
    return layer


def _checked_code(code: str, taken: set[str]) -> str:
    if not LABEL_CODE.fullmatch(code):
        raise Invalid(f"“{code}” is not a short code: use at most four capital letters or digits.")
    if code in taken:
        raise Conflict(f"The short code {code} is taken. Nothing was changed.")
    return code


def _checked_key(
    session: Session, project: Project, key: str | None, label: Label | None
) -> str | None:
    if not key:
        return None
    if key not in FREE_KEYS:
        raise Invalid(
            f"“{key}” is a key of the screen or no letter. Free keys are {' '.join(FREE_KEYS)}. "
            "Nothing was changed.",
            code="key-taken",
        )
    holder = session.scalar(select(Label).where(Label.project_id == project.id, Label.key == key))
    if holder is not None and holder is not label:
        raise Conflict(f"The key {key} belongs to {holder.name}. Nothing was changed.")
    return key


def _free_code(name: str, taken: set[str]) -> str:
    parts = re.findall(r"[A-Z0-9]+", name.upper())
    initials = "".join(part[0] for part in parts)
    stem = (initials if len(initials) > 1 else "".join(parts))[:3]
    numbered = (f"{stem[:3]}{number}" for number in range(1, 10))
    longer = (f"{stem[:2]}{number}" for number in range(10, 100))
    return next(code for code in (stem, *numbered, *longer) if code not in taken)


def _free_look(session: Session, project: Project) -> tuple[int, str]:
    rows = session.execute(select(Label.colour, Label.style).where(Label.project_id == project.id))
    used = {(colour, style) for colour, style in rows}
    looks = [(colour, style) for style in STYLES for colour in range(COLOURS)]
    return next((look for look in looks if look not in used), looks[len(used) % len(looks)])


def _plain(label: Label) -> dict[str, Any]:
    return {
        "name": label.name,
        "state": label.state,
        "key": label.key,
        "definition": label.definition,
    }
