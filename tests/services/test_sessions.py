"""Sessions: who a cookie stands for, for how long, and the throttle."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from annotator.domain.errors import DomainError, NotFound, NotSignedIn
from annotator.domain.permissions import LOCAL
from annotator.services import sessions
from annotator.storage.tables import SignInSession, StartLink, now
from tests.world import World


def test_a_cookie_stands_for_its_person_and_their_roles(world: World) -> None:
    project = world.project(ann="reviewer")
    with world.database.write() as session:
        secret = sessions.sign_in(session, user_id=world.people["ann"])
    with world.database.read() as session:
        resumed = sessions.resume_session(session, secret)
        assert resumed.actor == world.actor("ann")
        assert resumed.actor.memberships == {project.id: "reviewer"}
        assert not resumed.touch
        assert secret not in session.scalars(select(SignInSession.token_hash)).all()
        for wrong in ("", secret[:-1], "a\0b", resumed.token_hash):
            with pytest.raises(NotSignedIn):
                sessions.resume_session(session, wrong)


def test_sessions_end_by_idleness_and_by_age(world: World) -> None:
    world.person("ann")
    with world.database.write() as session:
        secret = sessions.sign_in(session, user_id=world.people["ann"])
    second = timedelta(seconds=5)
    rows = [
        (timedelta(0), sessions.SEEN_EVERY + second, True),
        (timedelta(0), sessions.IDLE_LIMIT - second, True),
        (timedelta(0), sessions.IDLE_LIMIT + second, False),
        (sessions.ABSOLUTE_LIMIT - second, timedelta(0), True),
        (sessions.ABSOLUTE_LIMIT + second, timedelta(0), False),
    ]
    for age, idle, lives in rows:
        with world.database.write() as session:
            session.execute(
                update(SignInSession).values(created_at=now() - age, seen_at=now() - idle)
            )
        with world.database.read() as session:
            if lives:
                assert sessions.resume_session(session, secret).touch == bool(idle)
            else:
                with pytest.raises(NotSignedIn):
                    sessions.resume_session(session, secret)
    with world.database.write() as session:
        session.execute(update(SignInSession).values(created_at=now()))
        sessions.touch_session(session, session.scalars(select(SignInSession.token_hash)).one())
        assert not sessions.resume_session(session, secret).touch


def test_a_start_link_opens_one_session_also_when_used_twice_at_once(world: World) -> None:
    world.person("ann")
    with world.database.write() as session:
        secret = sessions.create_start_link(session, LOCAL, name="ann", target="/projects/demo")
    gate, outcomes = threading.Barrier(3), []

    def use() -> None:
        gate.wait()
        try:
            with world.database.write() as session:
                outcomes.append(sessions.use_start_link(session, secret)[1])
        except DomainError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["/projects/demo", "not-found", "not-found"]
    with world.database.write() as session:
        late = sessions.create_start_link(session, LOCAL, name="ann", target="/")
        session.execute(update(StartLink).values(created_at=now() - timedelta(hours=13)))
    with pytest.raises(NotFound), world.database.write() as session:
        sessions.use_start_link(session, late)
