"""One place that turns what went wrong into a status and a page, a partial or a redirect."""

import logging
import secrets
from http import HTTPStatus

from flask import Flask, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from annotator.domain import errors

log = logging.getLogger(__name__)

STATUS: dict[type[errors.DomainError], int] = {
    errors.Invalid: 422,
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.NotSignedIn: 401,
    errors.Conflict: 409,
    errors.Duplicate: 409,
    errors.Stale: 412,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}
SENTENCES = {
    400: "The request could not be read. Nothing was changed.",
    404: "There is no page at this address.",
    405: "This address does not take that kind of request. Nothing was changed.",
    413: "This is more than one request may carry. Nothing was stored; send it as a file with "
    "“annotator import”, or raise ANNOTATOR_LARGEST_REQUEST.",
    415: "This address takes another content type. Nothing was changed.",
}
SIMULTANEOUS = (
    "Somebody changed the same thing at the same moment. Nothing of your request was stored; look "
    "at it again, and repeat what is still wanted."
)
CROWDED = (
    "More people ask than the database answers at the moment. Nothing was changed; try again in a "
    "few seconds."
)
RETRY_AFTER = "2"
"""Seconds, where nothing but the moment was wrong."""
UNEXPECTED = (
    "Something went wrong on the server. Nothing was half-done. If it happens again, tell who runs "
    "the server the number {number}: its log says more there."
)


def init_errors(app: Flask) -> None:
    """Answer every error of ``app`` with a true status and a sentence."""
    app.register_error_handler(errors.DomainError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(IntegrityError, _simultaneous)
    app.register_error_handler(PoolTimeout, _crowded)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: errors.DomainError) -> int:
    """The HTTP status of a domain error."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def wants_partial() -> bool:
    """Whether a script asked, so that a page or a redirect would land in the wrong place."""
    restoring = request.headers.get("HX-History-Restore-Request") == "true"
    return not restoring and (request.headers.get("HX-Request") == "true" or request.is_json)


def _domain_error(error: errors.DomainError) -> Response:
    signed_out = isinstance(error, errors.NotSignedIn)
    if signed_out and request.method == "GET" and not wants_partial():
        return redirect(url_for("auth.sign_in_form", next=request.full_path.rstrip("?")), 303)
    response = answer(status_of(error), str(error), error.code)
    if isinstance(error, errors.TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, errors.Unavailable):
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None and status < 400:
        return make_response(error.response)
    response = answer(status, SENTENCES.get(status, HTTPStatus(status).description), "http")
    for name, value in error.get_headers():
        if name in ("Allow", "Location"):
            response.headers[name] = value
    return response


def _simultaneous(error: IntegrityError) -> Response:
    sentence = log_simultaneous(error)
    # The page's script repeats by itself what is answered 503, and would give up a 409.
    return _later(sentence) if request.is_json else answer(409, sentence, "simultaneous")


def _crowded(error: PoolTimeout) -> Response:
    return _later(log_crowded(error))


def _later(sentence: str) -> Response:
    response = answer(503, sentence, "busy")
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def _unexpected(error: Exception) -> Response:
    return answer(500, log_unexpected(error), "unexpected")


def log_simultaneous(error: IntegrityError) -> str:
    """Log a change that met another one in the database; the sentence for whoever sent it."""
    log.warning("two changes at once at %s", _place(), exc_info=error)
    return SIMULTANEOUS


def log_crowded(error: PoolTimeout) -> str:
    """Log that no connection became free in time; the sentence for whoever waited."""
    log.warning("no connection was free at %s: %s", _place(), error)
    return CROWDED


def log_unexpected(error: Exception) -> str:
    """Log a fault of ours under a number; the sentence that names the number, and no more."""
    number = secrets.token_hex(4)
    log.error("unexpected error %s at %s", number, _place(), exc_info=error)
    return UNEXPECTED.format(number=number)


def _place() -> str:
    """The address as a pattern: what a person put into it may be a secret."""
    return request.url_rule.rule if request.url_rule else "an unknown address"


def answer(status: int, sentence: str, code: str) -> Response:
    """A page, or a partial for a script, that says ``sentence``."""
    template = "errors/_error.html" if wants_partial() else "errors/page.html"
    page = render_template(template, status=status, sentence=sentence, code=code)
    return make_response(page, status)
