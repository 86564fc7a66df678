"""Near-duplicates, measured: what is found and what is left apart."""

from pathlib import Path
from random import Random

import pytest

from annotator.domain.twins import plain_words
from annotator.nlp.twins import MIN_WORDS, TwinFinder

REPORTS = Path(__file__).parents[3] / "shared" / "data" / "evidence_inference" / "txt"
VOCABULARY = [f"w{n}" for n in range(3000)]


def prose(random: Random, length: int = 200) -> list[str]:
    return [random.choice(VOCABULARY) for _ in range(length)]


def rewrite(random: Random, words: list[str], share: float) -> list[str]:
    return [word if random.random() > share else random.choice(VOCABULARY) for word in words]


def found_share(share: float, count: int = 60) -> float:
    """Share of texts that are paired with a copy in which ``share`` of the words are others."""
    random = Random(5)
    finder = TwinFinder()
    for _ in range(count):
        words = prose(random)
        finder.add(words)
        finder.add(rewrite(random, words, share))
    pairs = {(a, b) for a, b, _ in finder.pairs()}
    assert all((a // 2, a % 2) == (b // 2, 0) for a, b in pairs), "strangers were paired"
    return len(pairs) / count


@pytest.mark.parametrize(("share", "least"), [(0.0, 1), (0.05, 1), (0.1, 1), (0.15, 0.9)])
def test_rewrites_are_found(share: float, least: float) -> None:
    assert found_share(share) >= least


def test_half_rewritten_is_another_text() -> None:
    assert found_share(0.5) == 0


def test_likeness_estimates_the_share_of_triples() -> None:
    random = Random(1)
    finder = TwinFinder()
    words = prose(random, 2000)
    finder.add(words)
    finder.add(words[:1000])
    [(_, _, alike)] = finder.pairs()
    assert abs(alike - 0.5) < 0.15


def test_short_texts_are_left_to_the_exact_key() -> None:
    finder = TwinFinder()
    words = VOCABULARY[: MIN_WORDS - 1]
    finder.add(words)
    finder.add(words)
    assert finder.pairs() == []


def test_short_texts_do_not_shift_the_places_of_others() -> None:
    random = Random(2)
    finder = TwinFinder()
    words = prose(random)
    for text in (["short"], words, ["short"], words):
        finder.add(text)
    assert [(a, b) for a, b, _ in finder.pairs()] == [(1, 3)]


def test_a_thousand_copies_are_connected_without_a_million_pairs() -> None:
    finder = TwinFinder()
    words = prose(Random(3))
    for _ in range(1000):
        finder.add(words)
    pairs = finder.pairs()
    assert {a for a, _, _ in pairs} | {b for _, b, _ in pairs} == set(range(1000))
    assert len(pairs) < 10_000


def test_reports_of_different_trials_are_strangers() -> None:
    texts = sorted(REPORTS.glob("*.txt"))
    if not texts:
        pytest.skip(f"there are no trial reports in {REPORTS}")
    finder = TwinFinder()
    for path in texts:
        finder.add(plain_words(path.read_text(encoding="utf-8")[:1800]))
    assert finder.pairs() == []
