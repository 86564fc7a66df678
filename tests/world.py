"""A small world for tests: people, a project with the default scheme, articles with tokens."""

import json
import re
import uuid
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from sqlalchemy import select

from annotator.config import asset_folder
from annotator.domain import corpus
from annotator.domain.blocks import Block, split_blocks
from annotator.domain.operations import AddSpan, FinishLayer, Operation, TextExtent
from annotator.domain.permissions import LOCAL, Actor, Role
from annotator.domain.scheme import Scheme, parse_scheme
from annotator.domain.tokens import pack
from annotator.services import articles, projects, scheme_store
from annotator.services.accounts import PasswordHash, hash_password
from annotator.services.operations import Applied, apply_operations
from annotator.storage.engine import Database
from annotator.storage.tables import Membership, Project, User

PASSWORD = "a password for tests"
TEXT = (
    "Cells calm a storm\n\nEight young patients with lupus received engineered cells. "
    "Symptoms eased in seven of them within 3 months.\n\nThe team hopes to treat more children."
)


@cache
def password_hash() -> PasswordHash:
    """One slow hash for all accounts of a run."""
    return hash_password(PASSWORD)


@cache
def default_scheme() -> Scheme:
    """The shipped scheme."""
    path = asset_folder("schemes") / "biomedical-claims.json"
    return parse_scheme(json.loads(path.read_text(encoding="utf-8")))


def new_id() -> str:
    """A random operation or annotation id."""
    return str(uuid.uuid4())


def word_runs(text: str, blocks: list[Block]) -> list[str]:
    """Token runs by a plain pattern: enough for tests that do not ask about tokens."""
    return [
        pack(match.span() for match in re.finditer(r"\w+|[^\w\s]", text[b.start : b.end]))
        for b in blocks
    ]


@dataclass
class World:
    """Makes what a test needs, through the services, in a database of its own."""

    database: Database
    people: dict[str, int] = field(default_factory=dict)

    def person(self, name: str, role: Literal["member", "admin"] = "member") -> Actor:
        """An account, without the slow hashing."""
        with self.database.write() as session:
            user = User(name=name, role=role, password_hash=password_hash())
            session.add(user)
            session.flush()
            self.people[name] = user.id
        return self.actor(name)

    def actor(self, name: str, via: Literal["web", "api"] = "web") -> Actor:
        """The person as a request would see them now."""
        with self.database.read() as session:
            user = session.scalars(select(User).where(User.name == name)).one()
            roles = session.execute(
                select(Membership.project_id, Membership.role).where(Membership.user_id == user.id)
            )
            memberships: dict[int, Role] = dict(roles.all())  # type: ignore[arg-type]
            return Actor(user.id, user.name, user.role, via, memberships)  # type: ignore[arg-type]

    def project(
        self, slug: str = "trials", *, quota: int = 2, blind: bool = True, **members: str
    ) -> Project:
        """A project with the default scheme; ``members`` maps people's names to roles."""
        with self.database.write() as session:
            project = projects.create_project(
                session, LOCAL, slug=slug, annotators_per_article=quota, blind=blind
            )
            scheme_store.apply_scheme(session, LOCAL, slug=slug, scheme=default_scheme())
        for name, role in members.items():
            if name not in self.people:
                self.person(name)
            with self.database.write() as session:
                projects.set_member(session, LOCAL, slug=slug, user=name, role=role)
        return project

    def article(
        self,
        slug: str = "trials",
        *,
        external_id: str = "a1",
        text: str = TEXT,
        title: str | None = None,
        ready: bool = True,
    ) -> int:
        """An article; its database id."""
        title = title if title is not None else text.split("\n", 1)[0][:80]
        blocks = split_blocks(text, title)
        record = corpus.Article(id=external_id, text=text, title=title, blocks=tuple(blocks))
        with self.database.write() as session:
            project = projects.open_project(session, LOCAL, slug, "article:import")
            tokens = articles.Tokens(word_runs(text, blocks), "test") if ready else None
            return articles.store_article(session, LOCAL, project, record, tokens=tokens).id

    def mark(
        self, actor: Actor, article_id: int, label: str, start: int, end: int, slug: str = "trials"
    ) -> str:
        """Mark a range; the annotation's id."""
        operation = AddSpan(new_id(), new_id(), TextExtent(start, end), label)
        applied = self.apply(actor, article_id, operation, slug=slug)
        assert applied.acks[0].status == "ok", applied.acks[0].sentence
        assert applied.acks[0].annotation is not None
        return applied.acks[0].annotation

    def finish(self, actor: Actor, article_id: int, slug: str = "trials") -> None:
        """Finish the actor's layer."""
        applied = self.apply(actor, article_id, FinishLayer(new_id()), slug=slug)
        assert applied.acks[0].status == "ok", applied.acks[0].sentence

    def apply(
        self, actor: Actor, article_id: int, *operations: Operation, slug: str = "trials"
    ) -> Applied:
        """Apply operations in one transaction."""
        with self.database.write() as session:
            return apply_operations(
                session, actor, slug=slug, article_id=article_id, operations=operations
            )
