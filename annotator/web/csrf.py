"""Against forged requests: the browser's own word on the origin, and a token bound to the session.

Tokens differ in every answer, so that compressed pages tell nothing about them.
"""

import secrets
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from itsdangerous import BadData, URLSafeSerializer

from annotator.domain.errors import Forbidden

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
    if site != "same-origin" or (origin and urlsplit(origin).netloc != request.host):
        raise Forbidden(
            "This request came from another site, so it was not carried out.", code="cross-site"
        )
    token = request.headers.get("X-CSRF-Token") or request.form.get(FIELD) or _json_token()
    if not valid_token(token):
        raise Forbidden(
            "The page is older than your session. Nothing was changed; reload it and try again.",
            code="csrf",
        )


def valid_token(token: str) -> bool:
    """Whether ``token`` was made for this session."""
    try:
        session_hash, _ = _serializer().loads(token)
    except (BadData, ValueError, TypeError):
        return False
    return secrets.compare_digest(str(session_hash), g.get("session_hash", ""))


def _json_token() -> str:
    body = request.get_json(silent=True) if request.is_json else None
    return str(body.get(FIELD, "")) if isinstance(body, dict) else ""


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="csrf")


def _text(token: str | bytes) -> str:
    return token if isinstance(token, str) else token.decode()
