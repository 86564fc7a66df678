"""Short ways to do to an article what its readers do."""

from typing import Any

from annotator.domain.operations import Ack, AddSpan, Operation, TextExtent
from annotator.domain.permissions import Actor
from tests.world import TEXT, World, new_id


def extent_of(words: str) -> TextExtent:
    """Where ``words`` stand first in the article of these tests."""
    start = TEXT.index(words)
    return TextExtent(start, start + len(words))


EIGHT = extent_of("Eight")
SEVEN = extent_of("seven")
HOPES = extent_of("hopes")
SENTENCE = extent_of("Symptoms eased in seven of them within 3 months")


def add(label: str = "PATIENT_COUNT", extent: Any = EIGHT, **more: Any) -> AddSpan:
    """Mark ``extent``, under new ids."""
    return AddSpan(new_id(), new_id(), extent, label, **more)


def one(world: World, actor: Actor, operation: Operation, article: int = 1) -> Ack:
    """Apply one operation; its answer."""
    [ack] = world.apply(actor, article, operation).acks
    return ack
