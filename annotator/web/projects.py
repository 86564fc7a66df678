"""The list of projects, one project, and making one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from annotator.domain.errors import Conflict, Invalid
from annotator.domain.naming import slug_from
from annotator.domain.permissions import may
from annotator.services import projects
from annotator.services.once import Answer
from annotator.services.overview import Overview, read_overview
from annotator.services.project_setup import SHIPPED, set_up_project, shipped_scheme
from annotator.services.projects import MOST_ANNOTATORS, ProjectCard
from annotator.web.forms import line, refusal_status, see, submit, whole_number
from annotator.web.lifecycle import actor, reading

bp = Blueprint("projects", __name__)
NO_SCHEME = "none"


@dataclass(frozen=True, slots=True)
class ProjectsPage:
    """What ``projects/list.html`` prints."""

    cards: list[ProjectCard]
    may_create: bool


@dataclass(frozen=True, slots=True)
class NewProjectPage:
    """What ``projects/new.html`` prints; ``filled`` is the form that was refused."""

    schemes: tuple[str, ...] = (*SHIPPED, NO_SCHEME)
    most_annotators: int = MOST_ANNOTATORS
    refused: str | None = None
    filled: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """What ``projects/page.html`` prints."""

    overview: Overview
    may_edit: bool
    may_import: bool
    may_annotate: bool
    most_annotators: int = MOST_ANNOTATORS
    refused: str | None = None
    filled: Mapping[str, str] = field(default_factory=dict)


@bp.get("/")
def list_projects() -> str:
    """The projects open to the person."""
    cards = projects.list_projects(reading(), actor())
    page = ProjectsPage(cards, may(actor(), "project:create"))
    return render_template("projects/list.html", page=page)


@bp.get("/projects/new")
def new_project_form() -> str:
    """The form for a new project."""
    return render_template("projects/new.html", page=NewProjectPage())


@bp.post("/projects/new")
def create_project() -> ResponseReturnValue:
    """Make a project; without a short name, one is made from the long one."""
    slug = line("slug") or slug_from(line("name"))

    def make(session: Session) -> Answer:
        chosen = line("scheme")
        set_up_project(
            session,
            actor(),
            slug=slug,
            name=line("name"),
            scheme=None if chosen == NO_SCHEME else shipped_scheme(chosen),
            annotators_per_article=whole_number(
                "annotators_per_article", what="Annotators per article"
            ),
            blind=_blind(),
        )
        return {"slug": slug}

    try:
        answer = submit("project.create", make)
    except (Conflict, Invalid) as error:
        page = NewProjectPage(refused=str(error), filled=request.form)
        return render_template("projects/new.html", page=page), refusal_status(error)
    return see("projects.show_project", "project-made", slug=answer["slug"])


@bp.get("/projects/<slug>")
def show_project(slug: str) -> str:
    """Where a project stands, and for managers its settings."""
    return _page(slug)


@bp.post("/projects/<slug>")
def change_project(slug: str) -> ResponseReturnValue:
    """Store the settings."""

    def change(session: Session) -> Answer:
        projects.change_project(
            session,
            actor(),
            slug=slug,
            name=line("name"),
            annotators_per_article=whole_number(
                "annotators_per_article", what="Annotators per article"
            ),
            blind=_blind(),
        )
        return {"did": "project-changed"}

    try:
        answer = submit("project.change", change)
    except Invalid as error:
        return _page(slug, str(error), request.form), refusal_status(error)
    return see("projects.show_project", answer["did"], slug=slug)


def _blind() -> bool:
    reading_mode = line("reading")
    if reading_mode not in ("blind", "open"):
        raise Invalid("Choose whether annotators work blind or open. Nothing was changed.")
    return reading_mode == "blind"


def _page(slug: str, refused: str | None = None, filled: Mapping[str, str] | None = None) -> str:
    overview = read_overview(reading(), actor(), slug=slug)
    project_id = overview.project.id
    page = ProjectPage(
        overview,
        may(actor(), "project:edit", project_id),
        may(actor(), "article:import", project_id),
        may(actor(), "article:annotate", project_id),
        refused=refused,
        filled=filled or {},
    )
    return render_template("projects/page.html", page=page)
