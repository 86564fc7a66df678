"""Jobs: rows that say what is to be done, by whom it was asked, and how far it is.

A process that works on a job holds one attempt at it, and whatever it says of the job counts only
while that is the job's last: one that slept while its job was given to another changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from annotator.domain.errors import NotFound
from annotator.domain.permissions import Actor, require
from annotator.services.events import record_event
from annotator.storage.tables import Job, Project, User, now

TOKENS = "tokens"
EXPORT = "export"
KINDS = (TOKENS, EXPORT)
PLACES = ((TOKENS,), (EXPORT,))
"""Kinds of job that a worker runs beside each other: short ones never wait for a long one."""
SEE = {TOKENS: "article:read", EXPORT: "export:make"}
STALE_AFTER = timedelta(seconds=30)
"""A running job without a heartbeat for so long was lost with its process, and is taken again."""
MOST_ATTEMPTS = 3


class AttemptLost(Exception):
    """The job was given to another attempt, has ended or is gone: what this one made is void."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a job, numbered from 1."""

    job_id: int
    number: int


@dataclass(frozen=True, slots=True)
class JobView:
    """Where a job stands; ``result`` holds what a finished one made."""

    id: int
    project: str
    kind: str
    state: str
    params: dict[str, Any]
    step: int
    steps: int
    message: str | None
    result: dict[str, Any] | None
    requested_by: str | None
    created_at: datetime
    finished_at: datetime | None


def queue_job(
    session: Session, actor: Actor, project_id: int, kind: str, params: dict[str, Any]
) -> int:
    """Ask for a job in the caller's transaction; its id."""
    assert kind in KINDS
    job = Job(project_id=project_id, kind=kind, params=params, requested_by=actor.user_id)
    session.add(job)
    session.flush()
    record_event(session, actor, f"job.{kind}_asked", project_id=project_id, subject=str(job.id))
    return job.id


def waiting_job(session: Session, project_id: int, kind: str) -> int | None:
    """A job that waits for its turn, held so that it is not taken meanwhile; None if none does."""
    query = select(Job.id).where(Job.project_id == project_id, Job.kind == kind)
    query = query.where(Job.state == "queued").limit(1)
    return session.scalar(query.with_for_update(skip_locked=True))


def read_job(session: Session, actor: Actor, *, job_id: int) -> JobView:
    """A job of a project that the actor may see such jobs of; else ``NotFound``."""
    row = session.execute(_views().where(Job.id == job_id)).first()
    if row is None:
        raise NotFound("There is no such job, or it is not open to you.")
    job, project, name = row
    require(actor, SEE[job.kind], job.project_id)
    return _view(job, project, name)


def list_jobs(
    session: Session, actor: Actor, *, project_id: int, kind: str, limit: int = 20
) -> list[JobView]:
    """The newest jobs of a kind in a project."""
    require(actor, SEE[kind], project_id)
    query = _views().where(Job.project_id == project_id, Job.kind == kind)
    rows = session.execute(query.order_by(Job.id.desc()).limit(limit))
    return [_view(job, slug, name) for job, slug, name in rows]


def claim_job(session: Session, kinds: Sequence[str] = KINDS) -> Attempt | None:
    """Take the next job of ``kinds`` that waits or was lost; None where there is none."""
    lost = and_(Job.state == "running", Job.heartbeat_at < now() - STALE_AFTER)
    query = select(Job.id, Job.attempts).where(
        Job.kind.in_(kinds), or_(Job.state == "queued", lost)
    )
    next_one = query.order_by(Job.id).limit(1).with_for_update(skip_locked=True)
    while (row := session.execute(next_one).first()) is not None:
        if row.attempts < MOST_ATTEMPTS:
            values = {"state": "running", "attempts": row.attempts + 1, "heartbeat_at": now()}
            session.execute(update(Job).where(Job.id == row.id).values(values))
            return Attempt(row.id, row.attempts + 1)
        sentence = "The job ended three times without a result, so it was given up."
        values = {"state": "failed", "message": sentence, "finished_at": now()}
        session.execute(update(Job).where(Job.id == row.id).values(values))
    return None


def beat(session: Session, attempt: Attempt, step: int, steps: int) -> None:
    """Say that a job is alive and how far it is; raises ``AttemptLost``."""
    _change(session, attempt, step=step, steps=steps, heartbeat_at=now())


def finish_job(
    session: Session, attempt: Attempt, result: dict[str, Any], message: str | None = None
) -> None:
    """Store what a job made, and what there is to say about it; raises ``AttemptLost``."""
    _change(session, attempt, state="done", result=result, message=message, finished_at=now())


def fail_job(session: Session, attempt: Attempt, sentence: str) -> None:
    """Store why a job failed, for whoever asked for it; raises ``AttemptLost``."""
    _change(session, attempt, state="failed", message=sentence, finished_at=now())


def release_job(session: Session, attempt: Attempt, *, used: bool) -> None:
    """Give back a job whose process has ended without a word; raises ``AttemptLost``.

    ``used`` counts the attempt against the job. One that was stopped on purpose does not count, and
    its number is given out once more: nobody holds it, as its process has ended.
    """
    left = attempt.number if used else attempt.number - 1
    _change(session, attempt, state="queued", attempts=left, heartbeat_at=now())


def waiting_since(session: Session) -> datetime | None:
    """Since when a job waits though its place is free; None where every job is seen to."""
    alive = now() - STALE_AFTER
    other = aliased(Job)
    found = [
        session.scalar(
            select(func.min(func.coalesce(Job.heartbeat_at, Job.created_at))).where(
                Job.kind.in_(kinds),
                Job.state.in_(("queued", "running")),
                ~exists().where(
                    other.kind.in_(kinds), other.state == "running", other.heartbeat_at >= alive
                ),
            )
        )
        for kinds in PLACES
    ]
    return min((since for since in found if since is not None), default=None)


def _change(session: Session, attempt: Attempt, **values: object) -> None:
    """Change a job that is still this attempt's."""
    mine = and_(Job.id == attempt.job_id, Job.attempts == attempt.number, Job.state == "running")
    if session.scalar(update(Job).where(mine).values(values).returning(Job.id)) is None:
        raise AttemptLost


def _views() -> Select[Job, str, str]:
    return (
        select(Job, Project.slug, User.name)
        .join(Project, Project.id == Job.project_id)
        .outerjoin(User, User.id == Job.requested_by)
    )


def _view(job: Job, slug: str, requested_by: str | None) -> JobView:
    return JobView(
        job.id,
        slug,
        job.kind,
        job.state,
        job.params,
        job.step,
        job.steps,
        job.message,
        job.result,
        requested_by,
        job.created_at,
        job.finished_at,
    )
