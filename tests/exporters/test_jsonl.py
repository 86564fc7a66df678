"""Canonical JSON Lines out: bytes, order of keys, the way back, the proof."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from annotator.domain.blocks import Block
from annotator.domain.corpus import Annotation, Answer, Article, Relation
from annotator.exporters.base import ExportFailed, ExportOptions
from annotator.exporters.jsonl import JSONL, record_line
from annotator.importers.jsonl import JSONL as READER
from tests.exporters.synthetic import corpus, of

FULL = Article(
    id="a1",
    text="Eight 😀 people\u2028died.",
    title="T",
    language="de",
    meta={"doi": "10.1/x"},
    batch="b",
    blocks=(Block("body", 0, 20),),
    annotations=(
        Annotation(
            "u2", 0, 5, "N", "Eight", "ann", "gold", {"value": 8.0, "x": 1.5}, ("x",), "n", True
        ),
        Annotation("u1", 0, 5, "N", "Eight", "bob", "bob"),
    ),
    relations=(Relation("same_as", "u1", "u2", "ann"),),
    answers=(Answer("harms", "found", "ann", "u1"), Answer("age", "unclear", "ann")),
    done=("bob", "ann"),
    skipped={"eve": "duplicate"},
)


def write(target: Path, *articles: Article) -> bytes:
    JSONL.write(of(*articles), target, ExportOptions(), lambda done, total: None)
    return target.read_bytes()


def test_a_record_has_its_keys_in_canonical_order(tmp_path: Path) -> None:
    expected = (
        '{"id": "a1", "text": "Eight 😀 people\u2028died.", "title": "T", '
        '"meta": {"doi": "10.1/x"}, "annotations": ['
        '{"id": "u2", "start": 0, "end": 5, "label": "N", "quote": "Eight", "annotator": "ann", '
        '"values": {"value": 8, "x": 1.5}, "layer": "gold", "note": "n", "unconfirmed": ["x"], '
        '"unsure": true}, '
        '{"id": "u1", "start": 0, "end": 5, "label": "N", "quote": "Eight", "annotator": "bob", '
        '"layer": "bob", "note": null}], '
        '"relations": [{"type": "same_as", "from": "u1", "to": "u2", "annotator": "ann"}], '
        '"answers": [{"question": "harms", "answer": "found", "annotator": "ann", '
        '"annotation": "u1"}, {"question": "age", "answer": "unclear", "annotator": "ann"}], '
        '"done": ["bob", "ann"], "skipped": {"eve": "duplicate"}, "batch": "b", '
        '"language": "de", "blocks": [[0, 20, "body"]]}\n'
    )
    assert write(tmp_path / "out", FULL).decode() == expected


def test_an_empty_article_is_short(tmp_path: Path) -> None:
    assert json.loads(write(tmp_path / "out", Article("a", "x"))) == {
        "id": "a",
        "text": "x",
        "meta": {},
        "annotations": [],
        "relations": [],
        "answers": [],
        "language": "en",
    }


def test_out_in_and_out_again_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    made = [FULL, *corpus(20).articles(), Article("z", "x")]
    before = write(first, *made)
    read = list(READER.read(first))
    assert all(isinstance(article, Article) for article in read)
    assert write(second, *read) == before  # type: ignore[arg-type]


def test_an_export_of_nothing_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed, match="2 open"):
        write(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_quote_does_not_pass_the_proof(tmp_path: Path) -> None:
    wrong = replace(FULL, annotations=(replace(FULL.annotations[1], quote="Seven"),))
    with pytest.raises(ExportFailed, match="a1"):
        write(tmp_path / "out", wrong)


def test_articles_that_change_meanwhile_do_not_pass_the_proof(tmp_path: Path) -> None:
    readings = iter([[FULL], [replace(FULL, text="Nine people died here.")]])
    changing = replace(of(FULL), articles=lambda: iter(next(readings)))
    with pytest.raises(ExportFailed):
        JSONL.write(changing, tmp_path / "out", ExportOptions(), lambda done, total: None)


def test_a_line_is_one_line() -> None:
    assert record_line(FULL).count("\n") == 1
