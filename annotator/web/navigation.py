"""What every page shows around its content: who is signed in, and where one can go."""

from typing import NamedTuple

from flask import Flask, g, request, url_for
from flask_babel import gettext as _
from werkzeug.routing import IntegerConverter, Map

from annotator import __version__
from annotator.domain.permissions import Actor, may
from annotator.storage.tables import Project
from annotator.web.forms import LARGEST_NUMBER, operation_id
from annotator.web.lifecycle import actor
from annotator.web.outcomes import present_outcome


class NavigationLink(NamedTuple):
    """One entry of the bar at the top."""

    title: str
    url: str
    current: bool


class SignedIn(NamedTuple):
    """Who is signed in."""

    id: int
    name: str


class RowId(IntegerConverter):
    """A number in an address; one that no row can have is no such page."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST_NUMBER)


def init_navigation(app: Flask) -> None:
    """Give templates ``nav``, ``user``, ``project``, ``outcome`` and ``operation_id()``."""
    app.url_map.converters["int"] = RowId
    app.context_processor(_context)
    app.jinja_env.globals["operation_id"] = operation_id


def _context() -> dict[str, object]:
    project: Project | None = g.get("project")
    person = actor()
    user = SignedIn(person.user_id, person.name) if person.user_id is not None else None
    return {
        "user": user,
        "project": project,
        "nav": _links(person, project),
        "outcome": present_outcome(),
        "version": __version__,
    }


def _links(person: Actor, project: Project | None) -> list[NavigationLink]:
    if project is None:
        return []
    entries = [
        (project.name, "projects.show_project", "project:see"),
        (_("Queue"), "queue.show_queue", "project:see"),
        (_("Import"), "importing.import_form", "article:import"),
        (_("Export"), "exports.list_exports", "export:make"),
        (_("Scheme"), "scheme.show_scheme", "scheme:see"),
        (_("Members"), "members.list_members", "members:see"),
    ]
    here = (request.endpoint or "").split(".")[0]
    return [
        NavigationLink(title, url_for(endpoint, slug=project.slug), endpoint.split(".")[0] == here)
        for title, endpoint, permission in entries
        if may(person, permission, project.id)
    ]
