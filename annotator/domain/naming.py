"""Short texts that people type: names, titles, languages, and addresses made from them."""

import re
import unicodedata

from annotator.domain.errors import Invalid

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
"""Ids of operations and annotations, made by their senders."""
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
LONGEST_LANGUAGE = 16
_NO_SLUG = re.compile(r"[^a-z0-9]+")
_UNWRITTEN = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"}
"""Letters that Unicode does not take apart into a plain one and a mark."""


def slug_from(text: str, longest: int = 64) -> str:
    """Lower-case letters, digits and dashes made from ``text``; empty where it has none of them."""
    lower = "".join(_UNWRITTEN.get(character, character) for character in text.lower())
    plain = unicodedata.normalize("NFKD", lower).encode("ascii", "ignore").decode()
    slug = _NO_SLUG.sub("-", plain).strip("-")
    if len(slug) <= longest:
        return slug
    cut = slug[: longest + 1].rpartition("-")[0]
    return (cut or slug[:longest]).strip("-")


def checked_language(language: str) -> str:
    """``language`` where it is the short name of one, as files and pages write it; else raises."""
    if not LANGUAGE.fullmatch(language) or len(language) > LONGEST_LANGUAGE:
        raise Invalid(
            f"“{language[:40]}” is not the short name of a language, such as en or pt-BR. Nothing "
            "was stored.",
            code="bad-language",
        )
    return language


def checked_text(text: str, *, what: str, longest: int) -> str:
    """``text`` without blanks at its ends; raises ``Invalid`` where it cannot be kept.

    ``what`` begins the sentence, for instance “A definition”.
    """
    stripped = text.strip()
    if len(stripped) > longest:
        raise Invalid(
            f"{what} has at most {longest:,} characters; this one has {len(stripped):,}. Nothing "
            "was changed.",
            code="too-long",
        )
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in stripped):
        raise Invalid(
            f"{what} holds a character that cannot be stored. Nothing was changed.",
            code="unstorable-character",
        )
    return stripped
