"""The members of a project: adding people, their roles, taking them out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from annotator.domain.errors import Conflict, Invalid, NotFound
from annotator.domain.permissions import ROLES, may
from annotator.services import projects
from annotator.services.once import Answer
from annotator.services.projects import Member
from annotator.web.forms import line, refusal_status, see, submit
from annotator.web.lifecycle import actor, reading

bp = Blueprint("members", __name__)
PAGE = "/projects/<slug>/members"


@dataclass(frozen=True, slots=True)
class MembersPage:
    """What ``members/page.html`` prints; ``filled`` is the form that was refused."""

    members: list[Member]
    roles: tuple[str, ...]
    may_edit: bool
    refused: str | None = None
    filled: Mapping[str, str] = field(default_factory=dict)


@bp.get(PAGE)
def list_members(slug: str) -> str:
    """The members by role and name."""
    return _page(slug)


@bp.post(PAGE)
def set_member(slug: str) -> ResponseReturnValue:
    """Add a person, or give a member another role."""
    user, role = line("user"), line("role")

    def change(session: Session) -> Answer:
        projects.set_member(session, actor(), slug=slug, user=user, role=role)
        return {"did": "member-set"}

    try:
        answer = submit("member.set", change)
    except (Conflict, Invalid, NotFound) as error:
        return _page(slug, str(error), request.form), refusal_status(error)
    itself = user == actor().name and actor().role != "admin"
    page = "projects.show_project" if itself else "members.list_members"
    return see(page, answer["did"], slug=slug)


@bp.get(f"{PAGE}/<user>/remove")
def remove_form(slug: str, user: str) -> str:
    """Ask once more before somebody is taken out."""
    return render_template("members/remove.html", member=_find(slug, user), refused=None)


@bp.post(f"{PAGE}/<user>/remove")
def remove_member(slug: str, user: str) -> ResponseReturnValue:
    """Take a person out of the project; their work stays."""

    def change(session: Session) -> Answer:
        projects.remove_member(session, actor(), slug=slug, user=user)
        return {"did": "member-removed"}

    try:
        answer = submit("member.remove", change)
    except Conflict as error:
        member = _find(slug, user)
        return render_template("members/remove.html", member=member, refused=str(error)), 409
    if user == actor().name and actor().role != "admin":
        return see("projects.list_projects", "left")
    return see("members.list_members", answer["did"], slug=slug)


def _find(slug: str, user: str) -> Member:
    members = projects.list_members(reading(), actor(), slug=slug)
    found = next((member for member in members if member.name == user), None)
    if found is None:
        raise NotFound(f"“{user[:64]}” is not a member of this project. Nothing was changed.")
    return found


def _page(slug: str, refused: str | None = None, filled: Mapping[str, str] | None = None) -> str:
    page = MembersPage(
        projects.list_members(reading(), actor(), slug=slug),
        ROLES,
        may(actor(), "members:edit", g.project.id),
        refused,
        filled or {},
    )
    return render_template("members/page.html", page=page)
