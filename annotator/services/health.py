"""What must hold for the server to do its work."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from annotator.storage.schema import HEAD


def check_health(session: Session) -> dict[str, str]:
    """Name of each check to “ok” or a sentence."""
    revision = session.scalar(text("SELECT version_num FROM alembic_version"))
    schema = "ok" if revision == HEAD else f"failed: schema {revision}, this version needs {HEAD}"
    return {"database": "ok", "schema": schema}
