"""The export page: ask for a corpus, watch the job, download what it made."""

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, g, redirect, render_template, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from annotator import registry
from annotator.config import LOOPBACK
from annotator.domain.curation import MAJORITY
from annotator.domain.errors import Invalid, NotFound
from annotator.exporters.base import Exporter
from annotator.services import kept_exports
from annotator.services.corpora import ALL, GOLD, finished_annotators
from annotator.services.exports import read_split
from annotator.services.jobs import EXPORT, JobView, list_jobs, queue_job, read_job
from annotator.services.once import Answer, once
from annotator.web.forms import see, submit
from annotator.web.lifecycle import actor, reading, settings, wake_jobs, writing

bp = Blueprint("exports", __name__)
PAGE = "/projects/<slug>/exports"


@dataclass(frozen=True, slots=True)
class ExportsPage:
    """What ``exports/page.html`` prints."""

    formats: list[Exporter]
    layers: list[str]
    jobs: list[JobView]
    kept: int


@bp.get(PAGE)
def list_exports(slug: str) -> str:
    """The form for a new export, and the newest ones."""
    session = reading()
    page = ExportsPage(
        list(registry.exporters().values()),
        [GOLD, MAJORITY, ALL, *finished_annotators(session, actor(), slug=slug)],
        list_jobs(session, actor(), project_id=g.project.id, kind=EXPORT),
        kept_exports.MOST_KEPT,
    )
    return render_template("exports/page.html", page=page)


@bp.post(PAGE)
def start_export(slug: str) -> Response:
    """Queue the export that the form asks for."""
    format_ = request.form.get("format", "")
    if format_ not in registry.exporters():
        raise Invalid(f"There is no export format “{format_}”. Nothing was started.")
    params = {
        "format": format_,
        "layer": request.form.get("layer") or None,
        "seed": _number("seed", 0),
        "split": read_split(request.form.get("split", "0.8,0.1,0.1")),
    }
    with writing() as session:
        answer = once(
            session,
            actor(),
            request.form.get("operation", ""),
            "export",
            lambda: {"job": queue_job(session, actor(), g.project.id, EXPORT, params)},
        )
    wake_jobs()
    return redirect(url_for("exports.show_export", slug=slug, job_id=answer["job"]), 303)


@bp.get(f"{PAGE}/<int:job_id>")
def show_export(slug: str, job_id: int) -> str:
    """One export: the whole page, or for a script its state alone, which asks again by itself."""
    job = _job(slug, job_id)
    partial = request.headers.get("HX-Request") == "true"
    return render_template("exports/_job.html" if partial else "exports/job.html", job=job)


@bp.app_template_global()
def train_lines(job: JobView) -> list[str]:
    """The commands that train on a finished export: in its own folder where that is at hand."""
    folder = Path((job.result or {}).get("folder", ""))
    if settings().host in LOOPBACK and folder.is_dir():
        python, enter = shlex.quote(sys.executable), f"cd {shlex.quote(str(folder))}"
    else:
        python, enter = "python", f"unzip {folder.name}.zip && cd {folder.name}"
    made = (job.result or {}).get("made") or [{}]
    configs = made[0].get("configs") or ["configs/ner.cfg"]
    name = Path(configs[0]).stem
    return [
        enter,
        f"{python} -m spacy train {configs[0]} --output model-{name}",
        f"{python} -m spacy evaluate model-{name}/model-best test.spacy",
    ]


@bp.get(f"{PAGE}/<int:job_id>/file")
def download_export(slug: str, job_id: int) -> Response:
    """The file that a finished export made."""
    file = kept_exports.export_file(_job(slug, job_id), settings().exports_dir)
    return send_file(file, as_attachment=True, download_name=file.name)


@bp.post(f"{PAGE}/<int:job_id>/delete")
def delete_export(slug: str, job_id: int) -> Response:
    """Delete an export and its files."""

    def remove() -> None:
        kept_exports.check_ended(_job(slug, job_id))
        kept_exports.remove_files(settings().exports_dir, job_id)

    def change(session: Session) -> Answer:
        kept_exports.delete_export(session, actor(), job_id=job_id)
        return {"did": "export-deleted"}

    answer = submit("export.delete", change, check=remove)
    return see("exports.list_exports", answer["did"], slug=slug)


def _number(name: str, default: int) -> int:
    text = request.form.get(name, "") or str(default)
    if not text.isdecimal() or len(text) > 9:
        raise Invalid(f"“{text}” is not a whole number for {name}. Nothing was started.")
    return int(text)


def _job(slug: str, job_id: int) -> JobView:
    job = read_job(reading(), actor(), job_id=job_id)
    if job.project != slug or job.kind != EXPORT:
        raise NotFound("There is no such export in this project.")
    return job
