"""Likeness of texts: plain words, keys, groups."""

import pytest

from annotator.domain.twins import join_groups, plain_words, text_key


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Two  patients, DIED.", ["two", "patients", "died"]),
        ("ﬁve µg", ["five", "μg"]),
        ("straße", ["strasse"]),
        ("8名の患者", ["8", "名", "の", "患", "者"]),
        ("snake_case", ["snake", "case"]),
        ("…", []),
    ],
)
def test_plain_words(text: str, words: list[str]) -> None:
    assert plain_words(text) == words


def test_the_key_overlooks_case_blanks_and_punctuation() -> None:
    assert text_key(plain_words("A cure? Perhaps.")) == text_key(plain_words("a  CURE perhaps"))
    assert text_key(plain_words("a cure")) != text_key(plain_words("a cur e"))


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([], [0, 1, 2, 3]),
        ([(2, 3)], [0, 1, 2, 2]),
        ([(2, 3), (3, 0)], [0, 1, 0, 0]),
        ([(0, 1), (2, 3), (1, 2)], [0, 0, 0, 0]),
    ],
)
def test_links_join_groups(links: list[tuple[int, int]], expected: list[int]) -> None:
    assert join_groups(4, links) == expected
