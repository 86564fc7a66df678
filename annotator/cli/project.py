"""``annotator project``: making projects and saying who is in them."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from annotator.cli.context import as_json, given_settings, opened, report
from annotator.config import asset_folder
from annotator.domain.errors import Invalid
from annotator.domain.permissions import LOCAL, ROLES
from annotator.domain.scheme import Scheme, parse_scheme
from annotator.services import projects, scheme_store
from annotator.services.articles import count_articles
from annotator.services.scheme import load_scheme

DEFAULT_SCHEME = "biomedical-claims"


@click.group("project")
def project_command() -> None:
    """Projects: articles, labels and the people who work on them."""


def read_scheme_file(name: str) -> Scheme:
    """The shipped scheme of that name, else the scheme file at that path."""
    shipped = asset_folder("schemes") / f"{name}.json"
    path = shipped if shipped.is_file() else Path(name)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Invalid(f"The scheme {name} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise Invalid(f"The scheme {name} is not JSON: {error}.") from error
    return parse_scheme(data)


@project_command.command("create")
@click.argument("name")
@click.option("--title", default="", help="The name that people read.")
@click.option("--scheme", metavar="FILE|biomedical-claims", help="Labels to start with.")
@click.option("--annotators-per-article", type=int, default=2, show_default=True)
@click.option("--blind/--open", default=True, show_default=True)
@click.option("--language", default="en", show_default=True)
@click.pass_context
def create(
    context: click.Context,
    name: str,
    title: str,
    scheme: str | None,
    annotators_per_article: int,
    blind: bool,
    language: str,
) -> None:
    """Make the project NAME, without members."""
    parsed = read_scheme_file(scheme) if scheme else None
    with opened(given_settings(context)) as database, database.write() as session:
        projects.create_project(
            session,
            LOCAL,
            slug=name,
            name=title,
            language=language,
            annotators_per_article=annotators_per_article,
            blind=blind,
        )
        if parsed:
            scheme_store.apply_scheme(session, LOCAL, slug=name, scheme=parsed)
    click.echo(f"Project {name} was made{f' with the scheme {parsed.name}' if parsed else ''}.")


@project_command.command("list")
@as_json
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:
    """The projects of this installation."""
    with opened(given_settings(context)) as database, database.read() as session:
        cards = projects.list_projects(session, LOCAL)
    items = [{"name": c.slug, "title": c.name, "articles": c.articles} for c in cards]
    lines = [f"{card.slug}\t{card.articles} articles\t{card.name}" for card in cards]
    report({"projects": items}, lines or ["There is no project yet."], json_wanted=as_json)


@project_command.command("show")
@click.argument("name")
@as_json
@click.pass_context
def show(context: click.Context, name: str, as_json: bool) -> None:
    """Settings, members and labels of the project NAME."""
    with opened(given_settings(context)) as database, database.read() as session:
        project = projects.open_project(session, LOCAL, name, "project:see")
        members = projects.list_members(session, LOCAL, slug=name)
        scheme = load_scheme(session, project.id, project.scheme_version)
        articles = count_articles(session, project.id)
    labels = {label.name: label.key for label in scheme.on}
    result = {
        "name": project.slug,
        "title": project.name,
        "articles": articles,
        "annotators_per_article": project.annotators_per_article,
        "blind": project.blind,
        "scheme_version": project.scheme_version,
        "labels": list(labels),
        "members": [asdict(member) for member in members],
    }
    lines = [
        f"{project.slug}: {project.name}",
        f"{articles} articles, {project.annotators_per_article} annotators each",
        "blind" if project.blind else "open",
        "labels: " + (", ".join(f"{n} ({k})" for n, k in labels.items()) or "none"),
        *(f"{member.role}: {member.name}" for member in members),
    ]
    report(result, lines, json_wanted=as_json)


@project_command.command("member")
@click.argument("name")
@click.argument("user")
@click.argument("role", type=click.Choice(ROLES))
@click.pass_context
def member(context: click.Context, name: str, user: str, role: str) -> None:
    """Make USER a member of the project NAME in ROLE, or change the role."""
    with opened(given_settings(context)) as database, database.write() as session:
        projects.set_member(session, LOCAL, slug=name, user=user, role=role)
    click.echo(f"{user} is {role} in {name}.")
