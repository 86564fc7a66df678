"""A person's own account: a new password, and the API tokens that are valid."""

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from annotator.domain.errors import Conflict, Forbidden, Invalid, TooMany
from annotator.services import accounts, throttle
from annotator.services.once import Answer
from annotator.web.auth import prove_password
from annotator.web.forms import refusal_status, see, submit
from annotator.web.lifecycle import actor, reading

bp = Blueprint("account", __name__)


@bp.get("/account")
def account_form() -> str:
    """The form for a new password, and the tokens."""
    return _page(None)


@bp.post("/account")
def change_password() -> ResponseReturnValue:
    """Change the password; a wrong present one counts towards the throttle of sign-in."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    if new != request.form.get("again", ""):
        return _page("The two new passwords differ. Nothing was changed; type it again."), 422
    checked: dict[str, str] = {}

    def check() -> None:
        checked["new"] = accounts.hash_password(new)
        checked["old"] = _prove(old)

    def change(session: Session) -> Answer:
        accounts.change_password(
            session,
            actor(),
            proven=checked["old"],
            password_hash=accounts.PasswordHash(checked["new"]),
            keep_session=g.session_hash,
        )
        throttle.forget_attempts(session, name=actor().name)
        return {"did": "password-changed"}

    try:
        answer = submit("account.password", change, check=check)
    except (Conflict, Forbidden, Invalid, TooMany) as error:
        return _page(str(error)), refusal_status(error)
    return see("account.account_form", answer["did"])


@bp.post("/account/tokens/<int:token_id>/revoke")
def revoke_token(token_id: int) -> ResponseReturnValue:
    """End one of the person's own API tokens."""

    def change(session: Session) -> Answer:
        accounts.revoke_token(session, actor(), name=actor().name, token_id=token_id)
        return {"did": "token-revoked"}

    return see("account.account_form", submit("account.token", change)["did"])


def _prove(password: str) -> str:
    """The stored hash that this is the password of; raises ``Forbidden`` or ``TooMany``."""
    try:
        return prove_password(actor().name, password).password_hash
    except Forbidden as error:
        raise Forbidden(
            "The present password is not right. Nothing was changed.", code="password"
        ) from error


def _page(refused: str | None) -> str:
    return render_template(
        "account/page.html",
        refused=refused,
        shortest=accounts.SHORTEST_PASSWORD,
        tokens=accounts.list_tokens(reading(), actor(), name=actor().name),
    )
