"""One annotation by its id: put, change, delete, and what conditions and keys do."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from annotator.storage.tables import Event, Operation
from tests.api.conftest import Call, Caller
from tests.world import TEXT, World, new_id

START = TEXT.index("Eight")
SPAN = {"start": START, "end": START + 5, "label": "PATIENT_COUNT", "quote": "Eight"}
Rows = Callable[[], dict[str, list[Any]]]


@pytest.fixture
def article(trials: World) -> int:
    """An article of ``trials``."""
    return trials.article()


@pytest.fixture
def ann(trials: World, call: Call) -> Caller:
    """An annotator."""
    return call("ann")


def at(article: int, mark: str = "") -> str:
    """The address of an annotation."""
    return f"/projects/trials/articles/{article}/annotations/{mark or new_id()}"


def events(world: World) -> list[str]:
    """Kinds of the events on annotations, in order."""
    with world.database.read() as session:
        query = select(Event.kind).where(Event.kind.like("annotation.%")).order_by(Event.seq)
        return list(session.scalars(query))


def test_a_new_annotation(trials: World, article: int, ann: Caller) -> None:
    mark = new_id()
    answer = ann("PUT", at(article, mark), json=SPAN)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1{at(article, mark)}"
    assert answer.headers["ETag"] == '"1"'
    assert answer.json == {
        **SPAN,
        "id": mark,
        "annotator": "ann",
        "layer": "ann",
        "values": {"value": 8, "role": "in study, stage not stated"},
        "unconfirmed": ["value", "role"],
        "note": None,
        "unsure": False,
        "rev": 1,
    }
    shown = ann("GET", at(article, mark))
    assert (shown.json, shown.headers["ETag"]) == (answer.json, '"1"')
    assert events(trials) == ["annotation.added"]


SAME: list[dict[str, Any]] = [
    {},
    {"quote": None},
    {"values": {"role": "treated"}},
    {"values": {"value": 8.0, "role": "not stated"}},
    {"values": {"role": None}},
    {"note": " seen twice ", "unsure": True},
    {"values": {"value": 8}, "unconfirmed": ["value"]},
]


def test_the_same_again_changes_nothing(
    trials: World, article: int, ann: Caller, contents: Rows
) -> None:
    for extra in SAME:
        path = at(article)
        first = ann("PUT", path, json={**SPAN, **extra})
        assert first.status_code == 201, first.text
        before = contents()
        again = ann("PUT", path, json={**SPAN, **extra})
        assert (again.status_code, again.json) == (200, first.json), extra
        assert again.headers["ETag"] == first.headers["ETag"]
        echoed = ann("PUT", path, json=first.json)
        assert (echoed.status_code, echoed.json) == (200, first.json), extra
        assert contents() == before, extra
        ann("DELETE", path)


def test_put_replaces_everything(trials: World, article: int, ann: Caller) -> None:
    path = at(article)
    ann("PUT", path, json={**SPAN, "values": {"value": 8, "role": "treated"}, "note": "n"})
    answer = ann("PUT", path, json={**SPAN, "values": {"value": 9}, "unsure": True})
    assert answer.json["values"] == {"value": 9}
    assert (answer.json["note"], answer.json["unsure"]) == (None, True)
    moved = {"start": START, "end": START + 14, "label": "POPULATION", "quote": TEXT[START:][:14]}
    answer = ann("PUT", path, json=moved)
    assert answer.status_code == 200
    assert {name: answer.json[name] for name in moved} == moved
    assert events(trials)[-2:] == ["annotation.changed", "annotation.moved"]


def test_another_with_the_same_words_and_label(
    trials: World, article: int, ann: Caller, contents: Rows
) -> None:
    first, second = new_id(), new_id()
    ann("PUT", at(article, first), json=SPAN)
    before = contents()
    answer = ann("PUT", at(article, second), json=SPAN)
    assert (answer.status_code, answer.json["code"]) == (409, "duplicate")
    assert answer.json["existing"] == first
    assert contents() == before
    ann("PUT", at(article, second), json={**SPAN, "end": START + 14, "quote": None})
    for method, body in (("PUT", SPAN), ("PATCH", {"end": START + 5})):
        before = contents()
        answer = ann(method, at(article, second), json=body)
        assert (answer.status_code, answer.json.get("existing")) == (409, first)
        assert contents() == before


def test_the_way_to_the_end_state_avoids_third_annotations(
    trials: World, article: int, ann: Caller
) -> None:
    longer, shorter = {"end": START + 14, "quote": None}, {"end": START + 5}
    for other in (
        {**SPAN, **longer},  # in the way of moving first
        {**SPAN, **shorter, "label": "POPULATION"},  # in the way of relabelling first
    ):
        mark, third = new_id(), new_id()
        assert ann("PUT", at(article, mark), json=SPAN).status_code == 201
        assert ann("PUT", at(article, third), json=other).status_code == 201
        goal = {**SPAN, **longer, "label": "POPULATION"}
        assert ann("PUT", at(article, mark), json=goal).status_code == 200
        ann("DELETE", at(article, mark))
        ann("DELETE", at(article, third))


def test_two_people_may_mark_the_same(trials: World, article: int, ann: Caller, call: Call) -> None:
    mark = new_id()
    assert ann("PUT", at(article, mark), json=SPAN).status_code == 201
    assert call("bob")("PUT", at(article), json=SPAN).status_code == 201
    taken = call("bob")("PUT", at(article, mark), json={**SPAN, "label": "POPULATION"})
    assert (taken.status_code, taken.json["code"]) == (409, "id-taken")


def test_if_match(trials: World, article: int, ann: Caller, contents: Rows) -> None:
    path = at(article)
    ann("PUT", path, json=SPAN)
    assert ann("PATCH", path, json={"note": "a"}, headers={"If-Match": '"1"'}).json["rev"] == 2
    before = contents()
    for header in ('"1"', 'W/"2"', '"x"', '"1", "3"', ""):
        for method, options in (
            ("PUT", {"json": {**SPAN, "note": "b"}}),
            ("PATCH", {"json": {"note": "b"}}),
            ("DELETE", {}),
        ):
            answer = ann(method, path, headers={"If-Match": header}, **options)
            assert (answer.status_code, answer.json["code"]) == (412, "stale"), (header, method)
    stale = ann("PUT", path, json={**SPAN, "rev": 1})
    assert stale.status_code == 412
    assert contents() == before
    for rev, header in ((3, '"2"'), (4, '"9", "3"'), (5, "*"), (6, '"5:br"')):
        answer = ann("PATCH", path, json={"note": str(rev)}, headers={"If-Match": header})
        assert (answer.status_code, answer.json["rev"]) == (200, rev)
    assert ann("DELETE", path, headers={"If-Match": '"6"'}).status_code == 204


def test_patch(trials: World, article: int, ann: Caller, contents: Rows) -> None:
    path = at(article)
    ann("PUT", path, json={**SPAN, "note": "kept", "values": {"role": "treated"}})
    before = contents()
    for nothing in ({}, {"note": "kept"}, {"values": {"role": "treated"}}, {"quote": "Eight"}):
        assert ann("PATCH", path, json=nothing).json["rev"] == 1
    assert contents() == before
    wrong = ann("PATCH", path, json={"quote": "Nine"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "wrong-quote")
    answer = ann("PATCH", path, json={"values": {"value": 7, "role": None}})
    assert answer.json["values"] == {"value": 7}
    assert (answer.json["note"], answer.json["unconfirmed"]) == ("kept", [])
    answer = ann(
        "PATCH",
        path,
        data=f'{{"note": null, "end": {START + 14}}}',
        content_type="application/merge-patch+json",
    )
    assert (answer.json["note"], answer.json["quote"]) == (None, TEXT[START : START + 14])
    for extra in ({"id": new_id()}, {"rev": 1}, {"unconfirmed": []}):
        assert ann("PATCH", path, json=extra).status_code == 422


def test_delete_and_put_again(trials: World, article: int, ann: Caller) -> None:
    path = at(article)
    ann("PUT", path, json=SPAN)
    gone = ann("DELETE", path, headers={"Accept-Encoding": "gzip"})
    assert (gone.status_code, gone.data) == (204, b"")
    assert not {"Content-Type", "Content-Encoding"} & set(gone.headers.keys())
    for method in ("GET", "DELETE"):
        assert ann(method, path).status_code == 404
    assert ann("PATCH", path, json={"unsure": True}).status_code == 404
    assert ann("PUT", path, json=SPAN, headers={"If-Match": "*"}).status_code == 412
    assert ann("PUT", path, json=SPAN).status_code == 201
    assert ann("GET", path).status_code == 200
    assert events(trials) == ["annotation.added", "annotation.deleted", "annotation.restored"]


def test_a_finished_article_is_closed(trials: World, article: int, ann: Caller) -> None:
    path, steps = at(article), f"/projects/trials/articles/{article}"
    ann("PUT", path, json=SPAN)
    done = ann("POST", f"{steps}/done")
    assert (done.status_code, done.json["state"]) == (200, "done")
    for answer in (
        ann("PUT", path, json={**SPAN, "note": "late"}),
        ann("PUT", at(article), json={**SPAN, "label": "POPULATION"}),
        ann("PATCH", path, json={"note": "late"}),
        ann("DELETE", path),
    ):
        assert (answer.status_code, answer.json["code"]) == (409, "layer-closed")
    assert ann("PUT", path, json=SPAN).status_code == 200
    again = ann("POST", f"{steps}/done", json={})
    assert (again.status_code, again.json["code"]) == (409, "wrong-state")
    assert ann("POST", f"{steps}/reopen", json={"reason": "missed one"}).json["state"] == "open"
    assert ann("DELETE", path).status_code == 204
    wordless = ann("POST", f"{steps}/skip", json={"reason": "other"})
    assert (wordless.status_code, wordless.json["code"]) == (422, "note-missing")
    skipped = ann("POST", f"{steps}/skip", json={"reason": "other", "note": "a poem"})
    assert skipped.json["skip_reason"] == "other"


def test_the_quota_of_readers_holds(trials: World, article: int, ann: Caller, call: Call) -> None:
    trials.project("single", quota=1, ann="annotator", bob="annotator", boss="manager")
    only = trials.article("single", external_id="s")
    path = f"/projects/single/articles/{only}/annotations/"
    assert call("ann")("PUT", path + new_id(), json=SPAN).status_code == 201
    late = call("bob")("PUT", path + new_id(), json=SPAN)
    assert (late.status_code, late.json["code"]) == (409, "quota-full")
    assert call("boss")("PUT", path + new_id(), json=SPAN).status_code == 201


def test_an_article_without_tokens_takes_annotations(trials: World, ann: Caller) -> None:
    path = at(trials.article(external_id="fresh", ready=False))
    assert ann("PUT", path, json=SPAN).status_code == 201
    assert ann("GET", path).status_code == 200


def test_a_key_makes_a_write_count_once(
    trials: World, article: int, ann: Caller, contents: Rows
) -> None:
    path, key = at(article), {"Idempotency-Key": new_id()}
    first = ann("PUT", path, json=SPAN, headers=key)
    before = contents()
    again = ann("PUT", path, json=SPAN, headers={"Idempotency-Key": key["Idempotency-Key"].upper()})
    assert (again.status_code, again.json, again.headers["ETag"]) == (201, first.json, '"1"')
    assert contents() == before
    for method, options in (
        ("PUT", {"json": {**SPAN, "note": "x"}}),
        ("PATCH", {"json": {"note": "x"}}),
        ("DELETE", {}),
    ):
        other = ann(method, path, headers=key, **options)
        assert (other.status_code, other.json["code"]) in [
            (422, "idempotency-key"),
            (409, "operation-id"),
        ]
        assert contents() == before
    gone = {"Idempotency-Key": new_id()}
    assert ann("DELETE", path, headers=gone).status_code == 204
    assert ann("DELETE", path, headers=gone).status_code == 204
    assert ann("DELETE", path).status_code == 404
    with trials.database.read() as session:
        kept = select(func.count()).where(Operation.id == gone["Idempotency-Key"])
        assert session.scalar(kept) == 1


def test_a_refused_write_leaves_its_key_free(trials: World, article: int, ann: Caller) -> None:
    path, key = at(article), {"Idempotency-Key": new_id()}
    assert ann("PUT", path, json={**SPAN, "quote": "Nine"}, headers=key).status_code == 422
    assert ann("PUT", path, json=SPAN, headers=key).status_code == 201
