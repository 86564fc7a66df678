"""JSON without surprises: what two readers could take for two things, or no store can hold."""

import json
import math
from typing import Any, NoReturn

from annotator.domain.text import is_storable

DEEPEST = 50
"""Lists and objects inside each other."""
MOST_KEYS = 1_000
"""Keys of one object."""
_LARGEST = 2**63
_DIGITS = 19


class Unreadable(Exception):
    """The text is not JSON that can be stored.

    ``str(error)`` finishes a sentence such as “The line …”; ``code`` names the case.
    """

    def __init__(self, phrase: str, *, code: str) -> None:
        super().__init__(phrase)
        self.code = code


def parse(text: str) -> Any:
    """The value of ``text``, in Python's types.

    Raises ``Unreadable`` for text that is not JSON (``NaN`` included), a key that comes twice in an
    object, too many keys, numbers that no column holds, NUL characters, half surrogate pairs and
    nesting without end.
    """
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_integer,
        )
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"is not valid JSON ({error.msg}, line {error.lineno}, column {error.colno})",
            code="malformed",
        ) from None
    # Both are told without looking at every value where they cannot be.
    if text.count("[") + text.count("{") > DEEPEST:
        _check_depth(value)
    if "\\u" in text or not is_storable(text):
        _check_strings(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable(
            "holds an object with a key twice, so it is not clear which one counts",
            code="duplicate-key",
        )
    if len(found) > MOST_KEYS:
        raise Unreadable(f"holds an object with more than {MOST_KEYS:,} keys", code="too-many-keys")
    return found


def _constant(name: str) -> NoReturn:
    raise Unreadable(f"holds {name}, which is no number that can be stored", code="malformed")


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise Unreadable("holds a number too large to be stored", code="malformed")
    return value


def _integer(digits: str) -> int:
    if len(digits) > _DIGITS + 1 or not -_LARGEST <= int(digits) < _LARGEST:
        raise Unreadable("holds a number too large to be stored", code="number-too-long")
    return int(digits)


def _too_deep() -> Unreadable:
    return Unreadable(
        f"is nested too deeply: more than {DEEPEST} lists and objects in each other",
        code="too-deep",
    )


def _check_depth(value: object) -> None:
    level, depth = [value], 0
    while level := [inner for outer in level for inner in _inside(outer)]:
        depth += 1
        if depth > DEEPEST:
            raise _too_deep()


def _inside(value: object) -> list[object]:
    """What a list or object holds; a mark of its own where that is nothing."""
    if isinstance(value, dict):
        return list(value.values()) or [None]
    if isinstance(value, list):
        return value or [None]
    return []


def _check_strings(value: object) -> None:
    open_values = [value]
    while open_values:
        found = open_values.pop()
        if isinstance(found, str):
            if not is_storable(found):
                what = "a NUL character" if "\0" in found else "half of a surrogate pair"
                raise Unreadable(
                    f"holds {what}, which cannot be stored", code="unstorable-character"
                )
        elif isinstance(found, dict):
            open_values += [*found.keys(), *found.values()]
        elif isinstance(found, list):
            open_values += found
