"""The shipped articles: what kinds there are, and that their readings are what they claim to be."""

import json
import re
import unicodedata
import uuid
from collections import Counter
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import annotator

FILE = Path(annotator.__file__).parent / "demo" / "articles.jsonl"
READERS = ("annotator1", "annotator2", "annotator3")
CORE = {
    "EFFICACY_CLAIM",
    "SAFETY_CLAIM",
    "MECHANISM",
    "FUTURE",
    "PATIENT_COUNT",
    "POPULATION",
    "CONDITION",
    "INTERVENTION",
    "OUTCOME",
    "RESULT_VALUE",
}
RECORD_KEYS = ["id", "text", "title", "meta", "annotations", "answers", "done", "skipped"]
RECORD_KEYS += ["batch", "language", "blocks"]
ANNOTATION_KEYS = ["id", "start", "end", "label", "quote", "annotator", "values", "layer", "note"]
ANNOTATION_KEYS += ["unconfirmed", "unsure"]

Record = dict[str, Any]


@cache
def records() -> list[Record]:
    return [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


@cache
def by_id() -> dict[str, Record]:
    return {record["id"]: record for record in records()}


def marks(record: Record, reader: str) -> list[Record]:
    return [mark for mark in record["annotations"] if mark["annotator"] == reader]


def all_marks() -> list[tuple[Record, Record]]:
    return [(record, mark) for record in records() for mark in record["annotations"]]


def extents(record: Record, reader: str) -> set[tuple[int, int, str]]:
    return {(mark["start"], mark["end"], mark["label"]) for mark in marks(record, reader)}


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def test_the_file_is_canonical_to_the_byte() -> None:
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records()]
    assert FILE.read_bytes() == "".join(lines).encode()
    for record in records():
        assert list(record) == [key for key in RECORD_KEYS if key in record]
        for mark in record["annotations"]:
            assert list(mark) == [key for key in ANNOTATION_KEYS if key in mark]


def test_who_read_what() -> None:
    readers = Counter(tuple(record.get("done", ())) for record in records())
    assert readers == {(*READERS, "gold"): 18, READERS: 6, READERS[:2]: 6, (): 8}
    for record in records():
        authors = {mark["annotator"] for mark in record["annotations"]}
        allowed = set(record.get("done", ()))
        assert authors - {"manager"} <= allowed
        assert {answer["annotator"] for answer in record.get("answers", ())} == allowed
    assert [record["batch"] for record in records()] == ["pilot"] * 12 + ["main"] * 26
    assert len(by_id()) == 38
    assert len({mark["id"] for _, mark in all_marks()}) == len(all_marks())
    assert all(str(uuid.UUID(mark["id"])) == mark["id"] for _, mark in all_marks())


def test_articles_are_short_but_one() -> None:
    counts = {record["id"]: len(record["text"].split()) for record in records()}
    assert 1_400 <= counts.pop("hiv-treatment-long-read") <= 1_650
    assert {name: n for name, n in counts.items() if not 120 <= n <= 250} == {}
    assert all(record["meta"]["url"].startswith("https://example.org/") for record in records())
    assert len({record["meta"]["url"] for record in records()}) == 38


def test_the_first_article_is_the_one_that_is_shown_first() -> None:
    first = records()[0]
    assert first["id"] == "car-t-autoimmune"
    assert 180 <= len(words(first["text"])) <= 220
    assert words(first["text"]).count("eight") == 1
    assert first["text"].split("\n\n")[:2] == [first["title"], "Digest desk · 14 February 2026"]
    begun = {mark["quote"] for mark in marks(first, "manager")}
    assert "eight" not in begun
    assert 0.4 <= len(begun) / len(marks(first, "annotator1")) <= 0.6
    assert {mark["label"] for mark in marks(first, "annotator1")} == CORE - {"RESULT_VALUE"}


def test_blocks_hold_the_text_and_furniture_holds_no_mark() -> None:
    for record in records():
        text, blocks = record["text"], record["blocks"]
        assert "\n\n".join(text[start:end] for start, end, _ in blocks) == text
        titles = [text[start:end] for start, end, kind in blocks if kind == "title"]
        assert titles == [record["title"]]
        furniture = [(start, end) for start, end, kind in blocks if kind == "furniture"]
        for mark in record["annotations"]:
            assert all(mark["end"] <= start or end <= mark["start"] for start, end in furniture)


def test_there_is_one_of_each_hard_kind() -> None:
    texts = {record["id"]: record["text"] for record in records()}
    twins = words(texts["lecanemab-clarity"]), words(texts["lecanemab-clarity-wire"])
    assert 0.8 < SequenceMatcher(None, *twins).ratio() < 1
    assert by_id()["lecanemab-clarity-wire"]["skipped"] == {"annotator3": "duplicate"}
    assert [record["id"] for record in records() if "skipped" in record] == [
        "lecanemab-clarity-wire"
    ]
    empty = [record["id"] for record in records() if "done" in record and not record["annotations"]]
    assert empty == ["editors-note"]
    german = [record["id"] for record in records() if record["language"] == "de"]
    assert german == ["hpv-impfung-schweden"]
    assert len(marks(by_id()["hpv-impfung-schweden"], "annotator1")) > 15
    kinds = [kind for _, _, kind in by_id()["shingles-vaccine-dementia"]["blocks"]]
    assert kinds[0] == kinds[1] == kinds[-1] == "furniture"
    headings = [kind for _, _, kind in by_id()["hiv-treatment-long-read"]["blocks"]]
    assert headings.count("heading") >= 5


@pytest.mark.parametrize("piece", ["TNF-α", "amyloid-β", "β-cell", "µg", "≥", "10⁹/L", "µL", "🦴"])
def test_signs_that_break_careless_software(piece: str) -> None:
    assert any(piece in record["text"] for record in records())


def test_one_article_mixes_emoji_combining_mark_and_hard_blank() -> None:
    text = by_id()["tnf-early-arthritis"]["text"]
    assert any(unicodedata.combining(character) for character in text)
    assert unicodedata.normalize("NFC", text) != text
    assert "40\u00a0mg" in text
    assert any(character > "\uffff" for character in text)


def test_every_mark_quotes_whole_tokens_without_edges() -> None:
    for record, mark in all_marks():
        start, end, quote = mark["start"], mark["end"], mark["quote"]
        assert quote == record["text"][start:end]
        assert quote == quote.strip()
        assert quote[-1] not in ".,;:!?"
        tokens = [match.span() for match in re.finditer(r"\w+|[^\w\s]", record["text"])]
        assert start in {token[0] for token in tokens}, quote
        assert end in {token[1] for token in tokens}, quote
        assert mark["layer"] == mark["annotator"]
    for record in records():
        for reader in (*READERS, "manager"):
            assert len(extents(record, reader)) == len(marks(record, reader))


def test_eight_to_twenty_two_marks_an_article() -> None:
    for record in records():
        for reader in record.get("done", ()):
            assert record["id"] == "editors-note" or 8 <= len(marks(record, reader)) <= 22
