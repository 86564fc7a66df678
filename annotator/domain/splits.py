"""Which side of a corpus an article goes to: train, dev or test.

Articles that share a source, a text or most of it stay together; labels are spread over the sides
as the ratios say; the same articles with the same seed give the same answer.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from annotator.domain.errors import Invalid
from annotator.domain.twins import join_groups

SIDES = ("train", "dev", "test")
FOLDS = 5
FEW = 30
"""Below so many articles one test side says little, so folds are given besides."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An article as far as splitting is concerned."""

    id: str
    key: bytes
    """The same for articles with the same plain words."""
    labels: Mapping[str, int] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    """Names of what the article is about; empty where no field tells."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an article went; ``group`` is the id of the first article of its group."""

    article: str
    side: str
    group: str
    reason: str


@dataclass(frozen=True, slots=True)
class Split:
    """The sides, in the order of the articles, and folds where there are few of them."""

    placed: tuple[Placed, ...]
    folds: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences on what could not be had."""


@dataclass(frozen=True, slots=True)
class _Group:
    first: int
    size: int
    labels: Mapping[str, int]


def check_ratios(ratios: Sequence[float]) -> tuple[float, float, float]:
    """Shares of train, dev and test; raises ``Invalid`` unless they can be shares of a whole."""
    if (
        len(ratios) != len(SIDES)
        or not all(math.isfinite(ratio) and ratio >= 0 for ratio in ratios)
        or ratios[0] == 0
        or abs(sum(ratios) - 1) > 1e-6
    ):
        raise Invalid(
            "A split is three numbers for train, dev and test that add up to 1, the first above 0, "
            "such as 0.8,0.1,0.1. Nothing was written.",
            code="wrong-split",
        )
    train, dev, test = ratios
    return train, dev, test


def split_units(
    units: Sequence[Unit],
    twins: Iterable[tuple[int, int, float]],
    ratios: Sequence[float],
    seed: int,
    kept: Mapping[str, str] | None = None,
) -> Split:
    """Place every unit; ``twins`` are pairs of places in ``units`` with their likeness.

    ``kept`` holds article ids with the side of an earlier split, which they keep unless a group
    has come to hold articles of two sides; the side that most of its articles had wins then.
    """
    firsts, reasons = _join(units, twins)
    groups = _groups(units, firsts)
    wanted = [place for place, ratio in enumerate(check_ratios(ratios)) if ratio > 0]
    fixed = _kept_sides(units, firsts, kept or {})
    notes = []
    if len(groups) < len(wanted):
        notes.append(
            f"The articles fall into {len(groups)} group(s), fewer than the {len(wanted)} sides "
            "asked for: train was filled first, then dev."
        )
        largest_first = sorted(groups, key=lambda group: (-group.size, group.first))
        sides = {group.first: wanted[rank] for rank, group in enumerate(largest_first)}
        sides |= fixed
    else:
        sides = _spread(groups, ratios, seed, fixed)
    placed = tuple(
        Placed(
            unit.id,
            SIDES[sides[first]],
            units[first].id,
            _reason(unit.id, SIDES[sides[first]], first in fixed, reason, kept or {}),
        )
        for unit, first, reason in zip(units, firsts, reasons, strict=True)
    )
    folds = _folds(units, firsts, groups, seed) if len(units) < FEW else ()
    return Split(placed, folds, tuple(notes))


def _join(
    units: Sequence[Unit], twins: Iterable[tuple[int, int, float]]
) -> tuple[list[int], list[str | None]]:
    links: list[tuple[int, int]] = []
    reasons: list[str | None] = [None] * len(units)

    def link(a: int, b: int, why: str) -> None:
        links.append((a, b))
        reasons[b] = reasons[b] or why.format(units[a].id)

    texts: dict[bytes, int] = {}
    sources: dict[str, int] = {}
    for place, unit in enumerate(units):
        if texts.setdefault(unit.key, place) != place:
            link(texts[unit.key], place, "same words as {}")
        for source in unit.sources:
            if sources.setdefault(source, place) != place:
                link(sources[source], place, "same source as {}")
    for a, b, likeness in twins:
        link(a, b, f"{{}} in other words, {likeness:.2f} alike")
    return join_groups(len(units), links), reasons


def _groups(units: Sequence[Unit], firsts: Sequence[int]) -> list[_Group]:
    sizes = Counter(firsts)
    joined: dict[int, Counter[str]] = defaultdict(Counter)
    for unit, first in zip(units, firsts, strict=True):
        if sizes[first] > 1:
            joined[first].update(unit.labels)
    return [
        _Group(first, size, joined[first] if size > 1 else units[first].labels)
        for first, size in sorted(sizes.items())
    ]


def _kept_sides(
    units: Sequence[Unit], firsts: Sequence[int], kept: Mapping[str, str]
) -> dict[int, int]:
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for unit, first in zip(units, firsts, strict=True):
        if unit.id in kept:
            votes[first][SIDES.index(kept[unit.id])] += 1
    # Of equal votes the later side wins: what was held out for testing stays held out.
    return {
        first: max(count, key=lambda side: (count[side], side)) for first, count in votes.items()
    }


def _spread(
    groups: Sequence[_Group], ratios: Sequence[float], seed: int, fixed: Mapping[int, int]
) -> dict[int, int]:
    """Iterative stratification: the rarest label first, each group to where most is missing."""
    total = sum(group.size for group in groups)
    counts: Counter[str] = Counter()
    for group in groups:
        counts.update(group.labels)
    missing = [total * ratio for ratio in ratios]
    missing_of = [{label: n * ratio for label, n in counts.items()} for ratio in ratios]
    sides: dict[int, int] = {}

    def place(group: _Group, side: int) -> None:
        sides[group.first] = side
        missing[side] -= group.size
        for label, n in group.labels.items():
            missing_of[side][label] -= n

    for group in groups:
        if group.first in fixed:
            place(group, fixed[group.first])
    rest = [group for group in groups if group.first not in sides]
    Random(seed).shuffle(rest)  # noqa: S311 - a split must repeat, nobody guesses it
    rest.sort(key=lambda group: -group.size)
    allowed = [side for side, ratio in enumerate(ratios) if ratio > 0]
    for label in [*sorted(counts, key=lambda label: (counts[label], label)), None]:
        for group in rest:
            if group.first in sides or (label is not None and label not in group.labels):
                continue
            place(
                group,
                max(
                    allowed,
                    key=lambda side: (missing_of[side].get(label or "", 0.0), missing[side]),
                ),
            )
    _fill_empty(groups, sides, allowed, fixed)
    return sides


def _fill_empty(
    groups: Sequence[_Group],
    sides: dict[int, int],
    allowed: Sequence[int],
    fixed: Mapping[int, int],
) -> None:
    for side in allowed:
        if side in sides.values():
            continue
        held = Counter(sides.values())
        movable = [
            group for group in groups if held[sides[group.first]] > 1 and group.first not in fixed
        ]
        if movable:
            smallest = min(
                movable, key=lambda group: (-held[sides[group.first]], group.size, group.first)
            )
            sides[smallest.first] = side


def _folds(
    units: Sequence[Unit], firsts: Sequence[int], groups: Sequence[_Group], seed: int
) -> tuple[tuple[str, ...], ...]:
    count = min(FOLDS, len(groups))
    if count < 2:
        return ()
    sides = _spread(groups, [1 / count] * count, seed, {})
    return tuple(
        tuple(unit.id for unit, first in zip(units, firsts, strict=True) if sides[first] == fold)
        for fold in range(count)
    )


def _reason(
    article: str, side: str, fixed: bool, joined: str | None, kept: Mapping[str, str]
) -> str:
    if article in kept and kept[article] != side:
        return f"moved from {kept[article]}: most of its group is in {side}"
    if article in kept:
        return "split file"
    return joined or ("joins a group of the split file" if fixed else "drawn")
