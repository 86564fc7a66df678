"""Sessions: who a cookie stands for, for how long, and the throttle."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from annotator.domain.errors import DomainError, Forbidden, NotFound, NotSignedIn, TooMany
from annotator.domain.permissions import LOCAL
from annotator.services import sessions
from annotator.storage.tables import SignInFailure, SignInSession, StartLink, now
from tests.world import PASSWORD, World


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


def test_the_throttle_counts_per_name_and_per_address_for_a_while(world: World) -> None:
    world.person("ann")

    def check(name: str = "ann", address: str = "192.0.2.1", password: str = PASSWORD) -> int:
        with world.database.read() as session:
            return sessions.check_password(session, name=name, password=password, address=address)

    assert check() == world.people["ann"]
    with pytest.raises(Forbidden):
        check(password="wrong")
    fail(world, sessions.FAILURES_PER_NAME, name="ann", address="192.0.2.2")
    with pytest.raises(TooMany) as caught:
        check()
    assert caught.value.retry_after == 600
    with world.database.write() as session:
        session.execute(update(SignInFailure).values(at=now() - sessions.WINDOW))
    assert check() == world.people["ann"]
    fail(world, sessions.FAILURES_PER_ADDRESS, name="x" * 70, address="192.0.2.1")
    with pytest.raises(TooMany):
        check()
    assert check(address="192.0.2.9") == world.people["ann"]
    with pytest.raises(TooMany):
        check(name="x" * 70, address="192.0.2.9")
    with world.database.read() as session:
        assert len(session.scalars(select(SignInFailure)).all()) == sessions.FAILURES_PER_ADDRESS


def fail(world: World, times: int, *, name: str, address: str) -> None:
    with world.database.write() as session:
        for _ in range(times):
            sessions.record_failure(session, name=name, address=address)


def test_signing_in_forgets_the_failures_of_that_name(world: World) -> None:
    world.person("ann")
    fail(world, 3, name="ann", address="192.0.2.1")
    fail(world, 1, name="a\0b", address="192.0.2.1")
    with world.database.write() as session:
        sessions.sign_in(session, user_id=world.people["ann"])
    with world.database.read() as session:
        assert session.scalars(select(SignInFailure.name)).all() == ["a\ufffdb"]


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
