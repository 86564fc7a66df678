"""The annotate page and its operations over HTTP."""

import json
import re
from collections.abc import Callable

from flask.testing import FlaskClient

from tests.world import TEXT, World, new_id

SignIn = Callable[[str], FlaskClient]


def send(client: FlaskClient, world: World, name: str, article_id: int, *ops: dict[str, object]):
    body = {"user": world.people[name], "base": 0, "tab": "t", "scheme": 1, "ops": list(ops)}
    return client.post(f"/projects/trials/articles/{article_id}/operations", json=body)


def acks(answer) -> list[dict[str, object]]:
    found = re.search(r'<template id="acks">(.*)</template>', answer.text, re.S)
    assert found, answer.text
    return json.loads(found[1])["acks"]


def test_a_span_is_stored_and_drawn(world: World, sign_in: SignIn) -> None:
    world.project(ann="annotator")
    article = world.article()
    client = sign_in("ann")
    start = TEXT.index("Eight")
    add = {
        "id": new_id(),
        "op": "add",
        "sid": new_id(),
        "p": 1,
        "s": 0,
        "e": 5,
        "q": "Eight",
        "l": "PATIENT_COUNT",
    }
    answer = send(client, world, "ann", article, add)
    assert answer.status_code == 200, answer.text
    assert acks(answer) == [{"id": add["id"], "status": "ok", "sid": add["sid"], "rev": 1}]
    assert f'data-spans="{add["sid"]}"' in answer.text
    page = client.get(f"/projects/trials/articles/{article}").text
    assert f'data-spans="{add["sid"]}"' in page
    assert f'data-start="{TEXT.index("Eight")}"' in page
    assert start
