"""One JSON value, or a sentence: nothing that a database or a file could not hold gets through."""

import json
import math
from typing import Any, NoReturn

_LARGEST = 2**63
_DIGITS = 19


class Unreadable(Exception):
    """The text is not JSON that can be stored; ``str(error)`` finishes "The line"."""


def parse(text: str) -> Any:
    """The value of ``text``; raises ``Unreadable``."""
    try:
        value = json.loads(text, parse_constant=_constant, parse_float=_float, parse_int=_integer)
    except RecursionError:
        raise Unreadable("is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"is not valid JSON ({error.msg}, column {error.colno})") from None
    # Only an escape can bring these in: decoding the file refuses them as bytes.
    if "\\u" in text:
        _check_strings(value)
    return value


def _constant(name: str) -> NoReturn:
    raise Unreadable(f"holds {name}, which is no number that can be stored")


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise Unreadable("holds a number too large to be stored")
    return value


def _integer(digits: str) -> int:
    if len(digits) > _DIGITS + 1 or not -_LARGEST <= int(digits) < _LARGEST:
        raise Unreadable("holds a number too large to be stored")
    return int(digits)


def _check_strings(value: object) -> None:
    open_values = [value]
    while open_values:
        found = open_values.pop()
        if isinstance(found, str):
            if "\0" in found:
                raise Unreadable("holds a NUL character, which cannot be stored")
            if any("\ud800" <= character <= "\udfff" for character in found):
                raise Unreadable("holds half of a surrogate pair, which cannot be stored")
        elif isinstance(found, dict):
            open_values += [*found.keys(), *found.values()]
        elif isinstance(found, list):
            open_values += found
