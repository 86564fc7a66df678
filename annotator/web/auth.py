"""Who is asking, what the route allows, and the pages for signing in and out."""

from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from annotator.domain.errors import DomainError, Forbidden, NotSignedIn
from annotator.domain.permissions import ACCOUNT_PERMISSIONS, require
from annotator.services import sessions
from annotator.services.projects import open_project
from annotator.web.csrf import SAFE, check_csrf
from annotator.web.lifecycle import actor, reading, released, settings, writing
from annotator.web.policy import ROUTES

bp = Blueprint("auth", __name__)

WRITING_GETS = ("queue.draw_next", "auth.start")
"""The two links that change something when they are followed."""
AHEAD = "prefetch"
AHEAD_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


def init_auth(app: Flask) -> None:
    """Ask of every request: who, from where, and whether the route's permission is held."""
    app.register_blueprint(bp)
    app.before_request(_admit)


def cookie_name() -> str:
    """``__Host-`` where browsers take Secure cookies, else a plain name."""
    return "__Host-annotator" if settings().secure_cookie else "annotator"


def _admit() -> AnyResponse | None:
    if request.endpoint is None or request.endpoint.startswith("api."):
        return None
    if request.endpoint in WRITING_GETS and not _is_meant():
        return current_app.response_class(status=204)
    permission = ROUTES.get(request.endpoint)
    if permission is None:
        raise Forbidden("This address has no permission of its own, so it is closed.")
    if permission == "anyone":
        if request.method not in SAFE:
            _resume_if_possible()
            check_csrf()
        return None
    _resume()
    check_csrf()
    if permission in ACCOUNT_PERMISSIONS:
        require(actor(), permission)
    else:
        assert request.view_args is not None
        g.project = open_project(reading(), actor(), request.view_args["slug"], permission)
    return None


def _is_meant() -> bool:
    """Whether a person follows the link now: not a browser that fetches ahead, nor a scanner."""
    ahead = any(AHEAD in request.headers.get(name, "").lower() for name in AHEAD_HEADERS)
    return request.method != "HEAD" and not ahead


def _resume() -> None:
    resumed = sessions.resume_session(reading(), request.cookies.get(cookie_name(), ""))
    g.actor, g.session_hash = resumed.actor, resumed.token_hash
    g.touch = resumed.touch


def _resume_if_possible() -> None:
    try:
        _resume()
    except NotSignedIn:
        g.session_hash = ""


@bp.get("/sign-in")
def sign_in_form() -> str:
    """The form; the token in it belongs to whoever is signed in, if anybody."""
    _resume_if_possible()
    return render_template("auth/sign_in.html", next=_local(request.args.get("next")))


@bp.post("/sign-in")
def sign_in() -> AnyResponse:
    """Check name and password; a cookie and a redirect, or the form with a sentence."""
    name, password = request.form.get("username", ""), request.form.get("password", "")
    try:
        known = prove_password(name, password)
        with writing() as session:
            secret = sessions.sign_in(
                session, user_id=known.user_id, password_hash=known.password_hash
            )
    except Forbidden as error:
        return _form_again(error, name)
    return _signed_in(secret, _local(request.form.get("next")))


def prove_password(name: str, password: str) -> sessions.Proven:
    """The account that a name and a password from this address fit; see the service."""
    address = request.remote_addr or ""
    return sessions.prove_password(released(), name=name, password=password, address=address)


@bp.get("/start/<token>")
def start(token: str) -> AnyResponse:
    """The demo's link: signs in once, from this machine, and leads to the first article."""
    if not _is_loopback(request.remote_addr or ""):
        raise Forbidden(
            "This link works only on the machine that runs the demo. It was not used up; open it "
            "there, or sign in with a password.",
            code="not-loopback",
        )
    with writing() as session:
        secret, target = sessions.use_start_link(session, token)
    return _signed_in(secret, target)


@bp.post("/sign-out")
def sign_out() -> AnyResponse:
    """End this session; what the browser kept of it goes too."""
    with writing() as session:
        sessions.sign_out(session, actor(), token_hash=g.session_hash)
    response = redirect(url_for("auth.sign_in_form"), 303)
    response.delete_cookie(cookie_name(), secure=settings().secure_cookie, httponly=True)
    return response


def _is_loopback(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_loopback


def _form_again(error: DomainError, name: str) -> Response:
    page = render_template(
        "auth/sign_in.html",
        error=str(error),
        username=name,
        next=_local(request.form.get("next")),
    )
    return make_response(page, 422)


def _signed_in(secret: str, target: str) -> AnyResponse:
    response = redirect(target, 303)
    response.set_cookie(
        cookie_name(),
        secret,
        secure=settings().secure_cookie,
        httponly=True,
        samesite="Lax",
        max_age=int(sessions.ABSOLUTE_LIMIT.total_seconds()),
    )
    return response


def _local(target: str | None) -> str:
    """``target`` if it is a path of this application, else the list of projects."""
    parts = urlsplit(target or "")
    plain = target and target.startswith("/") and not target.startswith(("//", "/\\"))
    if plain and not parts.scheme and not parts.netloc and target and target.isprintable():
        return target
    return url_for("projects.list_projects")
