"""Splits: groups stay whole, labels are spread, the same seed says the same."""

from collections import Counter, defaultdict
from random import Random

import pytest

from annotator.domain.errors import Invalid
from annotator.domain.splits import Split, Unit, check_ratios, split_units

RATIOS = (0.8, 0.1, 0.1)


def units(count: int, seed: int = 1, every: int = 0) -> list[Unit]:
    """Articles with one to three labels; of each ``every`` in a row the texts are the same."""
    random = Random(seed)
    return [
        Unit(
            f"a{n}",
            str(n // every if every else n).encode(),
            {f"L{k}": random.randrange(1, 6) for k in range(8) if random.random() < (k + 1) / 9},
        )
        for n in range(count)
    ]


def sides(split: Split) -> dict[str, str]:
    return {placed.article: placed.side for placed in split.placed}


def test_ratios_are_met() -> None:
    counts = Counter(sides(split_units(units(1000), [], RATIOS, 1)).values())
    assert abs(counts["train"] - 800) < 10
    assert abs(counts["dev"] - 100) < 10


def test_labels_are_spread_as_the_articles_are() -> None:
    articles = units(1000)
    where = sides(split_units(articles, [], RATIOS, 1))
    for label in (f"L{k}" for k in range(8)):
        counts: Counter[str] = Counter()
        for article in articles:
            counts[where[article.id]] += article.labels.get(label, 0)
        assert abs(counts["dev"] / counts.total() - 0.1) < 0.02, label


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_five_hundred_planted_doubles_are_never_torn(seed: int) -> None:
    articles = units(1500, every=3)
    split = split_units(articles, [], RATIOS, seed)
    groups = defaultdict(set)
    for article, placed in zip(articles, split.placed, strict=True):
        groups[article.key].add(placed.side)
    assert len(groups) == 500
    assert all(len(on) == 1 for on in groups.values())


def test_sources_and_twins_join_groups_through_each_other() -> None:
    articles = [
        Unit("a", b"1", sources=("doi:1",)),
        Unit("b", b"2", sources=("doi:1",)),
        Unit("c", b"3"),
        Unit("d", b"3"),
        *units(20),
    ]
    split = split_units(articles, [(1, 2, 0.51)], RATIOS, 0)
    assert [placed.group for placed in split.placed[:4]] == ["a"] * 4
    assert [placed.reason for placed in split.placed[:4]] == [
        "drawn",
        "same source as a",
        "b in other words, 0.51 alike",
        "same words as c",
    ]


def test_the_seed_decides_and_nothing_else() -> None:
    assert split_units(units(50), [], RATIOS, 3) == split_units(units(50), [], RATIOS, 3)
    assert sides(split_units(units(50), [], RATIOS, 3)) != sides(
        split_units(units(50), [], RATIOS, 4)
    )


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, ["train"]), (2, ["train", "dev"]), (3, ["dev", "test", "train"])],
)
def test_few_groups_fill_train_first_then_dev(count: int, expected: list[str]) -> None:
    split = split_units(units(count), [], RATIOS, 0)
    found = [placed.side for placed in split.placed]
    assert found == expected if count < 3 else sorted(found) == expected
    assert bool(split.notes) == (count < 3)


def test_the_largest_of_few_groups_is_trained_on() -> None:
    articles = [Unit("a", b"1"), Unit("b", b"2"), Unit("c", b"2")]
    assert sides(split_units(articles, [], RATIOS, 0)) == {"a": "dev", "b": "train", "c": "train"}


@pytest.mark.parametrize("count", [3, 5, 10, 17])
def test_no_side_stays_empty_and_folds_hold_everyone_once(count: int) -> None:
    split = split_units(units(count), [], RATIOS, 0)
    assert set(sides(split).values()) == {"train", "dev", "test"}
    assert len(split.folds) == min(5, count)
    assert sorted(a for fold in split.folds for a in fold) == sorted(f"a{n}" for n in range(count))


def test_thirty_articles_need_no_folds() -> None:
    assert split_units(units(29), [], RATIOS, 0).folds
    assert split_units(units(30), [], RATIOS, 0).folds == ()


def test_a_side_may_be_unwanted() -> None:
    assert set(sides(split_units(units(40), [], (0.5, 0.5, 0), 0)).values()) == {"train", "dev"}


def test_new_articles_never_move_old_ones() -> None:
    before = sides(split_units(units(60), [], RATIOS, 0))
    after = sides(split_units(units(90), [], RATIOS, 99, before))
    assert {article: after[article] for article in before} == before
    assert len(set(after.values())) == 3


def test_a_group_torn_by_an_earlier_split_is_put_together() -> None:
    articles = [Unit("a", b"1"), Unit("b", b"1"), Unit("c", b"1"), *units(20)]
    kept = {"a": "train", "b": "test", "c": "test"}
    split = split_units(articles, [], RATIOS, 0, kept)
    assert [placed.side for placed in split.placed[:3]] == ["test"] * 3
    assert split.placed[0].reason == "moved from train: most of its group is in test"
    assert split.placed[1].reason == "split file"


@pytest.mark.parametrize(
    "ratios",
    [(0.8, 0.1), (0.5, 0.1, 0.1), (0.0, 0.5, 0.5), (1.1, -0.1, 0.0), (float("nan"), 0.5, 0.5)],
)
def test_shares_that_are_none_are_refused(ratios: tuple[float, ...]) -> None:
    with pytest.raises(Invalid, match="add up to 1"):
        check_ratios(ratios)
