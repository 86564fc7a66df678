"""What the annotate page may send, and the operations it becomes."""

import json
import sys
from typing import Any

import pytest

from annotator.domain import operations as ops
from annotator.domain.errors import Invalid
from annotator.domain.operations import Ack, BlockExtent
from annotator.web.wire import read_envelope, read_since
from tests.world import new_id

ID, SID, OTHER = new_id(), new_id(), new_id()
SET = {"id": ID, "op": "set", "sid": SID, "rev": 1}
ADD = {"id": ID, "op": "add", "sid": SID, "p": 1, "s": 0, "e": 5, "q": "Eight", "l": "OUTCOME"}


def envelope(*operations: dict[str, Any], **more: Any) -> bytes:
    body = {"user": 1, "base": 0, "scheme": 1, "ops": list(operations)} | more
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (ADD, ops.AddSpan(ID, SID, BlockExtent(1, 0, 1, 5), "OUTCOME", "Eight")),
        (ADD | {"pe": 3}, ops.AddSpan(ID, SID, BlockExtent(1, 0, 3, 5), "OUTCOME", "Eight")),
        (
            {"id": ID, "op": "move", "sid": SID, "rev": 2, "p": 0, "s": 1, "e": 2},
            ops.MoveSpan(ID, SID, 2, BlockExtent(0, 1, 0, 2), None),
        ),
        (
            SET | {"v": {"value": 8, "x": None, "y": "z"}},
            ops.ChangeSpan(ID, SID, 1, None, {"value": 8, "x": None, "y": "z"}),
        ),
        (
            SET | {"v": {"value": 8, "x": None}, "unconfirmed": ["x"]},
            ops.ChangeSpan(ID, SID, 1, None, {"value": 8, "x": None}, unconfirmed=("x",)),
        ),
        (SET | {"l": "OUTCOME"}, ops.ChangeSpan(ID, SID, 1, "OUTCOME", {})),
        ({"id": ID, "op": "del", "sid": SID, "rev": 4}, ops.DeleteSpan(ID, SID, 4)),
        ({"id": ID, "op": "restore", "sid": SID}, ops.RestoreSpan(ID, SID)),
        ({"id": ID, "op": "done"}, ops.FinishLayer(ID)),
        ({"id": ID, "op": "reopen"}, ops.ReopenLayer(ID)),
        (
            {"id": ID, "op": "skip", "reason": "other", "note": "n"},
            ops.SkipLayer(ID, "other", "n"),
        ),
    ],
)
def test_every_operation_is_understood(sent: dict[str, Any], meant: ops.Operation) -> None:
    assert read_envelope(envelope(sent)).operations() == [meant]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "should be a valid dictionary"),
        (envelope(user="1"), "user"),
        (envelope(user=True), "user"),
        (envelope(user=2**31), "user"),
        (envelope(base=-1), "base"),
        (envelope(base=2**31), "base"),
        (envelope(base=10**400), "base"),
        (envelope(scheme=1.5), "scheme"),
        (envelope(scheme=2**31), "scheme"),
        (envelope(more=1), "more"),
        (envelope(ops=5), "ops"),
        (envelope(ops={"0": ADD}), "ops"),
        (envelope(*[{}] * 501), "at most 500"),
        (b'{"user": 1, "base": NaN, "scheme": 1, "ops": []}', "base"),
    ],
)
def test_what_is_no_envelope_is_refused_as_a_whole(body: bytes, place: str) -> None:
    with pytest.raises(Invalid, match="Nothing was stored") as refused:
        read_envelope(body)
    assert place in str(refused.value)
    assert refused.value.code == "malformed"


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"id": ID, "op": "burn"}, "op"),
        ({"id": ID}, "op"),
        ({"id": ID, "op": "done", "x": 1}, "done.x"),
        (ADD | {"s": -1}, "add.s"),
        (ADD | {"s": "0"}, "add.s"),
        (ADD | {"e": 10_000_001}, "add.e"),
        (ADD | {"e": 10**400}, "add.e"),
        (ADD | {"l": "L" * 41}, "add.l"),
        (ADD | {"q": "q" * 100_001}, "add.q"),
        (SET | {"v": {"x": [1]}}, "set.v.x: A value is a text or a number"),
        (SET | {"v": {"x": True}}, "a text or a number"),
        (SET | {"v": {"x": "y" * 501}}, "at most 500 characters"),
        (SET | {"v": {"x" * 41: 1}}, "at most 40 characters"),
        (SET | {"v": {"x": float("nan")}}, "A number lies between"),
        (SET | {"v": {"x": float("inf")}}, "A number lies between"),
        (SET | {"v": {"x": 2**53}}, "A number lies between"),
        (SET | {"v": {"x": -(2**53)}}, "A number lies between"),
        (SET | {"v": {"x": 10**5000}}, "A number lies between"),
        (SET | {"v": {"x": 1}, "unconfirmed": ["y"]}, "values of the same operation"),
        (SET | {"rev": 2**31}, "set.rev"),
        ({"id": ID, "op": "set", "sid": SID, "v": {}}, "set.rev"),
        ({"id": ID, "op": "skip", "reason": "other", "note": "n" * 2001}, "note"),
    ],
)
def test_an_unreadable_operation_is_refused_alone(sent: dict[str, Any], told: str) -> None:
    sys.set_int_max_str_digits(0)
    try:
        body = envelope({"id": OTHER, "op": "done"}, sent, {"id": OTHER, "op": "reopen"})
    finally:
        sys.set_int_max_str_digits(sys.int_info.default_max_str_digits)
    before, refused, after = read_envelope(body).operations()
    assert (before, after) == (ops.FinishLayer(OTHER), ops.ReopenLayer(OTHER))
    assert isinstance(refused, Ack)
    assert (refused.id, refused.status, refused.code) == (ID, "rejected", "malformed")
    assert told in (refused.sentence or "")
    assert "not stored" in (refused.sentence or "")


def test_numbers_up_to_what_every_side_keeps_exactly_are_taken() -> None:
    most = 2**53 - 1
    [read] = read_envelope(envelope(SET | {"v": {"a": most, "b": -most, "c": 0.1}})).operations()
    assert isinstance(read, ops.ChangeSpan)
    assert read.values == {"a": most, "b": -most, "c": 0.1}


def test_digits_beyond_a_float_are_no_number() -> None:
    body = envelope(SET | {"v": {"x": 7}}).replace(b"7", b"1e999")
    [refused] = read_envelope(body).operations()
    assert isinstance(refused, Ack)
    assert "A number lies between" in (refused.sentence or "")


@pytest.mark.parametrize(
    "sent", [5, None, [], "done", {"op": "done"}, {"id": 5, "op": "done"}, {"id": "A" * 36}]
)
def test_without_an_id_that_can_be_one_the_refusal_has_none(sent: Any) -> None:
    [refused] = read_envelope(envelope(sent)).operations()
    assert isinstance(refused, Ack)
    assert (refused.id, refused.status) == ("", "rejected")


def test_a_sentence_names_some_faults_in_few_words() -> None:
    wild = {"id": ID, "op": "done"} | {f"{n}{'x' * 10_000}": n for n in range(50)}
    [refused] = read_envelope(envelope(wild)).operations()
    assert isinstance(refused, Ack)
    assert "and 47 more" in (refused.sentence or "")
    assert len(refused.sentence or "") < 600
    [refused] = read_envelope(envelope({"id": ID, "op": "x" * 10_000})).operations()
    assert isinstance(refused, Ack)
    assert len(refused.sentence or "") < 600


@pytest.mark.parametrize(
    ("text", "since"), [("0", 0), ("57", 57), ("0000000057", 57), ("2147483647", 2**31 - 1)]
)
def test_a_sequence_number_is_read(text: str, since: int) -> None:
    assert read_since(text) == since


@pytest.mark.parametrize("text", ["", "-1", "x", "1.5", "²", "2147483648", "9" * 20, "9" * 5000])
def test_what_is_no_sequence_number_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="sequence number") as refused:
        read_since(text)
    assert len(str(refused.value)) < 200
