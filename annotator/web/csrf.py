"""Against forged requests: the browser's own word on the origin, and a token bound to the session.

Tokens differ in every answer, so that compressed pages tell nothing about them.
"""

import secrets
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from itsdangerous import BadData, URLSafeSerializer

from annotator.domain.errors import Forbidden
from annotator.web.lifecycle import settings

SAFE = ("GET", "HEAD", "OPTIONS")
FIELD = "csrf"


def init_csrf(app: Flask) -> None:
    """Make ``csrf_token()`` known to templates; ``check_csrf`` is called before each request."""
    app.jinja_env.globals["csrf_token"] = csrf_token


def csrf_token() -> str:
    """A fresh token of this session."""
    return _text(_serializer().dumps([g.get("session_hash", ""), secrets.token_urlsafe(8)]))


def check_csrf() -> None:
    """Raises ``Forbidden`` for a changing request from elsewhere or without a valid token."""
    if request.method in SAFE or request.path.startswith("/api/"):
        return
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    if site != "same-origin" or (origin and not _is_own(origin)):
        public = settings().public_url
        raise Forbidden(
            "This request came from another site, so it was not carried out."
            + (f" Open the application at {public} and try again." if public else ""),
            code="cross-site",
        )
    token = request.headers.get("X-CSRF-Token") or request.form.get(FIELD) or _json_token()
    if not valid_token(token):
        raise Forbidden(
            "The page is older than your session. Nothing was changed; reload it and try again.",
            code="csrf",
        )


def _is_own(origin: str) -> bool:
    """Whether pages of ``origin`` are ours: of the public address, else of the one asked for."""
    try:
        if settings().public_url:
            return _place(origin) == _place(settings().public_url)
        return urlsplit(origin).netloc == request.host
    except ValueError:  # an origin that is no address
        return False


def _place(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port


def valid_token(token: str) -> bool:
    """Whether ``token`` was made for this session."""
    try:
        session_hash, _ = _serializer().loads(token)
    except (BadData, ValueError, TypeError):
        return False
    return secrets.compare_digest(str(session_hash), g.get("session_hash", ""))


def _json_token() -> str:
    try:
        body = request.get_json(silent=True) if request.is_json else None
    except RecursionError:
        return ""  # Brackets without end.
    return str(body.get(FIELD, "")) if isinstance(body, dict) else ""


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="csrf")


def _text(token: str | bytes) -> str:
    return token if isinstance(token, str) else token.decode()
