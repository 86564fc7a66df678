"""The trail: numbered without a gap, chained by hash, and no forgery goes unseen."""

import re
from functools import partial

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from annotator.domain.permissions import LOCAL, Actor
from annotator.services import accounts
from annotator.services.events import corpus_sequence, record_event, verify_chain
from annotator.services.jobs import TOKENS, queue_job
from annotator.storage.engine import Database
from annotator.storage.tables import Event, Project
from tests.crowd import together
from tests.services.steps import EIGHT, HOPES, add, one
from tests.world import World, password_hash

FORGERIES = [
    ("kind", "UPDATE events SET kind = 'annotation.forged' WHERE id = {middle}", "was changed"),
    ("actor", "UPDATE events SET actor_id = NULL WHERE id = {middle}", "was changed"),
    ("time", "UPDATE events SET at = '2020-01-01 00:00:00' WHERE id = {middle}", "was changed"),
    ("after", "UPDATE events SET after = '{{}}' WHERE id = {middle}", "was changed"),
    ("reason", "UPDATE events SET reason = 'because' WHERE id = {middle}", "was changed"),
    ("hash", "UPDATE events SET hash = 'f00' WHERE id = {middle}", "was changed"),
    ("link", "UPDATE events SET previous_hash = 'f00' WHERE id = {middle}", "was changed"),
    ("number", "UPDATE events SET seq = 9999 WHERE id = {middle}", "was changed"),
    ("door", "UPDATE events SET via = 'api' WHERE id = {middle}", "was changed"),
    ("taken out", "DELETE FROM events WHERE id = {middle}", "before .* is missing"),
    ("first taken out", "DELETE FROM events WHERE id = {first}", "before .* is missing"),
    ("end of an article", "DELETE FROM events WHERE id = {end_of_article}", "out of order"),
    ("last taken out", "DELETE FROM events WHERE id = {last}", "no event"),
    ("all taken out", "DELETE FROM events WHERE project_id = 1", "no event"),
    ("account", "UPDATE events SET subject = 'eve' WHERE id = {account}", "was changed"),
    ("account out", "DELETE FROM events WHERE id = {account}", "before .* is missing"),
]


def broken(database: Database) -> list[str]:
    with database.read() as session:
        return [found.sentence for found in verify_chain(session)]


def busy(world: World) -> Actor:
    """A project with events on two articles and of accounts."""
    world.project(ann="annotator")
    ann = world.actor("ann")
    first, second = world.article(), world.article(external_id="a2")
    for article, label in ((first, "POPULATION"), (second, "OUTCOME"), (first, "CONDITION")):
        one(world, ann, add(label), article)
    one(world, ann, add("OUTCOME", HOPES), second)
    for name in ("bob", "eva"):
        with world.database.write() as session:
            accounts.add_user(
                session, LOCAL, name=name, role="member", password_hash=password_hash()
            )
    return ann


def test_events_are_numbered_in_order_of_commit_without_a_gap(world: World) -> None:
    names = [f"p{number}" for number in range(6)]
    world.project(quota=6, **dict.fromkeys(names, "annotator"))
    articles_ = [world.article(external_id=f"a{number}") for number in range(3)]

    def work(name: str) -> None:
        actor = world.actor(name)
        for article in articles_:
            one(world, actor, add("POPULATION", EIGHT), article)
            one(world, actor, add("NO_SUCH"), article)

    assert together([partial(work, name) for name in names]) == [None] * 6
    with world.database.read() as session:
        rows = session.execute(
            select(Event.seq, Event.id).where(Event.project_id == 1).order_by(Event.id)
        ).all()
        drawn = session.scalars(select(Project.event_seq)).one()
    assert [seq for seq, _ in rows] == list(range(1, len(rows) + 1))
    assert drawn == len(rows)
    assert broken(world.database) == []


def test_events_of_accounts_are_one_chain_even_when_they_come_at_once(world: World) -> None:
    def note(number: int) -> None:
        for _ in range(5):
            with world.database.write() as session:
                record_event(session, LOCAL, "session.opened", subject=str(number))

    assert together([partial(note, number) for number in range(6)]) == [None] * 6
    assert broken(world.database) == []


def test_an_honest_trail_is_whole_and_each_forgery_is_found(world: World) -> None:
    busy(world)
    database = world.database
    with database.read() as session:
        rows = session.execute(
            select(Event.id, Event.project_id, Event.article_id, Event.kind).order_by(Event.id)
        ).all()
    of_project = [row for row in rows if row.project_id == 1]
    of_first = [row for row in of_project if row.article_id == 1]
    places = {
        "first": of_project[0].id,
        "middle": of_first[1].id,
        "end_of_article": of_first[-1].id,
        "last": of_project[-1].id,
        "account": next(row.id for row in rows if row.project_id is None),
    }
    assert broken(database) == []
    for name, statement, words in FORGERIES:
        with database.write() as session:
            nested = session.begin_nested()
            _silence_triggers(database, session)
            session.execute(text(statement.format(**places)))
            sentences = [found.sentence for found in verify_chain(session)]
            nested.rollback()
        assert sentences, name
        assert re.search(words, sentences[0]), (name, sentences)
    assert broken(database) == []


def _silence_triggers(database: Database, session: Session) -> None:
    if database.is_sqlite:
        for verb in ("update", "delete"):
            session.execute(text(f"DROP TRIGGER events_no_{verb}"))
    else:
        session.execute(text("ALTER TABLE events DISABLE TRIGGER USER"))


def test_an_event_is_written_with_its_change_or_not_at_all(world: World) -> None:
    world.project(ann="annotator")

    def fail() -> None:
        with world.database.write() as session:
            record_event(session, LOCAL, "project.changed", project_id=1)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert broken(world.database) == []
    with world.database.write() as session:
        number = record_event(session, LOCAL, "project.changed", project_id=1)
        assert record_event(session, LOCAL, "project.changed", project_id=1) == (number or 0) + 1
        assert record_event(session, LOCAL, "account.changed") is None
    assert broken(world.database) == []


def test_what_the_trail_keeps_survives_the_database(world: World) -> None:
    world.project(ann="annotator")
    after = {"text": 'β 😀 \u2028 "', "number": 0.1, "big": 2**60, "none": None, "list": [1, "x"]}
    with world.database.write() as session:
        record_event(session, LOCAL, "project.changed", project_id=1, before={}, after=after)
    assert broken(world.database) == []
    with world.database.read() as session:
        assert session.scalars(select(Event.after).order_by(Event.id.desc())).first() == after


def test_the_corpus_sequence_counts_what_an_export_would_hold(world: World) -> None:
    ann = busy(world)
    database = world.database

    def sequence() -> int:
        with database.read() as session:
            return corpus_sequence(session, 1)

    before = sequence()
    with database.write() as session:
        record_event(session, LOCAL, "export.made", project_id=1)
        record_event(session, LOCAL, "member.set", project_id=1)
        queue_job(session, LOCAL, 1, TOKENS, {})
    assert sequence() == before
    one(world, ann, add("PATIENT_COUNT"))
    assert sequence() == before + 4
    with database.read() as session:
        assert corpus_sequence(session, 99) == 0
