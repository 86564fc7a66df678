"""The sample project: accounts, scheme, articles and three people's readings of them.

Every step looks first, so a start after a kill goes on where the last one ended, and what people
did meanwhile stays.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.domain import corpus
from annotator.domain.permissions import LOCAL
from annotator.domain.scheme import Scheme
from annotator.services import accounts, projects, scheme_store
from annotator.services.imports import ImportReport, ImportRules, Sourced, import_records
from annotator.services.tokens import Tokenise
from annotator.storage.engine import Database
from annotator.storage.tables import Label, Project, User

SLUG = "demo"
PEOPLE = {
    "manager": ("admin", "manager"),
    "reviewer": ("member", "reviewer"),
    "annotator1": ("member", "annotator"),
    "annotator2": ("member", "annotator"),
    "annotator3": ("member", "annotator"),
}
"""Account name to its role in the installation and in the project."""
READERS = 3


def other_projects(session: Session) -> list[str]:
    """Names of the projects beside the demo's, which are somebody's work."""
    return list(session.scalars(select(Project.slug).where(Project.slug != SLUG)))


def make_accounts(database: Database, password: str) -> None:
    """Make the demo's accounts where they are missing."""
    for name, (role, _) in PEOPLE.items():
        with database.read() as session:
            there = session.scalar(select(User.id).where(User.name == name))
        if there is None:
            secret = accounts.hash_password(password)
            with database.write() as session:
                accounts.add_user(session, LOCAL, name=name, role=role, password_hash=secret)


def set_passwords(database: Database, password: str) -> None:
    """Give all of the demo's accounts another password."""
    for name in PEOPLE:
        secret = accounts.hash_password(password)
        with database.write() as session:
            accounts.set_password(session, LOCAL, name=name, password_hash=secret)


def make_project(database: Database, scheme: Scheme) -> None:
    """Make the project with scheme and members where they are missing, each in one transaction."""
    with database.write() as session:
        project = session.scalar(select(Project).where(Project.slug == SLUG))
        if project is None:
            project = projects.create_project(
                session,
                LOCAL,
                slug=SLUG,
                name="Claims in biomedical news",
                annotators_per_article=READERS,
                blind=True,
            )
        if not _has_labels(session, project):
            scheme_store.apply_scheme(session, LOCAL, slug=SLUG, scheme=scheme)
    for name, (_, role) in PEOPLE.items():
        with database.write() as session:
            projects.set_member(session, LOCAL, slug=SLUG, user=name, role=role)


def import_articles(
    database: Database,
    records: list[corpus.Article],
    tokenise: Tokenise,
    tokenizer: str,
) -> ImportReport:
    """Take in the articles and readings that are not there yet."""
    sourced = [Sourced("articles.jsonl", line, r) for line, r in enumerate(records, start=1)]
    return import_records(
        database,
        LOCAL,
        slug=SLUG,
        records=sourced,
        tokenise=tokenise,
        tokenizer=tokenizer,
        rules=ImportRules(labels="refuse"),
    )


def _has_labels(session: Session, project: Project) -> bool:
    query = select(Label.id).where(Label.project_id == project.id).limit(1)
    return session.scalar(query) is not None
