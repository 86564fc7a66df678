"""What the server answers to batches of the annotate page, good and bad, over HTTP."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from annotator.storage.tables import Event, Value
from tests.rows import fingerprint
from tests.web.pages import SignIn, words
from tests.world import World, new_id

HERE = "/projects/trials/articles/1"


@pytest.fixture
def ann(world: World, sign_in: SignIn) -> FlaskClient:
    """Somebody at the one article of a project."""
    world.project(ann="annotator")
    world.article()
    return sign_in("ann")


def post(client: FlaskClient, world: World, *ops: Any, **more: Any) -> TestResponse:
    body = {"user": world.people["ann"], "base": 0, "scheme": 1, "ops": list(ops)} | more
    return client.post(f"{HERE}/operations", json=body)


def acks(answer: TestResponse) -> list[dict[str, Any]]:
    found = re.search(r'<template id="acks">(.*)</template>', answer.text, re.S)
    assert found, answer.text
    told: list[dict[str, Any]] = json.loads(found[1])["acks"]
    return told


def add(words_: str = "Eight", label: str = "PATIENT_COUNT") -> dict[str, Any]:
    return {
        "id": new_id(),
        "op": "add",
        "sid": new_id(),
        "p": 1,
        "s": 0,
        "e": len(words_),
        "q": words_,
        "l": label,
    }


def change(sid: str, rev: int, values: dict[str, Any], *unconfirmed: str) -> dict[str, Any]:
    more = {"unconfirmed": list(unconfirmed)} if unconfirmed else {}
    return {"id": new_id(), "op": "set", "sid": sid, "rev": rev, "v": values} | more


def stored(world: World) -> list[tuple[float | None, bool, bool]]:
    """Number, not stated and confirmed of every stored number."""
    with world.database.read() as session:
        rows = session.execute(
            select(Value.number, Value.not_stated, Value.confirmed)
            .where(Value.option_id.is_(None))
            .order_by(Value.attribute_id)
        )
        return [(number, unstated, confirmed) for number, unstated, confirmed in rows]


def test_one_bad_operation_stops_no_other(world: World, ann: FlaskClient) -> None:
    first, last = add(), add("Eight young", "POPULATION")
    bad = add() | {"s": "0"}
    mark = change(first["sid"], 1, {"value": 10**30})
    answer = post(ann, world, first, bad, 7, mark, last)
    assert answer.status_code == 200, answer.text
    told = acks(answer)
    assert [ack["id"] for ack in told] == [first["id"], bad["id"], "", mark["id"], last["id"]]
    assert [ack["status"] for ack in told] == ["ok", "rejected", "rejected", "rejected", "ok"]
    assert all(ack["code"] == "malformed" and ack["sentence"] for ack in told[1:4])
    assert stored(world) == [(8, False, False)]


def test_only_bad_operations_begin_nothing(world: World, ann: FlaskClient) -> None:
    before = fingerprint(world.database)
    answer = post(ann, world, add() | {"op": "burn"}, {})
    assert [ack["status"] for ack in acks(answer)] == ["rejected", "rejected"]
    assert fingerprint(world.database) == before


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9007199254740992"])
def test_no_number_that_is_none_is_stored(world: World, ann: FlaskClient, number: str) -> None:
    mark = add()
    post(ann, world, mark)
    sent = {"user": world.people["ann"], "base": 0, "scheme": 1, "ops": []}
    wrong = json.dumps(change(mark["sid"], 1, {"value": 7})).replace("7}", f"{number}}}")
    body = json.dumps(sent).replace("[]", f"[{wrong}]")
    answer = ann.post(f"{HERE}/operations", data=body, content_type="application/json")
    [ack] = acks(answer)
    assert (ack["status"], ack["code"]) == ("rejected", "malformed")
    assert "A number lies between" in ack["sentence"]
    assert stored(world) == [(8, False, False)]


@pytest.mark.parametrize("since", ["2147483648", "9" * 20, "9" * 5000, "-1", "x"])
def test_a_sequence_number_has_bounds(world: World, ann: FlaskClient, since: str) -> None:
    post(ann, world, add())
    answer = ann.get(f"{HERE}/changes?since={since}")
    assert answer.status_code == 422
    assert "a whole number from 0 to 2147483647" in words(answer.text)
    assert ann.get(f"{HERE}/changes?since=2147483647").status_code == 200


@pytest.mark.parametrize("base", [2**31, 10**20, -1])
def test_the_base_of_a_request_has_bounds(world: World, ann: FlaskClient, base: int) -> None:
    before = fingerprint(world.database)
    answer = post(ann, world, add(), base=base)
    assert answer.status_code == 422
    assert "Nothing was stored; reload the page" in words(answer.text)
    assert fingerprint(world.database) == before
    assert post(ann, world, add(), base=2**31 - 1).status_code == 200


def test_brackets_without_end_are_refused(ann: FlaskClient) -> None:
    body = b"[" * 200_000
    answer = ann.post(f"{HERE}/operations", data=body, content_type="application/json")
    assert answer.status_code == 422
    del ann.environ_base["HTTP_X_CSRF_TOKEN"]
    answer = ann.post(f"{HERE}/operations", data=body, content_type="application/json")
    assert answer.status_code == 403


def test_a_value_can_be_made_a_guess_again(world: World, ann: FlaskClient) -> None:
    mark = add()
    post(ann, world, mark)
    assert stored(world) == [(8, False, False)]
    post(ann, world, change(mark["sid"], 1, {"value": 8}))
    assert stored(world) == [(8, False, True)]
    answer = post(ann, world, change(mark["sid"], 2, {"value": 8}, "value"))
    assert [ack["status"] for ack in acks(answer)] == ["ok"]
    assert stored(world) == [(8, False, False)]
    assert 'class="guess" data-value="value" data-is="8"' in answer.text
    with world.database.read() as session:
        told = session.scalars(select(Event.after).order_by(Event.id.desc())).first()
    assert told == {"value": 8, "unconfirmed": ["value"]}


def test_a_guess_nobody_saw_comes_back_from_the_quote(world: World, ann: FlaskClient) -> None:
    mark = add()
    post(ann, world, mark, change(mark["sid"], 1, {"value": 12}))
    assert stored(world) == [(12, False, True)]
    post(ann, world, change(mark["sid"], 2, {"value": None}, "value"))
    assert stored(world) == [(8, False, False)]
    post(ann, world, change(mark["sid"], 3, {"value": None}))
    assert stored(world) == []
    post(ann, world, change(mark["sid"], 4, {"of": None}, "of"))
    assert stored(world) == []


def test_a_number_and_not_stated_keep_their_kinds(world: World, ann: FlaskClient) -> None:
    mark = add()
    post(ann, world, mark, change(mark["sid"], 1, {"value": "not stated"}))
    assert stored(world) == [(None, True, True)]
    page = ann.get(HERE).text
    assert 'class="set" data-value="value" data-is="not stated"' in page
    answer = post(ann, world, change(mark["sid"], 2, {"value": "8"}))
    assert [ack["code"] for ack in acks(answer)] == ["bad-value"]
    post(ann, world, change(mark["sid"], 2, {"value": 8}))
    assert stored(world) == [(8, False, True)]
    assert 'data-value="value" data-is="8" data-number' in ann.get(HERE).text
