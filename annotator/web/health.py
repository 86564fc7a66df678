"""Whether the server can do its work."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from annotator import __version__
from annotator.services.health import check_health
from annotator.web.lifecycle import check_jobs, reading

bp = Blueprint("health", __name__)


@bp.get("/health")
def health() -> ResponseReturnValue:
    """200 with version and checks, 503 where one fails."""
    try:
        checks = check_health(reading())
    except SQLAlchemyError as error:
        checks = {"database": f"failed: {type(error).__name__}"}
    checks |= check_jobs()
    well = not any(result.startswith("failed") for result in checks.values())
    body = {"status": "ok" if well else "failed", "version": __version__, "checks": checks}
    return jsonify(body), 200 if well else 503
