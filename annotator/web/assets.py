"""Static files under an address that carries the hash of them all, so that it never goes stale.

They are read once and compressed once: a first visit asks for two dozen of them at a time.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import PurePosixPath

from flask import Blueprint, Flask, Request, Response, abort

from annotator.config import asset_folder

bp = Blueprint("assets", __name__)
FOREVER = "public, max-age=31536000, immutable"
KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".txt": "text/plain",
}
"""What is served, and as what; the system's own table differs from machine to machine."""


BUNDLES = {
    "css/common.css": ("vendor/pico.min.css", "css/tokens.css", "css/base.css"),
    "css/annotating.css": ("css/marks.css", "css/annotate.css"),
}
"""Sheets that are always wanted together, served as one: nothing is drawn before the last came."""


class Compressed(dict[str, bytes]):
    """Compressed answers by address and encoding, for the files of ``KINDS`` only."""

    def set(self, key: str, value: bytes) -> None:
        """Keep ``value``, where it is that of a file."""
        if key.endswith(tuple(KINDS)):
            self[key] = value


def compressed_key(request: Request) -> str:
    """The address of a static file; no key for what differs from answer to answer."""
    return request.path if request.endpoint == "assets.static_file" else ""


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
    for name, content in _files().items():
        digest.update(name.encode() + b"\0")
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:16]


@bp.get("/static/<tree>/<path:path>")
def static_file(tree: str, path: str) -> Response:
    """A static file of this version; an address of another version is not found."""
    content, kind = _files().get(path), KINDS.get(PurePosixPath(path).suffix)
    if tree != tree_hash() or content is None or kind is None:
        abort(404)
    response = Response(content, mimetype=kind)
    response.headers["Cache-Control"] = FOREVER
    return response


@cache
def _files() -> Mapping[str, bytes]:
    root = asset_folder("static")
    found = sorted(path for path in root.rglob("*") if path.is_file())
    files = {file.relative_to(root).as_posix(): file.read_bytes() for file in found}
    return files | {
        name: b"\n".join(files[part] for part in parts) for name, parts in BUNDLES.items()
    }
