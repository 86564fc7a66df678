"""Addresses made from names, and texts that can be kept."""

import pytest

from annotator.domain.errors import Invalid
from annotator.domain.naming import checked_language, checked_text, slug_from


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Trials 2026", "trials-2026"),
        ("  Über Rheuma & Gicht! ", "uber-rheuma-gicht"),
        ("Straße æther Łódź", "strasse-aether-lodz"),
        ("β-blockers", "blockers"),
        ("CO₂ and ﬁbrosis", "co2-and-fibrosis"),
        ("漢字", ""),
        ("---", ""),
        ("one two three four", "one-two"),
        ("x" * 20, "x" * 12),
    ],
)
def test_a_slug_has_letters_digits_and_dashes(text: str, slug: str) -> None:
    longest = 12 if slug in ("one-two", "x" * 12) else 64
    assert slug_from(text, longest) == slug


def test_a_text_loses_the_blanks_around_it() -> None:
    assert checked_text("  a\nb \n", what="A note", longest=3) == "a\nb"


@pytest.mark.parametrize("text", ["abcd", "a\0", "a\ud800"])
def test_a_text_that_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"^A note (has at most 3|holds a character)"):
        checked_text(text, what="A note", longest=3)


LANGUAGES = [
    ("en", True),
    ("pt-BR", True),
    ("zh-Hant-TW", True),
    ("EN", True),
    ("de-1996", True),
    ("abc-12345678-123", True),
    ("abc-12345678-1234", False),
    ("abc-12345678-12345678", False),
    ("english", False),
    ("e", False),
    ("", False),
    ("en_GB", False),
    ("en-", False),
    ("en\n", False),
    ("é́n", False),
    ("en\0", False),
]


@pytest.mark.parametrize(("language", "known"), LANGUAGES)
def test_a_language_has_the_short_name_that_every_database_holds(
    language: str, known: bool
) -> None:
    if known:
        assert checked_language(language) == language
        return
    with pytest.raises(Invalid, match="is not the short name of a language") as refused:
        checked_language(language)
    assert refused.value.code == "bad-language"
