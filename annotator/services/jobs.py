"""Jobs: rows that say what is to be done, by whom it was asked, and how far it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.orm import Session

from annotator.domain.errors import NotFound
from annotator.domain.permissions import Actor, require
from annotator.services.events import record_event
from annotator.storage.tables import Job, Project, User, now

TOKENS = "tokens"
EXPORT = "export"
KINDS = (TOKENS, EXPORT)
SEE = {TOKENS: "article:read", EXPORT: "export:make"}
STALE_AFTER = timedelta(seconds=30)
"""A running job without a heartbeat for so long was lost with its process, and is taken again."""
MOST_ATTEMPTS = 3


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


def claim_job(session: Session) -> Job | None:
    """Take the next job that waits or was lost; None where there is none."""
    lost = and_(Job.state == "running", Job.heartbeat_at < now() - STALE_AFTER)
    job = session.scalar(
        select(Job)
        .where(or_(Job.state == "queued", lost))
        .order_by(Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job is None:
        return None
    if job.attempts >= MOST_ATTEMPTS:
        _end(job, "failed", "The job ended three times without a result, so it was given up.")
        session.flush()
        return claim_job(session)
    job.state, job.attempts, job.heartbeat_at = "running", job.attempts + 1, now()
    session.flush()
    return job


def beat(session: Session, job_id: int, step: int, steps: int) -> None:
    """Say that a job is alive and how far it is."""
    session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == "running")
        .values(step=step, steps=steps, heartbeat_at=now())
    )


def finish_job(session: Session, job_id: int, result: dict[str, Any]) -> None:
    """Store what a job made."""
    job = session.get_one(Job, job_id)
    job.result = result
    _end(job, "done", None)


def fail_job(session: Session, job_id: int, sentence: str) -> None:
    """Store why a job failed, in a sentence for whoever asked for it."""
    _end(session.get_one(Job, job_id), "failed", sentence)


def release_job(session: Session, job_id: int) -> None:
    """Give a job back whose process ended without a word, to be taken again."""
    session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == "running")
        .values(state="queued", heartbeat_at=None)
    )


def _end(job: Job, state: str, message: str | None) -> None:
    job.state, job.message, job.finished_at = state, message, now()


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
