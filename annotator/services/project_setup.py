"""Starting a project with labels and a manager, and the schemes that come with the program."""

import json
from dataclasses import replace
from functools import cache

from sqlalchemy.orm import Session

from annotator.config import asset_folder
from annotator.domain.errors import Invalid
from annotator.domain.permissions import Actor
from annotator.domain.scheme import ProfileSpec, Scheme, parse_scheme
from annotator.services.projects import create_project, set_member
from annotator.services.scheme_store import apply_scheme
from annotator.storage.tables import Project

SHIPPED = ("biomedical-claims",)
CORE_PROFILE = "core ten"
"""The profile of the labels that are on when a project starts."""


def set_up_project(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    name: str,
    scheme: Scheme | None,
    annotators_per_article: int,
    blind: bool,
) -> Project:
    """Make a project with the labels of ``scheme``; whoever makes it becomes its manager.

    The local operator stays outside. Raises ``Invalid`` or ``Conflict``; then nothing was made.
    """
    project = create_project(
        session,
        actor,
        slug=slug,
        name=name,
        annotators_per_article=annotators_per_article,
        blind=blind,
    )
    founder = actor
    if actor.user_id is not None:
        set_member(session, actor, slug=slug, user=actor.name, role="manager")
        founder = replace(actor, memberships={**actor.memberships, project.id: "manager"})
    if scheme is not None:
        apply_scheme(session, founder, slug=slug, scheme=scheme)
    return project


def shipped_scheme(name: str) -> Scheme:
    """A scheme that comes with the program; raises ``Invalid`` naming those there are."""
    if name not in SHIPPED:
        raise Invalid(
            f"There is no scheme “{name}”; choose {', '.join(SHIPPED)} or none. Nothing was "
            "changed.",
            code="unknown-scheme",
        )
    return _load(name)


def profiles() -> tuple[ProfileSpec, ...]:
    """The named choices of labels of all shipped schemes, each with the core of its scheme."""
    found: list[ProfileSpec] = []
    for scheme in map(_load, SHIPPED):
        core = tuple(label.name for label in scheme.labels if label.on)
        found += [*scheme.profiles, ProfileSpec(CORE_PROFILE, core)]
    return tuple(found)


@cache
def _load(name: str) -> Scheme:
    path = asset_folder("schemes") / f"{name}.json"
    return parse_scheme(json.loads(path.read_text(encoding="utf-8")))
