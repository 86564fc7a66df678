"""Answers to callers, and writes that are carried out once however often they are sent."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from flask import Response, current_app, request
from sqlalchemy.orm import Session

from annotator.api.answers import Answer
from annotator.api.bodies import read_key
from annotator.domain.errors import Invalid
from annotator.services import once
from annotator.web.lifecycle import actor, reading, writing


@dataclass(frozen=True, slots=True)
class Reply:
    """What a write leaves to say: plain, so that a repeat can be given the same."""

    status: int
    body: dict[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def plain(answer: Answer) -> dict[str, Any]:
    """``answer`` as JSON's own types."""
    return answer.model_dump(mode="json", by_alias=True)


def show(answer: Answer, headers: Mapping[str, str] | None = None) -> Response:
    """A 200 with ``answer``."""
    text = answer.model_dump_json(by_alias=True)
    return current_app.response_class(text, 200, headers, mimetype="application/json")


def write(action: Callable[[Session], Reply], *, always_kept: bool = True) -> Response:
    """Carry out ``action`` in the request's one transaction, and answer with its reply.

    With an ``Idempotency-Key``, or ``always_kept``, the reply is stored under that id (else one
    made now): the same request again changes nothing and gets it too. Another request under the
    same key is refused.
    """
    key = read_key()
    if key is None and not always_kept:
        with writing() as session:
            return _send(action(session))
    operation, kind, mark = key or str(uuid.uuid4()), request.endpoint or "", fingerprint()
    with writing() as session:
        stored = once.once(
            session,
            actor(),
            operation,
            kind,
            lambda: {"request": mark, "reply": asdict(action(session))},
        )
    same_request(stored)
    return _send(Reply(**stored["reply"]))


def find_reply() -> Response | None:
    """What was answered to this request before, under its ``Idempotency-Key``; None: nothing."""
    key = read_key()
    stored = key and once.find_answer(reading(), actor(), key, request.endpoint or "")
    if not stored:
        return None
    same_request(stored)
    return _send(Reply(**stored["reply"]))


def same_request(stored: once.Answer) -> None:
    """Raises ``Invalid`` where what is stored under the key answers another request."""
    if stored["request"] != fingerprint():
        raise Invalid(
            "This Idempotency-Key was used for another request. Nothing was changed; use a new "
            "one for each request, and the same only to repeat it.",
            code="idempotency-key",
        )


def fingerprint() -> str:
    """A hash of everything in this request that says what is to be done."""
    line = f"{request.method} {request.full_path} {request.mimetype}\n".encode()
    return hashlib.sha256(line + request.get_data()).hexdigest()


def _send(reply: Reply) -> Response:
    if reply.body is None:
        empty = current_app.response_class(status=reply.status, headers=dict(reply.headers))
        del empty.headers["Content-Type"]  # nothing is of no type, and is not to be compressed
        return empty
    text = json.dumps(reply.body, ensure_ascii=False, separators=(",", ":"))
    return current_app.response_class(
        text, reply.status, dict(reply.headers), mimetype="application/json"
    )
