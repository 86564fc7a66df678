"""The labels of a project: what they mean, which are asked, under which keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from annotator.domain.errors import Conflict, DomainError, Invalid, NotFound
from annotator.domain.permissions import may, sees_others
from annotator.domain.scheme import FREE_KEYS, LAYERS
from annotator.services import labels
from annotator.services.labels import count_uses
from annotator.services.once import Answer
from annotator.services.project_setup import profiles
from annotator.services.scheme import ProjectScheme, SchemeLabel, read_scheme
from annotator.web.errors import wants_partial
from annotator.web.forms import Change, line, lines, optional_line, refusal_status, see, submit
from annotator.web.lifecycle import actor, reading

bp = Blueprint("scheme", __name__)
PAGE = "/projects/<slug>/scheme"


@dataclass(frozen=True, slots=True)
class ProfileView:
    """A choice of labels that one press switches to; ``used`` where it is the present one."""

    name: str
    size: int
    used: bool


@dataclass(frozen=True, slots=True)
class SchemePage:
    """What ``scheme/page.html`` prints; ``filled`` is the form ``form`` that was refused."""

    groups: list[tuple[str, list[SchemeLabel]]]
    uses: Mapping[int, int] | None
    """Marks by label id; None for those who may not know of others' work."""
    free_keys: tuple[str, ...]
    profiles: list[ProfileView]
    may_edit: bool
    layers: tuple[str, ...] = LAYERS
    form: str | None = None
    refused: str | None = None
    filled: Mapping[str, str] = field(default_factory=dict)


@bp.get(PAGE)
def show_scheme(slug: str) -> str:
    """The labels with their keys and definitions."""
    return _page(slug)


@bp.post(f"{PAGE}/labels")
def add_label(slug: str) -> ResponseReturnValue:
    """Add a label at the end of the list."""

    def change(session: Session) -> Answer:
        labels.add_label(
            session,
            actor(),
            slug=slug,
            name=_label_name("name"),
            code=line("code").upper(),
            layer=line("layer"),
            key=line("key").lower(),
            definition=lines("definition"),
        )
        return {"did": "label-added"}

    return _submit(slug, "label.add", change, "add")


@bp.post(f"{PAGE}/labels/<label>")
def change_label(slug: str, label: str) -> ResponseReturnValue:
    """Change what the form names: name, state, key, definition."""

    def change(session: Session) -> Answer:
        labels.change_label(
            session,
            actor(),
            slug=slug,
            name=label,
            new_name=_new_name(label),
            state=optional_line("state"),
            key=optional_line("key"),
            definition=lines("definition") if "definition" in request.form else None,
        )
        return {"did": "label-changed"}

    return _submit(slug, "label.change", change, label)


@bp.post(f"{PAGE}/switch")
def switch_labels(slug: str) -> ResponseReturnValue:
    """Switch on the labels of a profile, or those that the form names, and no others."""

    def change(session: Session) -> Answer:
        labels.switch_labels(session, actor(), slug=slug, on=_chosen())
        return {"did": "labels-switched"}

    return _submit(slug, "labels.switch", change, "switch")


def _submit(slug: str, kind: str, change: Change, form: str) -> ResponseReturnValue:
    try:
        answer = submit(kind, change)
    except (Conflict, Invalid, NotFound) as error:
        return _page(slug, form, error), refusal_status(error)
    if wants_partial():
        return _page(slug)
    return see("scheme.show_scheme", answer["did"], slug=slug)


def _label_name(name: str) -> str:
    return "_".join(line(name).upper().split())


def _new_name(label: str) -> str | None:
    """What the form renames the label to; one that came from a file may stay in small letters."""
    return _label_name("name") if optional_line("name") not in (None, label) else None


def _chosen() -> list[str]:
    name = line("profile")
    if not name:
        return request.form.getlist("on")
    found = next((profile for profile in profiles() if profile.name == name), None)
    if found is None:
        raise Invalid(f"There is no profile “{name[:40]}”. Nothing was changed.")
    return list(found.on)


def _page(slug: str, form: str | None = None, error: DomainError | None = None) -> str:
    scheme = read_scheme(reading(), actor(), slug=slug)
    project = g.project
    taken = {label.own_key for label in scheme.labels}
    see_uses = sees_others(actor(), project.id, blind=project.blind)
    page = SchemePage(
        [
            (state, [each for each in scheme.labels if each.state == state])
            for state in labels.STATES
        ],
        count_uses(reading(), project.id) if see_uses else None,
        tuple(key for key in FREE_KEYS if key not in taken),
        _profiles(scheme),
        may(actor(), "scheme:edit", project.id),
        form=form,
        refused=str(error) if error else None,
        filled=request.form if error else {},
    )
    partial = wants_partial()
    return render_template("scheme/_labels.html" if partial else "scheme/page.html", page=page)


def _in_state(scheme: ProjectScheme, state: str) -> list[SchemeLabel]:
    return [label for label in scheme.labels if label.state == state]


def _profiles(scheme: ProjectScheme) -> list[ProfileView]:
    usable = {label.name for label in scheme.labels if label.state != "retired"}
    on = {label.name for label in scheme.on}
    return [
        ProfileView(profile.name, len(profile.on), set(profile.on) == on)
        for profile in profiles()
        if set(profile.on) <= usable
    ]
