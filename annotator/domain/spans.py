"""Spans: half-open ranges of code points with their quote."""

from annotator.domain.errors import Invalid

MAX_ARTICLE_LENGTH = 2_000_000
"""Code points of the longest article taken in; `annotator import` names it when it refuses."""


def overlaps(a_start: int, a_end: int, b_start: int, b_end: int) -> bool:
    """Whether two half-open ranges share a character."""
    return a_start < b_end and b_start < a_end


def check_span(text: str, start: int, end: int, quote: str | None) -> str:
    """The slice of ``text``; raises ``Invalid`` where range or quote do not hold.

    ``quote`` is what the sender believes to stand there; None trusts the offsets.
    """
    if start >= end:
        raise Invalid(
            f"The range {start} to {end} marks no character. Nothing was stored.",
            code="zero-length" if start == end else "reversed-range",
        )
    if start < 0 or end > len(text):
        raise Invalid(
            f"The range {start} to {end} reaches outside the text of {len(text)} characters. "
            "Nothing was stored.",
            code="outside-text",
        )
    found = text[start:end]
    if quote is not None and quote != found:
        raise wrong_quote(start, end, found, quote)
    return found


def wrong_quote(start: int, end: int, found: str, quote: str) -> Invalid:
    """The refusal of a range that holds ``found`` where the sender believed in ``quote``."""
    return Invalid(
        f"The text from {start} to {end} is “{_short(found)}”, not “{_short(quote)}”. "
        "Nothing was stored; reload the article and mark it again.",
        code="wrong-quote",
    )


def _short(quote: str, limit: int = 60) -> str:
    return quote if len(quote) <= limit else f"{quote[: limit - 1]}…"
