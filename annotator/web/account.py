"""A person's own account: a new password."""

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from annotator.domain.errors import Forbidden, Invalid, TooMany
from annotator.services import accounts, sessions
from annotator.services.once import Answer
from annotator.web.forms import refusal_status, see, submit
from annotator.web.lifecycle import actor, reading, writing

bp = Blueprint("account", __name__)


@bp.get("/account")
def account_form() -> str:
    """The form for a new password."""
    return _page(None)


@bp.post("/account")
def change_password() -> ResponseReturnValue:
    """Change the password; a wrong present one counts towards the throttle of sign-in."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    if new != request.form.get("again", ""):
        return _page("The two new passwords differ. Nothing was changed; type it again."), 422

    def change(session: Session) -> Answer:
        kept: str = g.session_hash
        accounts.change_password(session, actor(), old=old, new=new, keep_session=kept)
        return {"did": "password-changed"}

    try:
        answer = submit("account.password", change, check=lambda: _check(old))
    except (Forbidden, Invalid, TooMany) as error:
        return _page(str(error)), refusal_status(error)
    return see("account.account_form", answer["did"])


def _check(password: str) -> None:
    """Raises ``Forbidden`` unless this is the person's password, ``TooMany`` when throttled."""
    name, address = actor().name, request.remote_addr or ""
    try:
        sessions.check_password(reading(), name=name, password=password, address=address)
    except Forbidden as error:
        with writing() as session:
            sessions.record_failure(session, name=name, address=address)
        raise Forbidden(
            "The present password is not right. Nothing was changed.", code="password"
        ) from error


def _page(refused: str | None) -> str:
    shortest = accounts.SHORTEST_PASSWORD
    return render_template("account/page.html", refused=refused, shortest=shortest)
