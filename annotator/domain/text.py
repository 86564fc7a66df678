"""Article text: what is normalised once at import, and the two ways of counting characters.

Storage, files and Python count Unicode code points; a browser counts UTF-16 units.
"""

import re
from dataclasses import dataclass

from annotator.domain.errors import Invalid

BOM = "\ufeff"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class CleanText:
    """An article's text as it will be kept, and what was changed to get there."""

    text: str
    bom_removed: bool
    line_ends_replaced: int


def clean_text(raw: str) -> CleanText:
    """Take off a leading byte order mark and turn CRLF and lone CR into LF; nothing else.

    Raises ``Invalid`` for a NUL and for a lone surrogate, which neither PostgreSQL nor UTF-8 can
    hold, and for text without a visible character.
    """
    bad = _UNSTORABLE.search(raw)
    if bad:
        what = "a NUL character" if bad.group() == "\0" else "half of a surrogate pair"
        raise Invalid(
            f"The text holds {what} at character {bad.start() + 1}, so it is probably not plain "
            "text. Nothing was stored; remove the character and try again.",
            code="unstorable-character",
        )
    bom_removed = raw.startswith(BOM)
    text = raw.removeprefix(BOM)
    crlf = text.count("\r\n")
    text = text.replace("\r\n", "\n")
    lone = text.count("\r")
    text = text.replace("\r", "\n")
    if not text.strip():
        raise Invalid("The text is empty. Nothing was stored.", code="empty-text")
    return CleanText(text, bom_removed, crlf + lone)


def decode_text(data: bytes) -> str:
    """Decode a file's bytes: UTF-8 (with or without mark) or UTF-16 with a mark.

    Raises ``Invalid`` for anything else, naming the first byte that does not fit.
    """
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Invalid(
            f"Byte {error.start + 1} is not valid {encoding.upper()}, so this is a binary file or "
            "one in another encoding. Nothing was stored; save it as UTF-8 and try again.",
            code="wrong-encoding",
        ) from error


def is_storable(text: str) -> bool:
    """Whether every database and UTF-8 can hold ``text``: no NUL, no half of a surrogate pair."""
    return _UNSTORABLE.search(text) is None


def is_astral(text: str) -> bool:
    """Whether UTF-16 offsets into ``text`` can differ from code point offsets."""
    return not text.isascii() and max(text) > "\uffff"


def u16_to_cp(text: str, offset: int) -> int:
    """Code point offset in ``text`` of a UTF-16 ``offset``.

    Raises ``Invalid`` outside the text and inside a surrogate pair.
    """
    if offset < 0:
        raise Invalid(
            f"Offset {offset} lies before the text. Nothing was stored.", code="outside-text"
        )
    units = 0
    for index, character in enumerate(text):
        if units == offset:
            return index
        units += 2 if character > "\uffff" else 1
        if units > offset:
            raise Invalid(
                f"Offset {offset} lies inside a character. Nothing was stored; mark it again.",
                code="inside-character",
            )
    if units == offset:
        return len(text)
    raise Invalid(
        f"Offset {offset} lies behind the end of the text. Nothing was stored.",
        code="outside-text",
    )


def u16_length(text: str) -> int:
    """Number of UTF-16 units of ``text``."""
    return len(text) + sum(1 for character in text if character > "\uffff")
