"""What is refused: each with its status, its code and a sentence, and nothing is changed."""

import json
import re
import uuid
from typing import Any

import pytest

from annotator.domain.permissions import LOCAL
from annotator.services import labels
from tests.api.conftest import Call, Caller
from tests.api.problems import Contents, expect, raw
from tests.world import TEXT, World, new_id

START = TEXT.index("Eight")
SPAN = {"start": START, "end": START + 5, "label": "PATIENT_COUNT", "quote": "Eight"}
BIG = "9" * 5_000


def span(**changes: object) -> dict[str, Any]:
    """The options of a request whose body is the good span but for ``changes``."""
    return {"json": {name: v for name, v in {**SPAN, **changes}.items() if v is not ...}}


PUTS: list[tuple[str, dict[str, Any], int, str]] = [
    ("wrong quote", span(quote="eight"), 422, "wrong-quote"),
    ("longer quote", span(quote="Eight "), 422, "wrong-quote"),
    ("empty quote", span(quote=""), 422, "faulty-body"),
    ("zero length", span(end=START), 422, "zero-length"),
    ("reversed", span(start=START + 5, end=START), 422, "reversed-range"),
    ("behind the text", span(end=len(TEXT) + 1), 422, "outside-text"),
    ("far behind the text", span(start=10**6, end=10**6 + 5), 422, "outside-text"),
    ("before the text", span(start=-1), 422, "faulty-body"),
    ("between blocks", span(start=18, end=20, quote=...), 422, "blank"),
    ("blank in a block", span(start=START + 5, end=START + 6, quote=" "), 422, "blank"),
    ("unknown label", span(label="NO_SUCH"), 422, "unknown-label"),
    ("label of another project", span(label="OTHERS_OWN"), 422, "unknown-label"),
    ("label that is off", span(label="SWITCHED_OFF"), 422, "label-off"),
    ("empty label", span(label=""), 422, "faulty-body"),
    ("no label", span(label=...), 422, "faulty-body"),
    ("null start", span(start=None), 422, "faulty-body"),
    ("start as text", span(start="20"), 422, "faulty-body"),
    ("start as truth", span(start=True), 422, "faulty-body"),
    ("start as fraction", span(start=20.5), 422, "faulty-body"),
    ("extra key", span(colour="red"), 422, "faulty-body"),
    ("parts", span(parts=[[0, 5], [9, 12]]), 422, "faulty-body"),
    ("unknown value", span(values={"size": 8}), 422, "unknown-value"),
    ("option not listed", span(values={"role": "bystander"}), 422, "bad-value"),
    ("number as text", span(values={"value": "eight"}), 422, "bad-value"),
    ("truth as value", span(values={"value": True}), 422, "faulty-body"),
    ("list as value", span(values={"value": [8]}), 422, "faulty-body"),
    ("huge number", span(values={"value": 1e301}), 422, "bad-value"),
    ("a guess that is none", span(values={"value": 9}, unconfirmed=["value"]), 422, "not-a-guess"),
    ("a guess without value", span(unconfirmed=["value"]), 422, "not-a-guess"),
    ("long note", span(note="x" * 2_001), 422, "faulty-body"),
    ("another's layer", span(layer="bob"), 422, "wrong-name"),
    ("another's name", span(annotator="bob"), 422, "wrong-name"),
    ("another id in the body", span(id=str(uuid.UUID(int=7))), 422, "wrong-name"),
    ("revision of nothing", span(rev=1), 412, "stale"),
    ("a list", {"json": [SPAN]}, 422, "faulty-body"),
    ("null", raw("null"), 422, "faulty-body"),
    ("no body", raw(""), 400, "malformed"),
    ("half a body", raw('{"start": 1,'), 400, "malformed"),
    ("not UTF-8", raw(json.dumps(SPAN).encode("utf-16")), 400, "malformed"),
    ("NaN", raw('{"start": NaN}'), 400, "malformed"),
    ("a key twice", raw('{"start": 1, "start": 2}'), 422, "duplicate-key"),
    ("5,000 digits", raw(f'{{"start": {BIG}}}'), 422, "number-too-long"),
    ("30 digits", raw(json.dumps({**SPAN, "start": 10**30})), 422, "number-too-long"),
    ("18 digits", raw(json.dumps({**SPAN, "start": 10**17})), 422, "faulty-body"),
    ("half a pair", raw(json.dumps({**SPAN, "note": "\ud800"})), 422, "unstorable-character"),
    ("NUL", raw(json.dumps({**SPAN, "note": "a\0"})), 422, "unstorable-character"),
    ("deep nesting", raw("[" * 90_000), 422, "too-deep"),
    ("form", raw("start=1", "application/x-www-form-urlencoded"), 415, "content-type"),
    ("no content type", {"data": json.dumps(SPAN)}, 415, "content-type"),
    ("text", raw(json.dumps(SPAN), "text/plain"), 415, "content-type"),
    (
        "a key that is no UUID",
        {**span(), "headers": {"Idempotency-Key": "1"}},
        422,
        "idempotency-key",
    ),
    ("a revision of nothing", {**span(), "headers": {"If-Match": '"1"'}}, 412, "stale"),
    ("anything, of nothing", {**span(), "headers": {"If-Match": "*"}}, 412, "stale"),
]


@pytest.fixture
def ann(trials: World, call: Call) -> Caller:
    """An annotator of ``trials``, where one label is off and another project has one of its own."""
    with trials.database.write() as session:
        labels.add_label(session, LOCAL, slug="other", name="OTHERS_OWN")
        labels.add_label(session, LOCAL, slug="trials", name="SWITCHED_OFF")
        labels.change_label(session, LOCAL, slug="trials", name="SWITCHED_OFF", state="off")
    return call("ann")


def test_refused_annotations(trials: World, ann: Caller, contents: Contents) -> None:
    article = trials.article()
    before = contents()
    for what, options, status, code in PUTS:
        path = f"/projects/trials/articles/{article}/annotations/{new_id()}"
        answer = ann("PUT", path, **options)
        assert answer.status_code == status, (what, answer.text)
        expect(answer, status, code)
        assert contents() == before, what


def test_refused_places(trials: World, ann: Caller, contents: Contents) -> None:
    article, foreign = trials.article(), trials.article("other", external_id="b1")
    before = contents()
    mark = new_id()
    for path, status, code in [
        (f"/projects/trials/articles/{foreign}/annotations/{mark}", 404, "not-found"),
        (f"/projects/other/articles/{foreign}/annotations/{mark}", 404, "not-found"),
        (f"/projects/trials/articles/999/annotations/{mark}", 404, "not-found"),
        (f"/projects/trials/articles/0/annotations/{mark}", 404, "not-found"),
        (f"/projects/trials/articles/{2**31}/annotations/{mark}", 404, "not-found"),
        (f"/projects/trials/articles/{BIG}/annotations/{mark}", 404, "not-found"),
        (f"/projects/trials/articles/x/annotations/{mark}", 404, "not-found"),
        (f"/projects/%00/articles/{article}/annotations/{mark}", 404, "not-found"),
        (f"/projects/trials/articles/{article}/annotations/{mark.upper()}", 422, "bad-id"),
        (f"/projects/trials/articles/{article}/annotations/%00", 422, "bad-id"),
        (f"/projects/trials/articles/{article}/annotations/{'a' * 5_000}", 422, "bad-id"),
    ]:
        expect(ann("PUT", path, json=SPAN), status, code)
        for method in ("GET", "DELETE"):
            expect(ann(method, path), 404, "not-found")
        expect(ann("PATCH", path, json={"unsure": True}), 404, "not-found")
        assert contents() == before, path


REQUESTS: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("GET", "/nothing", {}, 404, "not-found"),
    ("DELETE", "/projects", {}, 405, "method-not-allowed"),
    ("GET", "/projects?cursor=%00", {}, 422, "query"),
    ("GET", "/projects?cursor=5", {}, 422, "cursor"),
    ("GET", "/projects?cursor=WzEsMl0", {}, 422, "cursor"),
    ("GET", "/projects?limit=0", {}, 422, "faulty-body"),
    ("GET", "/projects?limit=201", {}, 422, "faulty-body"),
    ("GET", "/projects?limit=1.0", {}, 422, "faulty-body"),
    ("GET", "/projects?limit=5&limit=5", {}, 422, "query"),
    ("GET", "/projects?page=2", {}, 422, "faulty-body"),
    ("GET", "/projects/trials/articles?cursor=x", {}, 422, "cursor"),
    ("GET", f"/projects/trials/articles?cursor={2**31}", {}, 422, "cursor"),
    ("GET", f"/projects/trials/articles?cursor={'9' * 300}", {}, 422, "cursor"),
    ("POST", "/projects", {"json": {"slug": "trials"}}, 409, "name-taken"),
    ("POST", "/projects", {"json": {"slug": "new"}}, 422, "bad-name"),
    ("POST", "/projects", {"json": {"slug": "-x"}}, 422, "faulty-body"),
    ("POST", "/projects", {"json": {"slug": "x", "scheme": "none"}}, 422, "unknown-scheme"),
    (
        "POST",
        "/projects",
        {"json": {"slug": "x", "annotators_per_article": 0}},
        422,
        "faulty-body",
    ),
    ("POST", "/projects", {"json": {"slug": "x", "blind": "yes"}}, 422, "faulty-body"),
    ("GET", "/jobs/999", {}, 404, "not-found"),
    ("GET", "/jobs/999/file", {}, 404, "not-found"),
]


def test_refused_requests(trials: World, call: Call, contents: Contents) -> None:
    root, boss = call("root"), call("boss")
    before = contents()
    for method, path, options, status, code in REQUESTS:
        answer = (boss if "/articles" in path else root)(method, path, **options)
        assert answer.status_code == status, (path, options, answer.text)
        expect(answer, status, code)
        if status == 405:
            assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
        assert contents() == before, (path, options)


def test_too_large(trials: World, call: Call, contents: Contents) -> None:
    boss = call("boss")
    boss.app.config["MAX_CONTENT_LENGTH"] = 1_000
    before = contents()
    body = {"text": "word " * 300}
    expect(boss("POST", "/projects/trials/articles", json=body), 413, "too-large")
    assert contents() == before


def test_an_unexpected_error_says_nothing_of_itself(
    trials: World, call: Call, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("annotator.api.projects.count_articles", fail)
    answer = call("ann")("GET", "/projects/trials")
    expect(answer, 500, "unexpected")
    assert "secret" not in answer.text
    assert "a secret of the inside" in caplog.text
    number = re.search(r"the number ([0-9a-f]{8})", answer.json["detail"])
    assert number
    assert f"unexpected error {number[1]}" in caplog.text
