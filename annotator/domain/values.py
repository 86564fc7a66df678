"""Values of a span: what the quote proposes, and what an attribute takes."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Protocol

from annotator.domain.corpus import NOT_STATED, Scalar
from annotator.domain.errors import Invalid
from annotator.domain.numbers import read_number
from annotator.domain.text import is_storable

LONGEST_TEXT = 500
LARGEST = 1e300
_EXACT = 2**53
"""From here on a whole number is no longer stored digit by digit."""


class Option(Protocol):
    """A member of a closed list."""

    @property
    def name(self) -> str: ...
    @property
    def cues(self) -> Iterable[str]: ...


class Attribute(Protocol):
    """What is asked."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def guess(self) -> str | None: ...
    @property
    def options(self) -> Iterable[Option]: ...


def propose(attribute: Attribute, quote: str) -> Scalar | None:
    """What ``quote`` proposes as the value: its number, the first option with a cue, the default.

    None where nothing does.
    """
    if attribute.kind == "number":
        number = read_number(quote)
        return None if number is None or abs(number) >= LARGEST else plain_number(number)
    if attribute.kind == "choice":
        for option in attribute.options:
            if _cues(tuple(option.cues)).search(quote):
                return option.name
        return attribute.guess
    return None


def check_value(attribute: Attribute, value: Scalar) -> Scalar:
    """``value`` as the attribute keeps it; raises ``Invalid`` where it does not fit."""
    if value == NOT_STATED:
        return value
    if attribute.kind == "number":
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise _unfit(attribute, value, "a number")
        if abs(value) >= LARGEST:
            raise _unfit(attribute, value, "a number of usual size")
        return plain_number(value)
    if not isinstance(value, str):
        raise _unfit(attribute, value, "a text")
    if attribute.kind == "choice":
        names = [option.name for option in attribute.options]
        if value not in names:
            raise _unfit(attribute, value, f"one of {', '.join([*names, NOT_STATED])}")
        return value
    if not value.strip() or len(value) > LONGEST_TEXT or not is_storable(value):
        raise _unfit(attribute, value, f"a text of 1 to {LONGEST_TEXT} characters")
    return value.strip()


def plain_number(number: float) -> int | float:
    """``8.0`` as 8, so that files and pages show what a person would write."""
    return int(number) if abs(number) < _EXACT and number == int(number) else float(number)


@cache
def _cues(cues: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the cues as whole words; nothing where there are none."""
    return re.compile("|".join(map(_whole, cues)) or r"(?!)", re.IGNORECASE)


def _whole(cue: str) -> str:
    left = r"(?<!\w)" if cue[:1].isalnum() else ""
    right = r"(?!\w)" if cue[-1:].isalnum() else ""
    return f"{left}{re.escape(cue)}{right}"


def _unfit(attribute: Attribute, value: Scalar, wanted: str) -> Invalid:
    shown = str(value)[:40].encode(errors="replace").decode()
    return Invalid(
        f"“{shown}” does not fit {attribute.name}: it takes {wanted}. "
        "The value was left as it was.",
        code="bad-value",
    )
