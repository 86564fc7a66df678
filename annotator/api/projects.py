"""Projects: those open to the caller, one with its scheme, and making one."""

from flask import Response, g, url_for
from sqlalchemy.orm import Session

from annotator.api.answers import (
    AttributeAnswer,
    LabelAnswer,
    ListedProject,
    Page,
    ProjectAnswer,
)
from annotator.api.bodies import read_body, read_query
from annotator.api.contract import Contract, under
from annotator.api.cursors import at_words, read_words
from annotator.api.replies import Reply, plain, show, write
from annotator.api.requests import PageQuery, ProjectBody
from annotator.domain.permissions import Actor
from annotator.services.articles import count_articles
from annotator.services.project_setup import set_up_project, shipped_scheme
from annotator.services.projects import list_projects as open_projects
from annotator.services.scheme import ProjectScheme, SchemeAttribute, load_scheme
from annotator.storage.tables import Project
from annotator.web.lifecycle import actor, reading


@under(Contract(answers={200: Page[ListedProject]}, query=PageQuery))
def list_projects() -> Response:
    """The projects open to the caller, by name."""
    query = read_query(PageQuery)
    after = read_words(query.cursor, 2)
    cards = open_projects(reading(), actor())
    rows = sorted(cards, key=lambda card: (card.name, card.slug))
    rows = [card for card in rows if (card.name, card.slug) > after]
    items = [
        ListedProject(
            slug=card.slug,
            name=card.name,
            role=card.role,
            articles=card.articles,
            open=card.mine_open,
            done=card.mine_done,
        )
        for card in rows[: query.limit]
    ]
    more = len(rows) > query.limit
    cursor = at_words(items[-1].name, items[-1].slug) if more else None
    return show(Page[ListedProject](items=items, next=cursor))


@under(Contract(answers={201: ProjectAnswer}, body=ProjectBody, writes=True))
def create_project() -> Response:
    """Make a project, with the caller as its manager."""
    body = read_body(ProjectBody)

    def make(session: Session) -> Reply:
        project = set_up_project(
            session,
            actor(),
            slug=body.slug,
            name=body.name,
            scheme=None if body.scheme is None else shipped_scheme(body.scheme),
            annotators_per_article=body.annotators_per_article,
            blind=body.blind,
        )
        address = url_for("api.show_project", slug=project.slug)
        return Reply(201, plain(_draw(session, actor(), project, "manager")), {"Location": address})

    return write(make)


@under(Contract(answers={200: ProjectAnswer}))
def show_project(slug: str) -> Response:
    """One project with its labels and questions."""
    return show(_draw(reading(), actor(), g.project, actor().role_in(g.project.id)))


def _draw(session: Session, who: Actor, project: Project, role: str | None) -> ProjectAnswer:
    scheme = load_scheme(session, project.id, project.scheme_version)
    return ProjectAnswer(
        slug=project.slug,
        name=project.name,
        language=project.language,
        role=role,
        annotators_per_article=project.annotators_per_article,
        blind=project.blind,
        articles=count_articles(session, project.id),
        scheme_version=project.scheme_version,
        labels=_labels(scheme),
        questions=[_attribute(question) for question in (*scheme.questions, *scheme.documents)],
        relations=sorted(scheme.relation_types),
    )


def _labels(scheme: ProjectScheme) -> list[LabelAnswer]:
    return [
        LabelAnswer(
            name=label.name,
            code=label.code,
            layer=label.layer,
            state=label.state,
            definition=label.definition,
            attributes=[_attribute(attribute) for attribute in label.attributes],
        )
        for label in scheme.labels
    ]


def _attribute(attribute: SchemeAttribute) -> AttributeAnswer:
    return AttributeAnswer(
        name=attribute.name,
        title=attribute.title,
        kind=attribute.kind,
        required=attribute.required,
        options=[option.name for option in attribute.options],
    )
