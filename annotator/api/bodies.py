"""Reading a request: its body, its query and its headers, each checked before anything is done."""

import re
import uuid
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from flask import request
from pydantic import ValidationError

from annotator.api.answers import Fault
from annotator.api.problems import FaultyBody, Malformed, WrongMedia
from annotator.api.requests import Body
from annotator.domain.errors import DomainError, Invalid
from annotator.domain.strict_json import Unreadable, parse
from annotator.services.revisions import Match

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
LINES = ("application/jsonl", "application/x-ndjson", "application/x-jsonlines")
MOST_FAULTS = 20
TYPE_FAULTS = ("int_type", "float_type", "string_type")
UNION_TAGS = ("int", "float", "str")
"""What pydantic puts behind the place of a value that may be of several types."""
PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,39}")

Model = TypeVar("Model", bound=Body)


def read_body(model: type[Model], *, also: Iterable[str] = ()) -> Model:
    """The JSON body as ``model``; raises for another content type and for what does not fit.

    ``also`` are further content types that it may come as.
    """
    check_media(JSON, *also)
    return fit(model, read_json(request.get_data()))


def read_optional_body(model: type[Model]) -> Model:
    """Like ``read_body``, where no body at all says as much as an empty object."""
    return read_body(model) if request.get_data() else model()


def read_json(data: bytes) -> Any:
    """What ``data`` says; raises ``Malformed`` where it is no JSON, else ``Invalid``."""
    try:
        return parse(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Malformed(
            f"Byte {error.start + 1} of the body is not valid UTF-8. Nothing was stored."
        ) from error
    except Unreadable as error:
        sentence = f"The body {error}. Nothing was stored."
        if error.code == Malformed.code:
            raise Malformed(sentence) from error
        raise Invalid(sentence, code=error.code) from error


def read_query(model: type[Model]) -> Model:
    """The query as ``model``; a name that comes twice is refused like one that is not known."""
    given = {name: values for name, values in request.args.lists() if "\0" not in "".join(values)}
    if len(given) < len(request.args) or any(len(values) > 1 for values in given.values()):
        raise Invalid("The query names something twice, or holds a NUL character.", code="query")
    return fit(model, {name: values[0] for name, values in given.items()}, what="query")


def read_lines(most: int) -> Iterator[tuple[int, Any]]:
    """Number and JSON of each line of the body that is not blank; an error in place of JSON.

    Raises ``Invalid`` behind ``most`` lines.
    """
    found = 0
    for number, line in enumerate(request.get_data().split(b"\n"), start=1):
        if not line.strip():
            continue
        found += 1
        if found > most:
            raise Invalid(
                f"One request takes at most {most} records. Nothing was stored; send them in "
                "several requests.",
                code="too-many-records",
            )
        try:
            yield number, read_json(line)
        except DomainError as error:
            yield number, error


def check_media(*taken: str) -> str:
    """The body's content type; raises unless it is one of ``taken``."""
    if request.mimetype not in taken:
        raise WrongMedia(
            f"The body's content type must be {' or '.join(taken)}. Nothing was changed."
        )
    return request.mimetype


def fit(model: type[Model], value: Any, *, what: str = "body") -> Model:
    """``value`` as ``model``; raises ``FaultyBody`` naming places, never what stands there."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        faults = [_fault(entry["type"], entry["loc"], entry["msg"]) for entry in found]
        faults = list({fault.pointer: fault for fault in reversed(faults)}.values())[::-1]
        first = faults[0]
        place = f" at {first.pointer}" if first.pointer else ""
        raise FaultyBody(
            f"The {what} does not fit{place}: {first.detail}. Nothing was changed.",
            faults[:MOST_FAULTS],
        ) from error


def read_match(rev: int | None = None) -> Match | None:
    """What ``If-Match``, or a revision in the body, says to be stored; None where neither does."""
    tags = request.if_match
    if tags.star_tag:
        return Match(any=True) if rev is None else Match(revisions=frozenset({rev}))
    # A compressed answer's tag carries the compression behind a colon.
    named = {tag.partition(":")[0] for tag in tags.as_set()}
    revisions = frozenset(int(tag) for tag in named if re.fullmatch(r"[1-9][0-9]{0,8}", tag))
    if "If-Match" in request.headers:
        return Match(revisions=revisions if rev is None else revisions & {rev})
    return None if rev is None else Match(revisions=frozenset({rev}))


def read_key() -> str | None:
    """The ``Idempotency-Key`` in lower case, None where there is none; raises unless a UUID."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    try:
        return str(uuid.UUID(given.strip().strip('"')))
    except ValueError:
        raise Invalid(
            "An Idempotency-Key is a UUID. Nothing was changed.", code="idempotency-key"
        ) from None


def _fault(kind: str, where: tuple[int | str, ...], message: str) -> Fault:
    if kind in TYPE_FAULTS and where[-1] in UNION_TAGS:
        where, message = where[:-1], "Input should be a number or a text"
    shown = [part if isinstance(part, int) or PLAIN_KEY.fullmatch(part) else "…" for part in where]
    pointer = "".join(f"/{part}" for part in shown) or None
    if kind == "extra_forbidden":
        return Fault(detail="this key is not known here", pointer=pointer)
    return Fault(detail=message[:1].lower() + message[1:], pointer=pointer)
