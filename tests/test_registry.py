"""Formats by name and by content, ours and other packages'."""

import subprocess
import sys
from pathlib import Path

import pytest

from annotator import registry
from annotator.domain.errors import Invalid, NotFound


def test_every_format_says_what_it_carries() -> None:
    for format_ in [*registry.importers().values(), *registry.exporters().values()]:
        assert format_.name
        assert format_.title
        assert format_.carries
        assert format_.cannot


def test_names_are_those_of_the_interface() -> None:
    assert set(registry.importers()) >= {"text", "jsonl", "html"}
    assert set(registry.exporters()) >= {"jsonl", "spacy"}


@pytest.mark.parametrize("find", [registry.importer, registry.exporter])
def test_an_unknown_name_is_answered_with_the_names(find: object) -> None:
    with pytest.raises(NotFound, match="jsonl"):
        find("floppy")  # type: ignore[operator]


def test_listing_formats_loads_no_spacy() -> None:
    program = (
        "import sys; from annotator import registry; registry.importers(); registry.exporters(); "
        "print('spacy' in sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert ended.stdout.strip() == "False"


FILES = {
    "a.txt": (b"A title\n\nEight patients.", "text"),
    "b.jsonl": (b'{"text": "a"}\n', "jsonl"),
    "c.dat": (b"<!doctype html><p>a", "html"),
    "d.txt": (b'{"text": "a"}\n', "jsonl"),
}


@pytest.mark.parametrize(("name", "data", "expected"), [(n, *f) for n, f in FILES.items()])
def test_content_settles_the_format(tmp_path: Path, name: str, data: bytes, expected: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert registry.recognise(tmp_path / name).name == expected


@pytest.mark.parametrize(
    ("name", "data", "part"),
    [
        ("a.jsonl", b'{"text": "a", "spans": []}', "resembles prodigy"),
        ("a.jsonl", b'{"text": "a", "label": []}', "resembles doccano"),
        ("a.txt", b"\x89PNG\xff", "binary"),
        ("a.nxml", b'<article article-type="x">', "resembles jats"),
        ("a.json", b'[{"text": "a"}]', "one of: text, jsonl, html"),
        ("empty.txt", b"", "one of: text"),
    ],
)
def test_what_does_not_settle_it_is_refused_with_candidates(
    tmp_path: Path, name: str, data: bytes, part: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Invalid, match=part):
        registry.recognise(tmp_path / name)


OUTSIDER = """
class Other:
    name = "other"
    title = carries = cannot = "x"
    suffixes = (".other",)
    def recognises(self, name, head): return head == b"other"
    def read(self, path): return iter(())
class Ours(Other):
    name = "jsonl"
OTHER, OURS = Other(), Ours()
"""


def test_other_packages_add_formats_and_replace_none(tmp_path: Path) -> None:
    (tmp_path / "outsider.py").write_text(OUTSIDER)
    info = tmp_path / "outsider-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: outsider\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        f"[{registry.GROUP}]\nother = outsider:OTHER\nours = outsider:OURS\ngone = outsider:GONE\n"
    )
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from annotator import registry; "
        "print(sorted(registry.importers()), type(registry.importer('jsonl')).__name__, "
        "'other' in registry.exporters())"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], check=True, capture_output=True, text=True
    )
    assert "'other'" in ended.stdout
    assert "JsonlImporter False" in ended.stdout
    assert "gone" in ended.stderr
