"""Records that are not taken: each with its status and code, and nothing is changed."""

import json

from tests.api.conftest import Call
from tests.api.problems import Contents, expect, raw
from tests.world import World, new_id

RECORDS: list[tuple[str, object, int, str]] = [
    ("an id that is there", {"id": "a1", "text": "Other words."}, 409, "duplicate-id"),
    ("no text", {"id": "n"}, 422, "faulty-body"),
    ("empty text", {"text": ""}, 422, "faulty-body"),
    ("blank text", {"text": " \n "}, 422, "empty-text"),
    ("text that is a number", {"text": 5}, 422, "faulty-body"),
    ("extra key", {"text": "a", "spans": []}, 422, "faulty-body"),
    ("a list", [{"text": "a"}], 422, "faulty-body"),
    ("long id", {"id": "x" * 201, "text": "a"}, 422, "faulty-body"),
    ("bad language", {"text": "a", "language": "English language"}, 422, "faulty-body"),
    (
        "blocks out of order",
        {"text": "a b", "blocks": [[2, 3, "body"], [0, 1, "body"]]},
        422,
        "bad-blocks",
    ),
    (
        "blocks that overlap",
        {"text": "a b", "blocks": [[0, 2, "body"], [1, 3, "body"]]},
        422,
        "bad-blocks",
    ),
    ("a block outside", {"text": "a b", "blocks": [[0, 4, "body"]]}, 422, "bad-blocks"),
    ("text without block", {"text": "a b", "blocks": [[0, 1, "body"]]}, 422, "bad-blocks"),
    ("unknown kind of block", {"text": "a b", "blocks": [[0, 3, "poem"]]}, 422, "faulty-body"),
    ("a stranger's layer", {"text": "a b", "done": ["cat"]}, 422, "not-a-member"),
    ("unlisted reason", {"text": "a b", "skipped": {"ann": "boring"}}, 422, "bad-record"),
    (
        "wrong quote",
        {"text": "a b", "annotations": [{"start": 0, "end": 1, "label": "OUTCOME", "quote": "b"}]},
        422,
        "wrong-quote",
    ),
    (
        "range outside",
        {"text": "a b", "annotations": [{"start": 0, "end": 9, "label": "OUTCOME"}]},
        422,
        "outside-text",
    ),
    (
        "a label that cannot be made",
        {"text": "a b", "annotations": [{"start": 0, "end": 1, "label": "not a name"}]},
        422,
        "bad-name",
    ),
    (
        "two layers at once",
        {
            "text": "a",
            "annotations": [
                {"start": 0, "end": 1, "label": "OUTCOME", "annotator": "ann", "layer": "bob"}
            ],
        },
        422,
        "bad-record",
    ),
    (
        "relation to nothing",
        {"text": "a", "relations": [{"type": "same_as", "from": new_id(), "to": new_id()}]},
        422,
        "invalid",
    ),
    (
        "done and skipped",
        {"text": "a", "done": ["ann"], "skipped": {"ann": "other"}},
        422,
        "bad-record",
    ),
    ("a list of faults", {"text": "a", "annotations": [0] * 100_000}, 422, "faulty-body"),
    (
        "an answer that points at nothing",
        {
            "text": "a",
            "answers": [{"question": "harms", "answer": "found", "annotation": new_id()}],
        },
        422,
        "bad-record",
    ),
    (
        "two answers",
        {"text": "a", "answers": [{"question": "harms", "answer": "found"}] * 2},
        422,
        "bad-record",
    ),
    (
        "unknown question",
        {"text": "a", "answers": [{"question": "weather", "answer": "found"}]},
        422,
        "invalid",
    ),
]


def test_refused_records(trials: World, call: Call, contents: Contents) -> None:
    boss = call("boss")
    trials.article()
    before = contents()
    for what, record, status, code in RECORDS:
        answer = boss("POST", "/projects/trials/articles", json=record)
        assert answer.status_code == status, (what, answer.text)
        expect(answer, status, code)
        assert contents() == before, what
    refuse = "/projects/trials/articles?labels=refuse"
    unknown = {"text": "a", "annotations": [{"start": 0, "end": 1, "label": "BRAND_NEW"}]}
    expect(boss("POST", refuse, json=unknown), 422, "unknown-label")
    expect(boss("POST", f"{refuse}&labels=create", json=unknown), 422, "query")
    expect(boss("POST", "/projects/trials/articles?label=refuse", json=unknown), 422, "faulty-body")
    lines = "".join(json.dumps({"text": "a"}) + "\n" for _ in range(101))
    answer = boss("POST", "/projects/trials/articles", **raw(lines, "application/jsonl"))
    expect(answer, 422, "too-many-records")
    answer = boss("POST", "/projects/trials/articles", **raw("x\n{}", "application/x-ndjson"))
    expect(answer, 422, "faulty-body")
    assert [(e["line"], e["code"]) for e in answer.json["errors"]] == [
        (1, "malformed"),
        (2, "faulty-body"),
    ]
    assert contents() == before
