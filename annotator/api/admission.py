"""Who sends a request, by bearer token, and whether the route's permission is held."""

from flask import g, request

from annotator.api.policy import ROUTES
from annotator.domain.errors import Forbidden, NotSignedIn
from annotator.domain.permissions import ACCOUNT_PERMISSIONS, require
from annotator.services.projects import open_project
from annotator.services.sessions import resume_token
from annotator.web.lifecycle import actor, reading

SCHEME = "bearer"


def admit() -> None:
    """Let a request of the API through, or raise; the project named in its address is looked up.

    A cookie counts for nothing here, so that no other site can act in a browser's name.
    """
    permission = ROUTES.get(request.endpoint or "")
    if permission is None:
        raise Forbidden("This address has no permission of its own, so it is closed.")
    if permission == "anyone":
        return
    g.actor = resume_token(reading(), _token())
    if permission in ACCOUNT_PERMISSIONS:
        require(actor(), permission)
    else:
        assert request.view_args is not None
        g.project = open_project(reading(), actor(), request.view_args["slug"], permission)


def _token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != SCHEME or not token.strip():
        raise NotSignedIn(
            "This address asks for a token: send “Authorization: Bearer TOKEN”. Make one with "
            "“annotator user token”."
        )
    return token.strip()
