"""Forms: each carries an operation id, so that sending it twice changes nothing the second time."""

import uuid
from collections.abc import Callable

from flask import redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from annotator.domain.errors import DomainError, Invalid, NotFound
from annotator.services.once import Answer, find_answer, once
from annotator.web.errors import status_of
from annotator.web.lifecycle import actor, reading, writing
from annotator.web.outcomes import DID

FIELD = "operation"
LARGEST_NUMBER = 2**31 - 1
Change = Callable[[Session], Answer]
"""What a form does in the request's transaction, and what it leaves to say."""


def operation_id() -> str:
    """A fresh id for a form."""
    return str(uuid.uuid4())


def submit(kind: str, change: Change, *, check: Callable[[], None] | None = None) -> Answer:
    """Carry out ``change`` once, in the request's transaction; a repeat gets the first answer.

    ``check`` runs before the transaction opens: what is slow does not belong inside.
    """
    operation = request.form.get(FIELD, "")
    known = find_answer(reading(), actor(), operation, kind)
    if known is not None:
        return known
    if check is not None:
        check()
    with writing() as session:
        return once(session, actor(), operation, kind, lambda: change(session))


def see(endpoint: str, did: str | None = None, **values: object) -> Response:
    """The redirect after a form: to a page that says what was done."""
    said = {DID: did} if did else {}
    return redirect(url_for(endpoint, **values, **said), 303)  # type: ignore[arg-type]


def refusal_status(error: DomainError) -> int:
    """The status of a form that is shown again: what it names and is not there is its fault."""
    return 422 if isinstance(error, NotFound) else status_of(error)


def line(name: str) -> str:
    """A field of one line, without blanks around it; empty where it is missing."""
    return request.form.get(name, "").strip()


def lines(name: str) -> str:
    """A field of several lines as it was typed: forms send every line end as CRLF."""
    return request.form.get(name, "").replace("\r\n", "\n")


def optional_line(name: str) -> str | None:
    """A field of one line; None where the form has none, which leaves things as they are."""
    return line(name) if name in request.form else None


def whole_number(name: str, *, what: str) -> int:
    """A field that holds a whole number; raises ``Invalid``."""
    return as_number(line(name), what=what)


def as_number(text: str, *, what: str) -> int:
    """The whole number that ``text`` is; raises ``Invalid`` for anything else or a huge one."""
    if not (text.isascii() and text.isdecimal()) or int(text[:20]) > LARGEST_NUMBER:
        raise Invalid(f"{what}: “{text[:40]}” is not a whole number. Nothing was changed.")
    return int(text)
