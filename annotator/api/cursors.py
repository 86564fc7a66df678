"""Cursors: where a list goes on, as one opaque word."""

import base64
import binascii
import json

from annotator.domain.errors import Invalid

LARGEST_ID = 2**31 - 1


def at_id(number: int | None) -> str | None:
    """The cursor behind a row's id."""
    return None if number is None else str(number)


def read_id(cursor: str | None) -> int:
    """The id in a cursor, 0 for none; raises ``Invalid`` for one that no list gave."""
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit()) or int(cursor[:11]) > LARGEST_ID:
        raise _unknown()
    return int(cursor)


def at_words(*words: str) -> str:
    """The cursor behind a row that is ordered by words."""
    return base64.urlsafe_b64encode(json.dumps(words).encode()).decode().rstrip("=")


def read_words(cursor: str | None, count: int) -> tuple[str, ...]:
    """The words in a cursor, none for none; raises ``Invalid`` for one that no list gave."""
    if cursor is None:
        return ()
    try:
        words = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise _unknown() from error
    if not isinstance(words, list) or [type(word) for word in words] != [str] * count:
        raise _unknown()
    return tuple(words)


def _unknown() -> Invalid:
    return Invalid("No list gave this cursor. Begin again without one.", code="cursor")
