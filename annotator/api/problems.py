"""Everything that goes wrong, as ``application/problem+json`` with a sentence (RFC 9457)."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, Response, current_app, request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from annotator.api.answers import Fault, Problem
from annotator.domain import errors
from annotator.web.errors import (
    RETRY_AFTER,
    STATUS,
    log_crowded,
    log_simultaneous,
    log_unexpected,
)

MEDIA_TYPE = "application/problem+json"
TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}
"""Statuses that versions of Python name differently."""
CODES = {400: "bad-request", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}
SENTENCES = {
    400: "The request could not be read. Nothing was changed.",
    404: "There is nothing at this address.",
    405: "This address does not take that method. Nothing was changed.",
    413: "This is more than one request may carry. Nothing was stored; send less at a time, or "
    "have ANNOTATOR_LARGEST_REQUEST raised.",
}


class FaultyBody(errors.Invalid):
    """A body with things that are wrong in it, each with its place."""

    code = "faulty-body"

    def __init__(self, sentence: str, faults: Sequence[Fault]) -> None:
        super().__init__(sentence)
        self.faults = list(faults)


class Malformed(errors.Invalid):
    """A body that is not JSON, so nothing can be said about what is in it."""

    code = "malformed"


class WrongMedia(errors.Invalid):
    """A body of a content type that the address does not take."""

    code = "content-type"


def init_problems(bp: Blueprint) -> None:
    """Answer every error below ``bp``'s address, that no route is there too, with a problem."""
    bp.before_app_request(_without_route)
    bp.register_error_handler(errors.DomainError, _domain_error)
    bp.register_error_handler(HTTPException, _http_error)
    bp.register_error_handler(IntegrityError, _simultaneous)
    bp.register_error_handler(PoolTimeout, _crowded)
    bp.register_error_handler(Exception, _unexpected)


def status_of(error: errors.DomainError) -> int:
    """The HTTP status of a domain error, here."""
    if isinstance(error, Malformed):
        return 400
    if isinstance(error, WrongMedia):
        return 415
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 422)


def title_of(status: int) -> str:
    """The usual name of a status."""
    return TITLES.get(status, HTTPStatus(status).phrase)


def _without_route() -> Response | None:
    below = request.path == "/api" or request.path.startswith("/api/")
    error = request.routing_exception
    if below and isinstance(error, NotFound | MethodNotAllowed):
        return _http_error(error)
    return None


def _domain_error(error: errors.DomainError) -> Response:
    status = status_of(error)
    existing = error.existing if isinstance(error, errors.Duplicate) else None
    faults = error.faults if isinstance(error, FaultyBody) else None
    response = _answer(status, str(error), error.code, existing, faults)
    if status == HTTPStatus.UNAUTHORIZED:
        tried = "Authorization" in request.headers
        response.headers["WWW-Authenticate"] = (
            'Bearer realm="annotator", error="invalid_token"'
            if tried
            else 'Bearer realm="annotator"'
        )
    if isinstance(error, errors.TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, errors.Unavailable):
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    sentence = SENTENCES.get(status, HTTPStatus(status).description)
    response = _answer(status, sentence, CODES.get(status, "http"))
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _simultaneous(error: IntegrityError) -> Response:
    return _answer(409, log_simultaneous(error), "simultaneous")


def _crowded(error: PoolTimeout) -> Response:
    response = _answer(503, log_crowded(error), "busy")
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def _unexpected(error: Exception) -> Response:
    return _answer(500, log_unexpected(error), "unexpected")


def _answer(
    status: int,
    sentence: str,
    code: str,
    existing: str | None = None,
    faults: list[Fault] | None = None,
) -> Response:
    problem = Problem(
        title=title_of(status),
        status=status,
        detail=sentence,
        code=code,
        instance=request.path,
        existing=existing,
        errors=faults,
    )
    return current_app.response_class(
        problem.model_dump_json(exclude_none=True), status, mimetype=MEDIA_TYPE
    )
