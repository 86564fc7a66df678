"""Exports: asking for a corpus, watching the job, and fetching what it made."""

from flask import Response, g, send_file, url_for
from sqlalchemy.orm import Session

from annotator import registry
from annotator.api.answers import JobAnswer
from annotator.api.bodies import read_body
from annotator.api.contract import Contract, under
from annotator.api.replies import Reply, plain, show, write
from annotator.api.requests import ExportBody
from annotator.domain.errors import Invalid
from annotator.services.exports import read_split
from annotator.services.jobs import EXPORT, JobView, queue_job, read_job
from annotator.services.kept_exports import export_file
from annotator.web.lifecycle import actor, reading, settings, wake_jobs

ANY_FILE = "application/octet-stream"


@under(Contract(answers={202: JobAnswer}, body=ExportBody, writes=True))
def start_export(slug: str) -> Response:
    """Ask for a corpus; the job that makes it."""
    body = read_body(ExportBody)
    formats = registry.exporters()
    if body.format not in formats:
        raise Invalid(
            f"There is no export format “{body.format}”; there are {', '.join(formats)}. Nothing "
            "was started.",
            code="unknown-format",
        )
    params = {
        "format": body.format,
        "layer": body.layer,
        "seed": body.seed,
        "split": read_split(",".join(map(str, body.split))),
    }

    def ask(session: Session) -> Reply:
        job_id = queue_job(session, actor(), g.project.id, EXPORT, params)
        job = read_job(session, actor(), job_id=job_id)
        return Reply(202, plain(_draw(job)), {"Location": url_for("api.show_job", job_id=job_id)})

    response = write(ask)
    wake_jobs()
    return response


@under(Contract(answers={200: JobAnswer}))
def show_job(job_id: int) -> Response:
    """Where a job of one of the caller's projects stands."""
    return show(_draw(read_job(reading(), actor(), job_id=job_id)))


@under(Contract(answers={200: ANY_FILE}, problems=(409,)))
def download_job(job_id: int) -> Response:
    """The file that a finished export made: one file, or its folder packed as ZIP."""
    job = read_job(reading(), actor(), job_id=job_id)
    file = export_file(job, settings().exports_dir)
    response = send_file(
        file, ANY_FILE, as_attachment=True, download_name=file.name, conditional=False
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _draw(job: JobView) -> JobAnswer:
    made = job.kind == EXPORT and job.state == "done" and job.result is not None
    return JobAnswer(
        id=job.id,
        project=job.project,
        kind=job.kind,
        state=job.state,
        step=job.step,
        steps=job.steps,
        message=job.message,
        requested_by=job.requested_by,
        created_at=job.created_at,
        finished_at=job.finished_at,
        bytes=(job.result or {}).get("bytes") if made else None,
        file=url_for("api.download_job", job_id=job.id) if made else None,
    )
