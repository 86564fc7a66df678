"""Version 1 of the JSON API: every route of it, under one address."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from annotator.api import annotations, articles, exports, openapi, projects
from annotator.api.admission import admit
from annotator.api.problems import init_problems

PROJECTS = "/projects"
PROJECT = "/projects/<slug>"
ARTICLES = f"{PROJECT}/articles"
ARTICLE = f"{ARTICLES}/<row:article_id>"
ANNOTATIONS = f"{ARTICLE}/annotations"
ANNOTATION = f"{ANNOTATIONS}/<annotation_id>"
JOB = "/jobs/<row:job_id>"


class RowId(BaseConverter):
    """The number of a row, in digits that every database compares without overflowing."""

    regex = r"[1-9][0-9]{0,8}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)


def _know_rows(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["row"] = RowId


bp = Blueprint("api", __name__, url_prefix="/api/v1")
bp.record_once(_know_rows)
bp.before_request(admit)
init_problems(bp)

bp.get("/openapi.json")(openapi.show_openapi)
bp.get(PROJECTS)(projects.list_projects)
bp.post(PROJECTS)(projects.create_project)
bp.get(PROJECT)(projects.show_project)
bp.get(ARTICLES)(articles.list_articles)
bp.post(ARTICLES)(articles.add_articles)
bp.get(ARTICLE)(articles.show_article)
bp.post(f"{ARTICLE}/done")(articles.finish_article)
bp.post(f"{ARTICLE}/reopen")(articles.reopen_article)
bp.post(f"{ARTICLE}/skip")(articles.skip_article)
bp.get(ANNOTATIONS)(annotations.list_annotations)
bp.get(ANNOTATION)(annotations.show_annotation)
bp.put(ANNOTATION)(annotations.put_annotation)
bp.patch(ANNOTATION)(annotations.change_annotation)
bp.delete(ANNOTATION)(annotations.delete_annotation)
bp.post(f"{PROJECT}/exports")(exports.start_export)
bp.get(JOB)(exports.show_job)
bp.get(f"{JOB}/file")(exports.download_job)
