"""Settling several layers of one article into one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from annotator.domain.corpus import Annotation, Scalar

GOLD = "gold"
MAJORITY = "majority"
ALL = "all"
RESERVED = (GOLD, MAJORITY, ALL)
"""Names of layers that no person may have."""


def majority(layers: Mapping[str, Sequence[Annotation]]) -> list[Annotation]:
    """What more than half of the finished ``layers`` marked, in text order.

    The same extent with the same label is the same mark. It keeps the id of the first annotator by
    name who made it; a value stays where more than half of its makers gave that value.
    """
    makers: dict[tuple[int, int, str], list[Annotation]] = {}
    for name in sorted(layers):
        extents = {(a.start, a.end, a.label): a for a in reversed(layers[name])}
        for extent, annotation in extents.items():
            makers.setdefault(extent, []).append(annotation)
    settled = [_settle(made) for made in makers.values() if 2 * len(made) > len(layers)]
    return sorted(settled, key=lambda a: (a.start, a.end, a.label))


def _settle(made: Sequence[Annotation]) -> Annotation:
    values: dict[str, Scalar] = {}
    unconfirmed: list[str] = []
    for name in dict.fromkeys(name for annotation in made for name in annotation.values):
        given = Counter(a.values[name] for a in made if name in a.values)
        value, votes = given.most_common(1)[0]
        if 2 * votes > len(made):
            values[name] = value
            confirmed = any(a.values.get(name) == value and name not in a.unconfirmed for a in made)
            if not confirmed:
                unconfirmed.append(name)
    return replace(
        made[0],
        annotator=MAJORITY,
        layer=MAJORITY,
        note=None,
        values=values,
        unconfirmed=tuple(unconfirmed),
    )
