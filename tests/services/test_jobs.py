"""Jobs: who takes which, when one is taken again, and when it is given up."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from annotator.domain.errors import Forbidden, NotFound
from annotator.domain.permissions import LOCAL
from annotator.services import jobs
from annotator.services.jobs import EXPORT, TOKENS, Attempt, AttemptLost
from annotator.storage.tables import Job, now
from tests.crowd import together
from tests.rows import fingerprint
from tests.world import World


def ask(world: World, kind: str = TOKENS, name: str | None = None) -> int:
    actor = world.actor(name) if name else LOCAL
    with world.database.write() as session:
        return jobs.queue_job(session, actor, 1, kind, {"n": 1})


def claim(world: World, *kinds: str) -> Attempt | None:
    with world.database.write() as session:
        return jobs.claim_job(session, kinds or jobs.KINDS)


def release(world: World, attempt: Attempt, *, used: bool) -> None:
    with world.database.write() as session:
        jobs.release_job(session, attempt, used=used)


def finish(world: World, attempt: Attempt) -> None:
    with world.database.write() as session:
        jobs.finish_job(session, attempt, {"by": attempt.number})


def stored(world: World, job_id: int) -> Job:
    with world.database.read() as session:
        return session.get_one(Job, job_id)


def age(world: World, job_id: int, seconds: float) -> None:
    """Let a job's last heartbeat be so long ago."""
    with world.database.write() as session:
        session.get_one(Job, job_id).heartbeat_at = now() - timedelta(seconds=seconds)


def test_jobs_are_taken_in_the_order_they_were_asked_for_each_once(world: World) -> None:
    world.project()
    ids = [ask(world, kind) for kind in (TOKENS, EXPORT, TOKENS)]
    assert [claim(world) for _ in range(4)] == [*(Attempt(job_id, 1) for job_id in ids), None]
    job = stored(world, ids[0])
    assert (job.state, job.attempts) == ("running", 1)


def test_a_place_takes_its_own_kinds_only(world: World) -> None:
    world.project()
    export, tokens = ask(world, EXPORT), ask(world, TOKENS)
    assert claim(world, TOKENS) == Attempt(tokens, 1)
    assert claim(world, TOKENS) is None
    assert claim(world, EXPORT) == Attempt(export, 1)
    assert sorted(kind for place in jobs.PLACES for kind in place) == sorted(jobs.KINDS)


def test_a_job_without_a_heartbeat_is_taken_again(world: World) -> None:
    world.project()
    first, second = ask(world), ask(world)
    assert claim(world) == Attempt(first, 1)
    age(world, first, 29)
    assert claim(world) == Attempt(second, 1)
    with world.database.write() as session:
        jobs.beat(session, Attempt(second, 1), 3, 9)
    age(world, first, 31)
    assert claim(world) == Attempt(first, 2)
    assert claim(world) is None
    assert (stored(world, second).step, stored(world, second).steps) == (3, 9)
    finish(world, Attempt(first, 2))
    age(world, first, 99)
    assert claim(world) is None


def test_who_lost_a_job_changes_nothing_of_it(world: World) -> None:
    world.project()
    job = ask(world)
    lost = claim(world)
    assert lost is not None
    age(world, job, 31)
    assert claim(world) == Attempt(job, 2)
    before = fingerprint(world.database)
    actions: list[Callable[[Session], None]] = [
        lambda session: jobs.beat(session, lost, 7, 9),
        lambda session: jobs.finish_job(session, lost, {"by": 1}),
        lambda session: jobs.fail_job(session, lost, "It could not be."),
        lambda session: jobs.release_job(session, lost, used=True),
        lambda session: jobs.release_job(session, lost, used=False),
    ]
    for action in actions:
        with pytest.raises(AttemptLost), world.database.write() as session:
            action(session)
    assert fingerprint(world.database) == before
    finish(world, Attempt(job, 2))
    assert stored(world, job).result == {"by": 2}
    for action in actions:
        with pytest.raises(AttemptLost), world.database.write() as session:
            action(session)
    assert (stored(world, job).state, stored(world, job).result) == ("done", {"by": 2})


def test_two_attempts_that_finish_at_once_leave_one_result(world: World) -> None:
    world.project()
    job = ask(world)
    one = claim(world)
    assert one is not None
    age(world, job, 31)

    def take_over() -> None:
        other = claim(world)
        if other is not None:
            finish(world, other)

    ended = together([lambda: finish(world, one), take_over])
    assert {type(result) for result in ended} <= {type(None), AttemptLost}
    lost = isinstance(ended[0], AttemptLost)
    assert stored(world, job).result == {"by": 2 if lost else 1}


def test_a_job_is_given_up_after_three_attempts_and_the_next_one_taken(world: World) -> None:
    world.project()
    bad, good = ask(world), ask(world)
    for number in (1, 2, 3):
        assert claim(world) == Attempt(bad, number)
        release(world, Attempt(bad, number), used=True)
    assert claim(world) == Attempt(good, 1)
    job = stored(world, bad)
    assert (job.state, job.attempts) == ("failed", 3)
    assert job.message is not None
    assert "ended three times without a result" in job.message
    assert job.finished_at is not None


def test_an_attempt_that_was_stopped_on_purpose_does_not_count(world: World) -> None:
    world.project()
    job = ask(world)
    for _ in range(4):
        assert claim(world) == Attempt(job, 1)
        release(world, Attempt(job, 1), used=False)
    assert (stored(world, job).state, stored(world, job).attempts) == ("queued", 0)


def test_a_job_that_waits_though_its_place_is_free_is_told(world: World) -> None:
    world.project()

    def waits() -> datetime | None:
        with world.database.read() as session:
            return jobs.waiting_since(session)

    assert waits() is None
    export, second = ask(world, EXPORT), ask(world, EXPORT)
    with world.database.write() as session:
        session.get_one(Job, second).created_at = now() - timedelta(minutes=9)
    asked = stored(world, second).created_at
    assert waits() == asked
    assert claim(world) == Attempt(export, 1)
    assert waits() is None, "the second waits for the first, as it should"
    tokens = ask(world, TOKENS)
    assert waits() == stored(world, tokens).created_at, "the other place is free"
    assert claim(world, TOKENS) == Attempt(tokens, 1)
    age(world, export, 90)
    assert waits() == asked
    with world.database.write() as session:
        session.delete(session.get_one(Job, second))
    assert waits() == stored(world, export).heartbeat_at


def test_jobs_are_seen_by_those_who_may_ask_for_them(world: World) -> None:
    world.project(ann="annotator", rev="reviewer")
    world.project("other", eve="manager")
    tokens, export = ask(world), ask(world, EXPORT, "rev")
    newest = ask(world, EXPORT)
    with world.database.read() as session:
        seen = jobs.read_job(session, world.actor("rev"), job_id=export)
        assert (seen.project, seen.requested_by, seen.params) == ("trials", "rev", {"n": 1})
        assert jobs.read_job(session, world.actor("ann"), job_id=tokens).requested_by is None
        listed = jobs.list_jobs(session, world.actor("rev"), project_id=1, kind=EXPORT)
        assert [job.id for job in listed] == [newest, export]
        for name, job_id, error in (
            ("ann", export, Forbidden),
            ("eve", export, NotFound),
            ("rev", 99, NotFound),
        ):
            with pytest.raises(error):
                jobs.read_job(session, world.actor(name), job_id=job_id)
        with pytest.raises(Forbidden):
            jobs.list_jobs(session, world.actor("ann"), project_id=1, kind=EXPORT)
