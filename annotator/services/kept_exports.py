"""Exports that were made as jobs: where their files lie, who gets them, and when they go."""

import shutil
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from annotator.domain.errors import Conflict, NotFound
from annotator.domain.permissions import Actor
from annotator.services.events import record_event
from annotator.services.jobs import EXPORT, Attempt, JobView, read_job
from annotator.storage.tables import Job

MOST_KEPT = 10
"""Finished exports of a project whose files stay; a newer one takes the place of the oldest."""
ENDED = ("done", "failed")


def attempt_folder(exports_dir: Path, attempt: Attempt) -> Path:
    """Where an attempt at an export writes: a folder that no other attempt touches."""
    return exports_dir / f"job-{attempt.job_id}-{attempt.number}"


def export_file(job: JobView, exports_dir: Path) -> Path:
    """The file of a finished export.

    Raises ``NotFound`` for other jobs and where the file is gone, ``Conflict`` where there is none
    yet.
    """
    if job.kind != EXPORT:
        raise NotFound("This job makes no file.")
    if job.state != "done" or job.result is None:
        said = f" {job.message}" if job.message else ""
        raise Conflict(
            f"This export is not finished but {job.state}, so there is no file.{said}",
            code="no-file",
        )
    file = Path(job.result["file"]).resolve()
    if not (file.is_relative_to(exports_dir.resolve()) and file.is_file()):
        raise NotFound("The file of this export is gone. Ask for it again.")
    return file


def old_exports(session: Session, project_id: int) -> list[int]:
    """Ids of the project's ended exports that are older than the newest ``MOST_KEPT`` finished."""
    exports = select(Job.id).where(Job.project_id == project_id, Job.kind == EXPORT)
    newest = exports.where(Job.state == "done").order_by(Job.id.desc())
    last_kept = session.scalar(newest.offset(MOST_KEPT - 1).limit(1))
    if last_kept is None:
        return []
    older = exports.where(Job.state.in_(ENDED), Job.id < last_kept)
    return list(session.scalars(older.order_by(Job.id)))


def remove_files(exports_dir: Path, job_id: int) -> None:
    """Take away what attempts at an export left; before its row, so that none stays unknown."""
    for folder in exports_dir.glob(f"job-{job_id}-*"):
        shutil.rmtree(folder)


def remove_earlier(exports_dir: Path, attempt: Attempt) -> None:
    """Take away what this attempt and those before it left; a later one may have finished."""
    for number in range(1, attempt.number + 1):
        folder = attempt_folder(exports_dir, Attempt(attempt.job_id, number))
        if folder.exists():
            shutil.rmtree(folder)


def check_ended(job: JobView) -> None:
    """Raises ``Conflict`` for an export that still waits or is being made."""
    if job.state not in ENDED:
        raise Conflict("This export has not ended, so it stays. Delete it once it has.")


def delete_export(
    session: Session, actor: Actor, *, job_id: int, reason: str | None = None
) -> None:
    """Delete an export that has ended and whose files are gone; its events stay.

    Raises ``NotFound`` where there is none.
    """
    read_job(session, actor, job_id=job_id)
    row = session.execute(
        delete(Job)
        .where(Job.id == job_id, Job.kind == EXPORT, Job.state.in_(ENDED))
        .returning(Job.project_id, Job.params, Job.state)
    ).first()
    if row is None:
        raise NotFound("There is no such export that has ended. Nothing was changed.")
    record_event(
        session,
        actor,
        "export.deleted",
        project_id=row.project_id,
        subject=str(job_id),
        before={"format": row.params.get("format"), "state": row.state},
        reason=reason,
    )
