"""An operation id is carried out once, also when it is sent at the same time."""

import threading

import pytest
from sqlalchemy import func, select

from annotator.domain.errors import Conflict, Invalid
from annotator.services.once import find_answer, once
from annotator.services.projects import list_members, set_member
from annotator.storage.tables import Event, Operation
from tests.world import World, new_id


def test_a_repeat_gets_the_first_answer(world: World) -> None:
    ann, operation = world.person("ann"), new_id()
    ran: list[int] = []
    for number in range(3):
        with world.database.write() as session:
            answer = once(
                session, ann, operation, "a.kind", lambda n=number: ran.append(n) or {"n": n}
            )
            assert answer == {"n": 0}
    assert ran == [0]
    with world.database.read() as session:
        assert find_answer(session, ann, operation, "a.kind") == {"n": 0}
        assert find_answer(session, world.person("ben"), operation, "a.kind") is None


def test_an_action_that_raises_leaves_the_id_free(world: World) -> None:
    ann, operation = world.person("ann"), new_id()

    def fail() -> dict[str, object]:
        raise Conflict("No.")

    with pytest.raises(Conflict), world.database.write() as session:
        once(session, ann, operation, "a.kind", fail)
    with world.database.write() as session:
        assert once(session, ann, operation, "a.kind", lambda: {"n": 1}) == {"n": 1}


def test_an_id_must_be_a_uuid_and_serves_one_kind(world: World) -> None:
    ann, operation = world.person("ann"), new_id()
    with world.database.write() as session:
        once(session, ann, operation, "a.kind", dict)
        with pytest.raises(Conflict):
            once(session, ann, operation, "another", dict)
        for wrong in ("", "1", operation.upper(), operation + "0", "a\0b"):
            with pytest.raises(Invalid):
                once(session, ann, wrong, "a.kind", dict)


def test_two_at_the_same_time_are_one(world: World) -> None:
    world.project(mia="manager")
    world.person("ann")
    mia, operation = world.actor("mia"), new_id()
    gate, answers = threading.Barrier(4), []

    def send() -> None:
        gate.wait()
        with world.database.write() as session:
            answers.append(once(session, mia, operation, "member.set", lambda: add(session)))

    def add(session) -> dict[str, str]:
        set_member(session, mia, slug="trials", user="ann", role="annotator")
        return {"did": "member-set"}

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [{"did": "member-set"}] * 4
    with world.database.read() as session:
        assert len(list_members(session, mia, slug="trials")) == 2
        assert session.scalar(select(func.count()).select_from(Operation)) == 1
        added = select(func.count()).where(Event.kind == "member.set", Event.subject == "ann")
        assert session.scalar(added) == 1
