"""Operations are values: equal where they say the same, and kept as they were answered."""

from dataclasses import FrozenInstanceError, asdict

import pytest

from annotator.domain.operations import Ack, AddSpan, BlockExtent, ChangeSpan, TextExtent


def test_an_answer_survives_being_stored() -> None:
    ack = Ack("1", "ok", annotation="a", rev=3)
    assert Ack(**asdict(ack)) == ack
    assert Ack("1", "ok") != Ack("1", "stale")


def test_operations_do_not_change_and_share_nothing() -> None:
    first = AddSpan("1", "a", TextExtent(0, 1), "X")
    second = AddSpan("2", "b", BlockExtent(0, 0, 0, 1), "X")
    assert first.values is not second.values
    assert ChangeSpan("1", "a", 1).values == {}
    assert tuple(ChangeSpan("1", "a", 1).unconfirmed) == ()
    with pytest.raises(FrozenInstanceError):
        first.label = "Y"  # type: ignore[misc]
