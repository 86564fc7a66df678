"""Jobs: who takes which, when one is taken again, and when it is given up."""

from datetime import timedelta

import pytest

from annotator.domain.errors import Forbidden, NotFound
from annotator.domain.permissions import LOCAL
from annotator.services import jobs
from annotator.services.jobs import EXPORT, TOKENS
from annotator.storage.tables import Job, now
from tests.world import World


def ask(world: World, kind: str = TOKENS, name: str | None = None) -> int:
    actor = world.actor(name) if name else LOCAL
    with world.database.write() as session:
        return jobs.queue_job(session, actor, 1, kind, {"n": 1})


def claim(world: World) -> int | None:
    with world.database.write() as session:
        job = jobs.claim_job(session)
        return None if job is None else job.id


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
    assert [claim(world) for _ in range(4)] == [*ids, None]
    job = stored(world, ids[0])
    assert (job.state, job.attempts) == ("running", 1)


def test_a_job_without_a_heartbeat_is_taken_again(world: World) -> None:
    world.project()
    first, second = ask(world), ask(world)
    assert claim(world) == first
    age(world, first, 29)
    assert claim(world) == second
    with world.database.write() as session:
        jobs.beat(session, second, 3, 9)
    age(world, first, 31)
    assert claim(world) == first
    assert claim(world) is None
    assert (stored(world, second).step, stored(world, second).steps) == (3, 9)
    with world.database.write() as session:
        jobs.finish_job(session, first, {})
    age(world, first, 99)
    assert claim(world) is None


def test_a_job_is_given_up_after_three_attempts_and_the_next_one_taken(world: World) -> None:
    world.project()
    bad, good = ask(world), ask(world)
    for _ in range(3):
        assert claim(world) == bad
        with world.database.write() as session:
            jobs.release_job(session, bad)
    assert claim(world) == good
    job = stored(world, bad)
    assert (job.state, job.attempts) == ("failed", 3)
    assert job.message is not None
    assert "ended three times without a result" in job.message
    assert job.finished_at is not None


def test_an_ended_job_stays_as_it_ended(world: World) -> None:
    world.project()
    done, failed = ask(world), ask(world)
    with world.database.write() as session:
        jobs.finish_job(session, done, {"articles": 2})
        jobs.fail_job(session, failed, "It could not be.")
    with world.database.write() as session:
        for job_id in (done, failed):
            jobs.release_job(session, job_id)
            jobs.beat(session, job_id, 1, 2)
    assert (stored(world, done).state, stored(world, done).result) == ("done", {"articles": 2})
    assert (stored(world, failed).state, stored(world, failed).step) == ("failed", 0)
    assert claim(world) is None


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
