"""The throttle: what counts, for how long, what it leaves behind, and that nobody overtakes it."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from annotator.domain.errors import Forbidden, TooMany
from annotator.domain.permissions import LOCAL
from annotator.services import accounts, sessions, throttle
from annotator.storage.tables import Event, SignInFailure, now
from tests.crowd import together
from tests.rows import count
from tests.world import PASSWORD, World

HERE = "192.0.2.1"


def fail(world: World, times: int, *, name: str, address: str) -> None:
    for _ in range(times):
        with world.database.write() as session:
            throttle.count_attempt(session, name=name, address=address)


def prove(world: World, name: str = "ann", address: str = HERE, password: str = PASSWORD) -> int:
    known = sessions.prove_password(world.database, name=name, password=password, address=address)
    with world.database.write() as session:
        throttle.forget_attempts(session, name=name)
    return known.user_id


def test_it_counts_per_name_and_per_address_for_a_while(world: World) -> None:
    world.person("ann")
    assert prove(world) == world.people["ann"]
    with pytest.raises(Forbidden):
        prove(world, password="wrong")
    fail(world, throttle.FAILURES_PER_NAME - 1, name="ann", address="192.0.2.2")
    with pytest.raises(TooMany) as caught:
        prove(world)
    assert caught.value.retry_after == 600
    with world.database.write() as session:
        session.execute(update(SignInFailure).values(at=now() - throttle.WINDOW))
    assert prove(world) == world.people["ann"]
    for number in range(5):
        fail(world, throttle.FAILURES_PER_NAME, name=f"{number}" + "x" * 70, address=HERE)
    with pytest.raises(TooMany):
        prove(world)
    assert prove(world, address="192.0.2.9") == world.people["ann"]
    with pytest.raises(TooMany):
        prove(world, name="0" + "x" * 70, address="192.0.2.9")
    assert count(world.database, SignInFailure) == throttle.FAILURES_PER_ADDRESS


def test_guesses_sent_at_once_count_one_by_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "FAILURES_PER_NAME", 3)
    world.person("ann")
    found = together([lambda: prove(world, password="a wrong one")] * 10)
    kinds = [type(error) for error in found]
    assert (kinds.count(Forbidden), kinds.count(TooMany)) == (3, 7)


def test_a_thousand_guesses_leave_few_rows_and_one_line_in_the_trail(world: World) -> None:
    world.person("ann")
    before = count(world.database, Event)
    outcomes = []
    for _ in range(throttle.FAILURES_PER_NAME + 5):
        with pytest.raises((Forbidden, TooMany)) as caught:
            prove(world, password="a wrong one")
        outcomes.append(type(caught.value))
    assert outcomes == [Forbidden] * throttle.FAILURES_PER_NAME + [TooMany] * 5
    assert count(world.database, SignInFailure) == throttle.FAILURES_PER_NAME
    with world.database.read() as session:
        event = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.kind, event.subject, event.after) == (
        "session.throttled",
        "ann",
        {"address": HERE},
    )
    assert count(world.database, Event) == before + 1


def test_signing_in_forgets_the_failures_of_that_name(world: World) -> None:
    world.person("ann")
    fail(world, 3, name="ann", address=HERE)
    fail(world, 1, name="a\0b", address=HERE)
    with world.database.write() as session:
        sessions.sign_in(session, user_id=world.people["ann"])
    with world.database.read() as session:
        assert session.scalars(select(SignInFailure.name)).all() == ["a\ufffdb"]


def test_every_kind_of_wrong_name_costs_one_look_at_a_password(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.person("ann")
    gone = world.person("gone")
    with world.database.write() as session:
        accounts.disable_user(session, LOCAL, name=gone.name)
    sessions._nobody()
    looks: list[str] = []
    verify = PasswordHasher.verify
    # Called as before; only noted.
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda self, *given: looks.append("look") or verify(self, *given)
    )
    for name in ("ann", "nobody", "gone", "", "an\0n", "x" * 5000):
        looks.clear()
        with pytest.raises(Forbidden):
            prove(world, name=name, password="a wrong one")
        assert (name, looks) == (name, ["look"])
