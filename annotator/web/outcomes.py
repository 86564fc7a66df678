"""What a page says after a form was carried out.

A redirect carries a code of this closed list (``?did=label-added``), never a sentence: an address
that somebody else made can say nothing of its own.
"""

from typing import NamedTuple

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

DID = "did"


class Outcome(NamedTuple):
    """A sentence, its tone (see ``components/flash.html``) and perhaps where to go from it."""

    sentence: str
    tone: str
    link: tuple[str, str] | None
    """Address and words."""


SENTENCES = {
    "article-stored": _l("The article was stored. It is handed out once its tokens are made."),
    "article-stored-again": _l(
        "The article was stored. The project holds the same text under another id already."
    ),
    "export-deleted": _l("The export and its files were deleted. You can make it again."),
    "label-added": _l("The label was added and is switched on."),
    "label-changed": _l("The label was changed."),
    "labels-switched": _l("The labels were switched."),
    "left": _l("You are no longer a member of that project. Your work in it stays."),
    "member-removed": _l("That person is no longer a member. Their work stays."),
    "member-set": _l("The member's role was stored."),
    "password-changed": _l(
        "Your password was changed. Every other browser that was signed in as you is signed out, "
        "and your API tokens have ended."
    ),
    "project-changed": _l("The settings were stored."),
    "project-made": _l("The project was made, and you are its manager."),
    "token-revoked": _l("The token was revoked. Programs that used it are refused from now on."),
}
WARNINGS = ("article-stored-again",)


def present_outcome() -> Outcome | None:
    """What the address of this page says was done; None for nothing and for an unknown code."""
    code = request.args.get(DID, "")
    if code not in SENTENCES:
        return None
    tone = "warn" if code in WARNINGS else "good"
    return Outcome(str(SENTENCES[code]), tone, _link(code))


def _link(code: str) -> tuple[str, str] | None:
    values = request.view_args or {}
    if not code.startswith("article-stored") or "article_id" not in values:
        return None
    if request.endpoint == "importing.show_blocks":
        return None
    return url_for("importing.show_blocks", **values), _("See its blocks")
