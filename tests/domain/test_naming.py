"""Addresses made from names, and texts that can be kept."""

import pytest

from annotator.domain.errors import Invalid
from annotator.domain.naming import checked_text, slug_from


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
