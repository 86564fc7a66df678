"""The sample project is what it promises, and every start finds what was there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from annotator.demo import ARTICLES
from annotator.domain import corpus
from annotator.domain.operations import ReopenLayer
from annotator.domain.permissions import LOCAL
from annotator.importers.jsonl import JSONL
from annotator.services import accounts, demo, projects
from annotator.services.events import verify_chain
from annotator.services.imports import ImportReport
from annotator.services.queue import count_left, count_states
from annotator.storage.engine import Database
from annotator.storage.tables import Annotation, Article, Layer, Membership, Project, User
from tests.rows import count, counts, fingerprint
from tests.world import World, default_scheme, new_id, password_hash, word_runs

RECORDS = [found for found in JSONL.read(ARTICLES) if isinstance(found, corpus.Article)]


def start(database: Database, records: list[corpus.Article] = RECORDS) -> ImportReport:
    """What a start of the demo does, with tokens by a plain pattern."""
    demo.make_accounts(database, "a password for tests")
    demo.make_project(database, default_scheme())
    return demo.import_articles(
        database, records, lambda text, blocks, _: word_runs(text, list(blocks)), "test"
    )


@pytest.fixture(scope="module")
def prepared(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[ImportReport]]:
    """The demo on SQLite, which it runs on; the first start was cut after five articles."""
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    made = Database(f"sqlite:///{path}")
    reports = [start(made, RECORDS[:5]), start(made)]
    made.dispose()
    return path, reports


@pytest.fixture
def database(prepared: tuple[Path, list[ImportReport]], tmp_path: Path) -> Iterator[Database]:
    """A copy of the demo."""
    path = tmp_path / "demo.sqlite"
    path.write_bytes(prepared[0].read_bytes())
    made = Database(f"sqlite:///{path}")
    yield made
    made.dispose()


def test_the_sample_project_is_what_it_promises(world: World) -> None:
    assert count(world.database, Article) == len(RECORDS) >= 36
    with world.database.read() as session:
        assert dict(session.execute(select(User.name, User.role)).all()) == {
            "manager": "admin",
            "reviewer": "member",
            "annotator1": "member",
            "annotator2": "member",
            "annotator3": "member",
        }
        marks = session.execute(
            select(User.name, func.count())
            .join(Layer, Layer.user_id == User.id)
            .join(Annotation, Annotation.layer_id == Layer.id)
            .group_by(User.name)
        )
        by_person = dict(marks.all())
    assert sum(by_person.values()) > 50
    assert min(by_person[f"annotator{number}"] for number in (1, 2, 3)) > 0
    for name in ("annotator1", "annotator2", "annotator3", "manager"):
        actor = world.actor(name)
        with world.database.read() as session:
            project = session.scalars(select(Project)).one()
            states = count_states(session, actor, project)
            left = count_left(session, actor, project, states)
        assert left - states.get("open", 0) >= 6, (name, states)
    with world.database.read() as session:
        assert list(verify_chain(session)) == []


def test_a_start_after_a_kill_goes_on_and_a_second_changes_nothing(
    database: Database, prepared: tuple[Path, list[ImportReport]]
) -> None:
    first, second = prepared[1]
    assert first.refused == second.refused == []
    assert (first.articles, first.there_already) == (5, 0)
    assert (second.articles, second.there_already) == (len(RECORDS) - 5, 5)
    before = fingerprint(database)
    assert start(database).there_already == len(RECORDS)
    assert fingerprint(database) == before


def test_a_start_that_was_cut_between_accounts_goes_on(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "cut.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    cut = Database(f"sqlite:///{path}")
    with cut.write() as session:
        secret = password_hash()
        accounts.add_user(session, LOCAL, name="manager", role="admin", password_hash=secret)
    with cut.write() as session:
        projects.create_project(session, LOCAL, slug=demo.SLUG, annotators_per_article=3)
    start(cut, [])
    assert count(cut, Membership) == len(demo.PEOPLE)
    assert counts(cut)["labels"] == 22
    cut.dispose()


def test_what_people_did_stays(world: World) -> None:
    database = world.database
    actor = world.actor("annotator1")
    with database.read() as session:
        article = session.scalars(
            select(Layer.article_id).where(Layer.state == "done", Layer.user_id == actor.user_id)
        ).first()
    assert article is not None
    assert (
        world.apply(actor, article, ReopenLayer(new_id()), slug=demo.SLUG).acks[0].state == "open"
    )
    before = fingerprint(database)
    start(database)
    assert fingerprint(database) == before
    demo.set_passwords(database, "quite another password")
    with database.read() as session:
        hashes = session.scalars(select(User.password_hash)).all()
    assert all(accounts.password_matches(found, "quite another password") for found in hashes)
