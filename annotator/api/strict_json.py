"""JSON without surprises: what two readers could take for two things is refused."""

import json
import math
from typing import Any, NoReturn

from annotator.domain.errors import Invalid

LONGEST_NUMBER = 40
"""Digits of the longest whole number; an offset or a count never comes near it."""
DEEPEST = 50
"""Lists and objects inside each other."""
MOST_KEYS = 1_000
"""Keys of one object; each that is not known costs an answer of its own."""


class Malformed(Invalid):
    """The body is not JSON, so nothing can be said about what is in it."""

    code = "malformed"


def read_json(data: bytes) -> Any:
    """What ``data`` says, in Python's types.

    Raises ``Malformed`` for bytes that are not UTF-8 and text that is not JSON (``NaN`` and
    numbers beyond every float included), ``Invalid`` for a key that comes twice in an object, too
    many keys, very long numbers, NUL characters, half surrogate pairs and nesting without end.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_number,
            parse_constant=_constant,
        )
    except UnicodeDecodeError as error:
        raise Malformed(
            f"Byte {error.start + 1} of the body is not valid UTF-8. Nothing was stored."
        ) from error
    except json.JSONDecodeError as error:
        raise Malformed(
            f"The body is not JSON: {error.msg} at character {error.pos + 1}. Nothing was stored."
        ) from error
    except RecursionError as error:
        raise _too_deep() from error
    _check(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Invalid(
            "An object in the body has a key twice, so it is not clear which one counts. Nothing "
            "was stored.",
            code="duplicate-key",
        )
    if len(found) > MOST_KEYS:
        raise Invalid(
            f"An object in the body has more than {MOST_KEYS} keys. Nothing was stored.",
            code="too-many-keys",
        )
    return found


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise Invalid(
            f"A number in the body has {len(digits)} digits; {LONGEST_NUMBER} are the most. "
            "Nothing was stored.",
            code="number-too-long",
        )
    return int(digits)


def _number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise Malformed("A number in the body is too large for any reader. Nothing was stored.")
    return number


def _constant(name: str) -> NoReturn:
    raise Malformed(f"The body holds {name}, which is not JSON. Nothing was stored.")


def _too_deep() -> Invalid:
    return Invalid(
        f"The body nests more than {DEEPEST} lists and objects. Nothing was stored.",
        code="too-deep",
    )


def _check(value: Any) -> None:
    level, depth = [value], 0
    while level:
        inner: list[Any] = []
        for item in level:
            if isinstance(item, str):
                _check_text(item)
            elif isinstance(item, list | dict):
                if depth == DEEPEST:
                    raise _too_deep()
                inner += item
                inner += item.values() if isinstance(item, dict) else ()
        level, depth = inner, depth + 1


def _check_text(text: str) -> None:
    if "\0" in text:
        raise Invalid(
            "A text in the body holds a NUL character. Nothing was stored; remove it and try "
            "again.",
            code="unstorable-character",
        )
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Invalid(
            f"A text in the body holds half of a surrogate pair at character {error.start + 1}. "
            "Nothing was stored; remove it and try again.",
            code="unstorable-character",
        ) from error
