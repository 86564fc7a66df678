"""What the annotate page may send, and the operations it becomes."""

import json
from typing import Any

import pytest

from annotator.domain import operations as ops
from annotator.domain.errors import Invalid
from annotator.domain.operations import BlockExtent
from annotator.web.wire import read_envelope
from tests.world import new_id

ID, SID = new_id(), new_id()
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
            {"id": ID, "op": "set", "sid": SID, "rev": 1, "v": {"value": 8, "x": None, "y": "z"}},
            ops.ChangeSpan(ID, SID, 1, None, {"value": 8, "x": None, "y": "z"}),
        ),
        (
            {"id": ID, "op": "set", "sid": SID, "rev": 1, "l": "OUTCOME"},
            ops.ChangeSpan(ID, SID, 1, "OUTCOME", {}),
        ),
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
    [read] = read_envelope(envelope(sent)).ops
    assert read.plain() == meant


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", "the request"),
        (b"{", "the request"),
        (b"[]", "the request"),
        (b"\xff", "the request"),
        (envelope(user="1"), "user"),
        (envelope(user=True), "user"),
        (envelope(base=-1), "base"),
        (envelope(scheme=1.5), "scheme"),
        (envelope(more=1), "more"),
        (envelope({"id": ID, "op": "burn"}), "ops.0"),
        (envelope({"op": "done"}), "ops.0.done.id"),
        (envelope({"id": "short", "op": "done"}), "ops.0.done.id"),
        (envelope({"id": ID, "op": "done", "x": 1}), "ops.0.done.x"),
        (envelope({"id": ID, "op": "done"}, ADD | {"s": -1}), "ops.1.add.s"),
        (envelope(ADD | {"s": "0"}), "ops.0.add.s"),
        (envelope(ADD | {"e": 10_000_001}), "ops.0.add.e"),
        (envelope(ADD | {"l": "L" * 41}), "ops.0.add.l"),
        (envelope(ADD | {"q": "q" * 100_001}), "ops.0.add.q"),
        (envelope({"id": ID, "op": "set", "sid": SID, "rev": 1, "v": {"x": [1]}}), "ops.0.set.v"),
        (envelope({"id": ID, "op": "set", "sid": SID, "v": {}}), "ops.0.set.rev"),
        (envelope({"id": ID, "op": "skip", "reason": "other", "note": "n" * 2001}), "note"),
    ],
)
def test_anything_else_is_refused_with_its_place(body: bytes, place: str) -> None:
    with pytest.raises(Invalid, match="Nothing was stored") as refused:
        read_envelope(body)
    assert place in str(refused.value)
    assert refused.value.code == "malformed"
