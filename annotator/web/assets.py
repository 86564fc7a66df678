"""Static files under an address that carries the hash of them all, so that it never goes stale."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, send_from_directory

from annotator.config import asset_folder

bp = Blueprint("assets", __name__)
FOREVER = "public, max-age=31536000, immutable"


def init_assets(app: Flask) -> None:
    """Serve the static folder and make ``static(path)`` known to templates."""
    app.register_blueprint(bp)
    app.jinja_env.globals["static"] = static


def static(path: str) -> str:
    """Address of a static file; relative imports inside modules keep the hash by themselves."""
    return f"/static/{tree_hash()}/{path}"


@cache
def tree_hash() -> str:
    """Hash over the names and bytes of all static files."""
    digest = hashlib.sha256()
    root = asset_folder("static")
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


@bp.get("/static/<tree>/<path:path>")
def static_file(tree: str, path: str) -> Response:
    """A static file of this version; an address of another version is not found."""
    if tree != tree_hash():
        abort(404)
    response = send_from_directory(Path(asset_folder("static")), path)
    response.headers["Cache-Control"] = FOREVER
    return response
