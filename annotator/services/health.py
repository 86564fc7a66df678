"""What must hold for the server to do its work."""

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from annotator.services.jobs import waiting_since
from annotator.storage.schema import HEAD
from annotator.storage.tables import now

PATIENCE = timedelta(minutes=1)
"""How long a job may wait for a worker that has nothing else to do."""


def check_health(session: Session) -> dict[str, str]:
    """Name of each check to “ok”, or to what is wrong.

    “failed: …” is for what the server cannot work without; jobs that wait hold up no reader.
    """
    revision = session.scalar(text("SELECT version_num FROM alembic_version"))
    schema = "ok" if revision == HEAD else f"failed: schema {revision}, this version needs {HEAD}"
    return {"database": "ok", "schema": schema, "jobs": _jobs(session)}


def _jobs(session: Session) -> str:
    since = waiting_since(session)
    if since is None or now() - since < PATIENCE:
        return "ok"
    return f"waiting: a job is taken by no worker since {since:%Y-%m-%d %H:%M} UTC"
