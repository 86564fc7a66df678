"""Articles as records: taken in, listed page by page, and shown with what the caller may see."""

import json
from typing import Any

import pytest
from sqlalchemy import event, select

from annotator.services import records
from annotator.services.jobs import list_jobs
from annotator.storage.tables import Job
from tests.api.conftest import Call, Caller
from tests.world import TEXT, World, new_id

ARTICLES = "/projects/trials/articles"
COUNT, GROUP = new_id(), new_id()
RECORD: dict[str, Any] = {
    "id": "press-1",
    "text": "A small trial\n\nEight patients were helped. 𝑝 was small 😀.\n\nNobody knows more.",
    "title": "A small trial",
    "language": "en",
    "batch": "May",
    "meta": {
        "url": "https://example.org/1",
        "published": "2026-02-14",
        "score": 1.5,
        "tags": ["a"],
    },
    "blocks": [[0, 13, "title"], [15, 57, "body"], [59, 77, "body"]],
    "annotations": [
        {
            "id": COUNT,
            "start": 15,
            "end": 20,
            "label": "PATIENT_COUNT",
            "quote": "Eight",
            "annotator": "ann",
            "values": {"value": 8, "role": "treated"},
            "unconfirmed": ["role"],
            "layer": "ann",
            "note": "first",
            "unsure": True,
        },
        {"id": GROUP, "start": 15, "end": 29, "label": "POPULATION", "annotator": "ann"},
        {"start": 43, "end": 44, "label": "OUTCOME", "quote": "𝑝", "annotator": "boss"},
    ],
    "relations": [{"type": "same_as", "from": COUNT, "to": GROUP, "annotator": "ann"}],
    "answers": [
        {"question": "harms", "answer": "not reported", "annotator": "ann"},
        {
            "question": "number_of_people",
            "answer": "found",
            "annotator": "ann",
            "annotation": COUNT,
        },
    ],
    "done": ["ann"],
    "skipped": {"bob": "duplicate"},
}


@pytest.fixture
def boss(trials: World, call: Call) -> Caller:
    """A manager."""
    return call("boss")


def test_a_record_comes_back_as_it_was_sent(trials: World, boss: Caller) -> None:
    answer = boss("POST", ARTICLES, json=RECORD)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/v1{ARTICLES}/{answer.json['id']}"
    assert answer.json["external_id"] == "press-1"
    assert answer.json["ready"] is False
    shown = boss("GET", f"{ARTICLES}/{answer.json['id']}").json
    assert shown["id"] == answer.json["id"]
    for name in ("text", "title", "language", "batch", "meta", "blocks", "relations", "skipped"):
        assert shown[name] == RECORD[name], name
    assert shown["done"] == ["ann"]
    assert [{**given, "annotation": given.get("annotation")} for given in shown["answers"]] == [
        {**answer, "annotation": answer.get("annotation")}
        for answer in sorted(RECORD["answers"], key=lambda a: a["question"] == "harms")
    ]
    first = next(a for a in shown["annotations"] if a["id"] == COUNT)
    assert first == {**RECORD["annotations"][0], "rev": 1}
    for annotation in shown["annotations"]:
        quote = shown["text"][annotation["start"] : annotation["end"]]
        assert annotation["quote"] == quote
    assert (shown["layer"]["state"], shown["layer"]["seq"]) == ("open", 1)


def test_the_job_for_its_tokens_is_asked(trials: World, boss: Caller) -> None:
    boss("POST", ARTICLES, json={"text": "One."})
    with trials.database.read() as session:
        actor = trials.actor("boss")
        [project_id] = actor.memberships
        [job] = list_jobs(session, actor, project_id=project_id, kind="tokens")
    shown = boss("GET", f"/jobs/{job.id}").json
    assert (shown["kind"], shown["state"], shown["file"]) == ("tokens", "queued", None)


def test_line_ends_are_counted_once(trials: World, boss: Caller) -> None:
    text = "\ufeffA title\r\n\r\nEight dogs\r\nran."
    at = text.index("Eight")
    mark = {"start": at, "end": at + 10, "label": "POPULATION", "quote": "Eight dogs"}
    crossing = {"start": at, "end": at + 15, "label": "OUTCOME"}
    answer = boss("POST", ARTICLES, json={"text": text, "annotations": [mark, crossing]})
    assert answer.status_code == 201, answer.text
    shown = boss("GET", f"{ARTICLES}/{answer.json['id']}").json
    assert shown["text"] == "A title\n\nEight dogs\nran."
    quotes = {a["label"]: a["quote"] for a in shown["annotations"]}
    assert quotes == {"POPULATION": "Eight dogs", "OUTCOME": "Eight dogs\nran"}


def test_lines(trials: World, boss: Caller) -> None:
    trials.article(external_id="a1")
    records: list[object] = [
        {"id": "l1", "text": "One dog."},
        {"id": "a1", "text": "Again."},
        {
            "id": "l2",
            "text": "Two dogs.",
            "annotations": [{"start": 0, "end": 3, "label": "FIRST_NEW", "quote": "Six"}],
        },
        {
            "id": "l3",
            "text": "Three dogs.",
            "annotations": [{"start": 0, "end": 5, "label": "SECOND_NEW", "quote": "Three"}],
        },
        {"text": "Four dogs.", "colour": "red"},
    ]
    lines = "\n".join(map(json.dumps, records)) + "\n\n{]\n"
    key = {"Idempotency-Key": new_id()}
    answers = [
        boss("POST", ARTICLES, data=lines, content_type="application/jsonl", headers=key)
        for _ in range(2)
    ]
    assert answers[0].json == answers[1].json
    assert answers[0].status_code == answers[1].status_code == 201
    items = answers[0].json["items"]
    assert [(i["line"], i["status"], i["code"]) for i in items] == [
        (1, "created", None),
        (2, "refused", "duplicate-id"),
        (3, "refused", "wrong-quote"),
        (4, "created", None),
        (5, "refused", "faulty-body"),
        (7, "refused", "malformed"),
    ]
    assert all(bool(item["detail"]) == (item["status"] == "refused") for item in items)
    listed = boss("GET", ARTICLES).json["items"]
    assert [row["external_id"] for row in listed] == ["a1", "l1", "l3"]
    assert [row["id"] for row in listed[1:]] == [items[0]["id"], items[3]["id"]]
    labels = {label["name"] for label in boss("GET", "/projects/trials").json["labels"]}
    assert "SECOND_NEW" in labels
    assert "FIRST_NEW" not in labels


def bulk(number: int) -> bytes:
    return "\n".join(
        json.dumps({"id": f"b{n}", "text": f"Dog {n}."}) for n in range(number)
    ).encode()


def test_no_writer_waits_for_more_than_one_record(trials: World, boss: Caller) -> None:
    commits: list[int] = []
    event.listen(trials.database._writer, "commit", lambda _: commits.append(1))
    answer = boss("POST", ARTICLES, data=bulk(5), content_type="application/jsonl")
    assert [item["status"] for item in answer.json["items"]] == ["created"] * 5
    assert len(commits) == 5 + 1  # the reply comes with the job that makes the tokens


def test_lines_that_were_cut_off_go_on_where_they_ended(
    trials: World, boss: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []
    whole = records.store_record

    def cut(session, actor, *, prepared, **more):
        if len(taken) == 3:
            raise RuntimeError("the power is gone")
        taken.append(prepared.record.id)
        return whole(session, actor, prepared=prepared, **more)

    options = {"data": bulk(5), "content_type": "application/jsonl"}
    key = {"Idempotency-Key": new_id()}
    monkeypatch.setattr(records, "store_record", cut)
    assert boss("POST", ARTICLES, headers=key, **options).status_code == 500
    stored = [row["id"] for row in boss("GET", ARTICLES).json["items"]]
    assert len(stored) == 3
    with trials.database.read() as session:
        assert session.scalars(select(Job.kind).where(Job.state == "queued")).all() == ["tokens"]
    monkeypatch.undo()
    answers = [boss("POST", ARTICLES, headers=key, **options) for _ in range(2)]
    assert answers[0].text == answers[1].text
    items = answers[0].json["items"]
    assert [(item["status"], item["external_id"]) for item in items] == [
        ("created", f"b{n}") for n in range(5)
    ]
    assert [item["id"] for item in items][:3] == stored
    assert len(boss("GET", ARTICLES).json["items"]) == 5
    other = {"data": bulk(4), "content_type": "application/jsonl"}
    refused = boss("POST", ARTICLES, headers=key, **other)
    assert (refused.status_code, refused.json["code"]) == (422, "idempotency-key")
    alone = boss("POST", ARTICLES, headers=key, json={"text": "A cat."})
    assert (alone.status_code, alone.json["code"]) == (422, "idempotency-key")
    assert len(boss("GET", ARTICLES).json["items"]) == 5


def test_pages(trials: World, boss: Caller, call: Call) -> None:
    ids = [trials.article(external_id=f"a{number}") for number in range(5)]
    seen, path = [], f"{ARTICLES}?limit=2"
    sizes = []
    while path:
        page = boss("GET", path).json
        seen += [row["id"] for row in page["items"]]
        sizes.append(len(page["items"]))
        path = f"{ARTICLES}?limit=2&cursor={page['next']}" if page["next"] else ""
        if len(sizes) == 1:
            ids.append(trials.article(external_id="later"))
    assert seen == ids
    assert sizes == [2, 2, 2]
    found = boss("GET", f"{ARTICLES}?external_id=a3").json
    assert ([row["id"] for row in found["items"]], found["next"]) == ([ids[3]], None)
    assert boss("GET", f"{ARTICLES}?external_id=none").json == {"items": [], "next": None}
    row = call("ann")("GET", f"{ARTICLES}?limit=1").json["items"][0]
    assert (row["external_id"], row["state"], row["length"]) == ("a0", "new", len(TEXT))


def test_pages_of_annotations(trials: World, boss: Caller) -> None:
    article = trials.article()
    actor = trials.actor("boss")
    marks = [trials.mark(actor, article, "POPULATION", 20, end) for end in (25, 31, 34)]
    path, seen = f"{ARTICLES}/{article}/annotations?limit=2", []
    first = boss("GET", path).json
    assert len(first["items"]) == 2
    rest = boss("GET", f"{path}&cursor={first['next']}").json
    assert rest["next"] is None
    seen = [a["id"] for a in first["items"] + rest["items"]]
    assert seen == marks


@pytest.mark.parametrize("blind", [True, False])
def test_who_sees_whose_work(world: World, call: Call, blind: bool) -> None:
    world.project(
        quota=2, blind=blind, boss="manager", rev="reviewer", ann="annotator", bob="annotator"
    )
    article = world.article()
    marks = {
        name: world.mark(world.actor(name), article, "POPULATION", 20, 25 + place)
        for place, name in enumerate(("ann", "bob", "boss"))
    }
    world.finish(world.actor("bob"), article)
    for name in ("ann", "bob", "boss", "rev"):
        caller = call(name)
        sees = {"ann", "bob", "boss"} if name in ("boss", "rev") or not blind else {name}
        shown = caller("GET", f"{ARTICLES}/{article}").json
        assert {a["annotator"] for a in shown["annotations"]} == sees
        assert shown["done"] == (["bob"] if "bob" in sees else [])
        listed = caller("GET", f"{ARTICLES}/{article}/annotations").json["items"]
        assert {a["annotator"] for a in listed} == sees
        for owner, mark in marks.items():
            status = 200 if owner in sees else 404
            path = f"{ARTICLES}/{article}/annotations"
            assert caller("GET", f"{path}/{mark}").status_code == status
            items = caller("GET", f"{path}?layer={owner}").json["items"]
            assert [a["id"] for a in items] == ([mark] if owner in sees else [])
            if owner != name:
                assert caller("PATCH", f"{path}/{mark}", json={"note": "x"}).status_code == 404
                assert caller("DELETE", f"{path}/{mark}").status_code == 404


def test_an_article_that_enough_people_read_is_not_shown(world: World, call: Call) -> None:
    world.project(quota=1, ann="annotator", bob="annotator", rev="reviewer")
    article = world.article()
    world.mark(world.actor("ann"), article, "POPULATION", 20, 25)
    assert call("bob")("GET", ARTICLES).json["items"] == []
    assert call("bob")("GET", f"{ARTICLES}/{article}").status_code == 404
    assert call("bob")("GET", f"{ARTICLES}/{article}/annotations").status_code == 404
    assert call("rev")("GET", f"{ARTICLES}/{article}").status_code == 200
