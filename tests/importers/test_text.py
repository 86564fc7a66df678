"""Plain text in: encodings, titles, what is no prose."""

from pathlib import Path

import pytest

from annotator.domain.corpus import Article
from annotator.importers.base import Refused
from annotator.importers.text import TEXT, first_line_title


def read(path: Path, data: bytes) -> Article | Refused:
    path.write_bytes(data)
    [found] = TEXT.read(path)
    return found


@pytest.mark.parametrize(
    "data",
    [
        "Größe µ 😀".encode(),
        "Größe µ 😀".encode("utf-8-sig"),
        "Größe µ 😀".encode("utf-16"),
        "\ufeffGröße µ 😀".encode("utf-16-be"),
    ],
)
def test_encodings_are_told_by_their_mark(tmp_path: Path, data: bytes) -> None:
    found = read(tmp_path / "a.txt", data)
    assert isinstance(found, Article)
    assert found.text.removeprefix("\ufeff") == "Größe µ 😀"
    assert found.id == "a"


@pytest.mark.parametrize("data", [b"\xff\x00\xd8", b"Gr\xf6\xdfe", b"\xff\xfea"])
def test_other_encodings_are_refused_with_the_byte(tmp_path: Path, data: bytes) -> None:
    found = read(tmp_path / "a.txt", data)
    assert isinstance(found, Refused)
    assert "Byte" in found.sentence
    assert found.line is None


def test_line_ends_are_left_to_whoever_cleans(tmp_path: Path) -> None:
    found = read(tmp_path / "a.txt", b"A title\r\n\r\nA text.\r\n")
    assert isinstance(found, Article)
    assert found.text == "A title\r\n\r\nA text.\r\n"
    assert found.title == "A title"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A cure for lupus\nIt works.", "A cure for lupus"),
        ("\ufeff\n A cure for lupus \n\nIt works.", "A cure for lupus"),
        ("A cure for lupus?\nIt works.", "A cure for lupus?"),
        ("It works.\nAnd how.", None),
        ("It works: “really.”\nAnd how.", None),
        ("A cure for lupus", None),
        ("A cure for lupus\n \n", None),
        ("x" * 201 + "\nIt works.", None),
        ("", None),
    ],
)
def test_the_first_line_may_be_the_title(text: str, title: str | None) -> None:
    assert first_line_title(text) == title


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("a.txt", b"Eight patients improved.", True),
        ("a.txt", b"[Update] Eight patients improved.", True),
        ("a", "Größe".encode("utf-16"), True),
        ("a.txt", "Größ".encode() + b"\xc3", True),
        ("a.txt", b"", False),
        ("a.txt", b" \n", False),
        ("a.txt", b"a\0b", False),
        ("a.txt", b"<!DOCTYPE html><p>", False),
        ("a.txt", b'{"text": "x"}', False),
        ("a.txt", b'[{"text": "x"}]', False),
        ("a.txt", b"%PDF-1.7", False),
        ("a.ann", b"T1\tGene 0 3\tabc", False),
        ("a.txt", b"8637912|t|Tumor suppression", False),
        ("a.txt", b"EU\tB-ORG\nrejects\tO\nthe\tO\ncall\tO\n", False),
        ("a.csv", b"text,label", False),
    ],
)
def test_only_prose_is_taken_for_prose(name: str, head: bytes, expected: bool) -> None:
    assert TEXT.recognises(name, head) is expected


def test_a_file_larger_than_any_article_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotator.importers.text.MAX_FILE", 3)
    found = read(tmp_path / "a.txt", b"1234")
    assert isinstance(found, Refused)
    assert "4 bytes" in found.sentence
