"""Canonical JSON Lines in: what is read, and one sentence a broken line."""

import json
from pathlib import Path
from typing import Any

import pytest

from annotator.domain.blocks import Block
from annotator.domain.corpus import Annotation, Answer, Article, Relation
from annotator.importers.base import Refused
from annotator.importers.jsonl import JSONL

FULL = {
    "id": "a1",
    "text": "Eight people.",
    "title": "T",
    "meta": {"doi": "10.1/x", "n": [1, {"a": None}]},
    "annotations": [
        {
            "id": "u1",
            "start": 0,
            "end": 5,
            "label": "PATIENT_COUNT",
            "quote": "Eight",
            "annotator": "ann",
            "values": {"value": 8, "role": "treated", "unset": None},
            "layer": "gold",
            "note": "sure",
            "unconfirmed": ["role"],
            "unsure": True,
        }
    ],
    "relations": [{"type": "has_count", "from": "u1", "to": "u2", "annotator": "ann"}],
    "answers": [
        {"question": "harms", "answer": "found", "annotator": "ann", "annotation": "u1"},
        {"question": "age", "answer": "unclear", "annotator": "ann"},
    ],
    "done": ["ann"],
    "skipped": {"bob": "duplicate"},
    "batch": "b1",
    "language": "de",
    "blocks": [[0, 13, "heading"]],
}


def read(path: Path, data: bytes | str) -> list[Article | Refused]:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(JSONL.read(path))


def one(path: Path, record: Any) -> Article | Refused:
    [found] = read(path, json.dumps(record))
    return found


def test_every_field_is_read(tmp_path: Path) -> None:
    assert one(tmp_path / "f.jsonl", FULL) == Article(
        id="a1",
        text="Eight people.",
        title="T",
        language="de",
        meta={"doi": "10.1/x", "n": [1, {"a": None}]},
        batch="b1",
        blocks=(Block("heading", 0, 13, 1),),
        annotations=(
            Annotation(
                "u1",
                0,
                5,
                "PATIENT_COUNT",
                "Eight",
                "ann",
                "gold",
                {"value": 8, "role": "treated"},
                ("role",),
                "sure",
                True,
            ),
        ),
        relations=(Relation("has_count", "u1", "u2", "ann"),),
        answers=(Answer("harms", "found", "ann", "u1"), Answer("age", "unclear", "ann")),
        done=("ann",),
        skipped={"bob": "duplicate"},
    )


def test_a_text_is_enough(tmp_path: Path) -> None:
    assert one(tmp_path / "f.jsonl", {"text": "x"}) == Article("f-1", "x")


def test_what_an_annotation_leaves_out_is_made(tmp_path: Path) -> None:
    short = {"start": 0, "end": 5, "label": "N", "annotator": "ann"}
    found = one(tmp_path / "f.jsonl", {"text": "Eight people.", "annotations": [short, short]})
    assert isinstance(found, Article)
    first, second = found.annotations
    assert (first.quote, first.layer) == ("Eight", "ann")
    assert first.id != second.id


def test_a_broken_line_costs_itself_only(tmp_path: Path) -> None:
    lines = ['{"text": "a"}', '{"text": ', "", '{"text": "b"}']
    found = read(tmp_path / "f.jsonl", "\n".join(lines))
    assert [type(entry) for entry in found] == [Article, Refused, Article]
    refused = found[1]
    assert isinstance(refused, Refused)
    assert (refused.file, refused.line) == ("f.jsonl", 2)
    assert found[2] == Article("f-4", "b")


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x1c", "\r"])
def test_only_a_line_feed_ends_a_line(tmp_path: Path, separator: str) -> None:
    data = json.dumps({"text": f"a{separator}b"}, ensure_ascii=separator < " ")
    assert read(tmp_path / "f.jsonl", data + "\n") == [Article("f-1", f"a{separator}b")]


def test_crlf_and_a_byte_order_mark_are_no_fault(tmp_path: Path) -> None:
    found = read(tmp_path / "f.jsonl", '\ufeff{"text": "a"}\r\n{"text": "b"}\r\n')
    assert found == [Article("f-1", "a"), Article("f-2", "b")]


HOSTILE = {
    "lone surrogate": (b'{"text": "a\\ud800b"}', "surrogate"),
    "surrogate in a key": (b'{"text": "a", "meta": {"\\uDC00": 1}}', "surrogate"),
    "escaped NUL": (b'{"text": "a\\u0000b"}', "NUL"),
    "NaN": (b'{"text": "a", "meta": {"x": NaN}}', "NaN"),
    "infinity": (b'{"text": "a", "meta": {"x": -Infinity}}', "Infinity"),
    "a float that overflows": (b'{"text": "a", "meta": {"x": 1e999}}', "too large"),
    "5,000 digits": (b'{"text": "a", "meta": {"x": ' + b"9" * 5000 + b"}}", "too large"),
    "20 digits": (b'{"text": "a", "meta": {"x": ' + b"9" * 20 + b"}}", "too large"),
    "100,000 brackets": (b'{"text": "a", "meta": ' + b"[" * 100_000, "too deeply"),
    "100,000 closed brackets": (
        b'{"text": "a", "meta": {"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        "too deeply",
    ),
    "latin-1": (b'{"text": "Gr\xf6\xdfe"}', "UTF-8 at its byte 13"),
    "utf-16": ('{"text": "a"}'.encode("utf-16"), "UTF-16"),
    "binary": (b"\x89PNG\r\x00\x00", "UTF-8 at its byte 1"),
    "a raw control character": (b'{"text": "a\tb"}', "not valid JSON"),
    "a list": (b"[1]", "no object"),
    "a string": (b'"text"', "no object"),
}


@pytest.mark.parametrize(("data", "part"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_lines_are_refused_and_the_rest_goes_on(
    tmp_path: Path, data: bytes, part: str
) -> None:
    refused, *rest = read(tmp_path / "f.jsonl", data + b'\n{"text": "b"}\n')
    assert isinstance(refused, Refused)
    assert part in refused.sentence
    assert len(refused.sentence) < 300
    if "UTF-16" not in part:
        assert rest == [Article("f-2", "b")]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no text": ({}, "no “text”"),
    "text of another kind": ({"text": 3}, "no string"),
    "title of another kind": ({"text": "a", "title": 3}, "“title”"),
    "id of another kind": ({"text": "a", "id": [1]}, "“id”"),
    "id that is true": ({"text": "a", "id": True}, "“id”"),
    "annotations of another kind": ({"text": "a", "annotations": {}}, "no list"),
    "an annotation of another kind": ({"text": "a", "annotations": [3]}, "no object"),
    "start of another kind": (
        {"text": "a", "annotations": [{"start": True, "end": 1, "label": "L"}]},
        "whole number",
    ),
    "no label": ({"text": "a", "annotations": [{"start": 0, "end": 1}]}, "without a label"),
    "several parts": (
        {
            "text": "abc",
            "annotations": [{"start": 0, "end": 3, "label": "L", "parts": [[0, 1], [2, 3]]}],
        },
        "this version cannot carry",
    ),
    "a value that is a list": (
        {"text": "a", "annotations": [{"start": 0, "end": 1, "label": "L", "values": {"v": []}}]},
        "“v”",
    ),
    "half a relation": ({"text": "a", "relations": [{"type": "t", "from": "x"}]}, "relation"),
    "half an answer": ({"text": "a", "answers": [{"question": "q"}]}, "answer"),
    "blocks that overlap": ({"text": "abc", "blocks": [[0, 2, "body"], [1, 3, "body"]]}, "overlap"),
    "a block outside": ({"text": "a", "blocks": [[0, 2, "body"]]}, "block"),
    "a block of no kind": ({"text": "a", "blocks": [[0, 1, "poem"]]}, "block"),
    "done of another kind": ({"text": "a", "done": [1]}, "“done”"),
    "a reason of another kind": ({"text": "a", "skipped": {"ann": 3}}, "reason"),
    "prodigy": ({"text": "a", "spans": []}, "prodigy"),
    "doccano": ({"text": "a", "label": [[0, 1, "L"]]}, "doccano"),
    "doccano with entities": ({"text": "a", "entities": []}, "doccano"),
    "label studio": ({"data": {"text": "a"}, "annotations": []}, "label-studio"),
}


@pytest.mark.parametrize(("record", "part"), WRONG.values(), ids=WRONG)
def test_wrong_records_are_refused_with_a_sentence(
    tmp_path: Path, record: dict[str, Any], part: str
) -> None:
    found = one(tmp_path / "f.jsonl", record)
    assert isinstance(found, Refused)
    assert part in found.sentence
    assert found.sentence.startswith("The line ")


def test_whole_numbers_are_ids_too(tmp_path: Path) -> None:
    found = one(tmp_path / "f.jsonl", {"text": "a", "id": 17})
    assert isinstance(found, Article)
    assert found.id == "17"


def test_a_line_longer_than_any_article_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotator.importers.jsonl.MAX_FILE", 20)
    long = json.dumps({"text": "x" * 100})
    refused, article = read(tmp_path / "f.jsonl", long + '\n{"text": "b"}\n')
    assert isinstance(refused, Refused)
    assert refused.line == 1
    assert article == Article("f-2", "b")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'{"text": "a"}\n', True),
        (b'{"id": 1, "text": "a"}', True),
        (b'{"text": \n{"text": "a"}\n', True),
        (b'{"text": "' + b"x" * 2000, True),
        (b'{"text": "a", "spans": []}', False),
        (b'{"text": "a", "label": []}', False),
        (b'{"name": "a"}', False),
        (b"[1]", False),
        (b"Eight patients.", False),
        (b"\xff\xfe\x00", False),
    ],
)
def test_recognition_is_by_content(head: bytes, expected: bool) -> None:
    assert JSONL.recognises("any", head) is expected
