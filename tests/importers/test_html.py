"""Pages in: blocks and their kinds, what is hidden, languages and encodings."""

from pathlib import Path

import pytest

from annotator.domain.corpus import Article
from annotator.importers.base import Refused
from annotator.importers.html import HTML


def read(path: Path, page: str | bytes) -> Article:
    path.write_bytes(page if isinstance(page, bytes) else page.encode())
    [found] = HTML.read(path)
    assert isinstance(found, Article), found
    return found


def shown(article: Article) -> list[tuple[str, str]]:
    return [(block.kind, article.text[block.start : block.end]) for block in article.blocks]


PAGE = """<!DOCTYPE html><html lang="de-CH" dir="ltr"><head><title>Tab &amp; title</title>
<style>p {color: red}</style></head><body>
<nav><ul><li>Home</li></ul></nav>
<h1>Mäuse &lt; <em>Menschen</em></h1>
<p>Erster   Satz,
   umbrochen.<br>Neue Zeile &ndash; mit&nbsp;NBSP.</p>
<script>alert("no")</script>
<h2>Methoden</h2>
<ul><li>eins<li>zwei</ul>
<table><caption>Tafel</caption><tr><th>n</th><td>8</td></tr></table>
<figure><figcaption>Ein Bild</figcaption></figure>
<p hidden>unsichtbar</p>
<pre>a
  b</pre>
<footer><p>Impressum</p></footer>
</body></html>"""


def test_a_page_becomes_blocks(tmp_path: Path) -> None:
    article = read(tmp_path / "p.html", PAGE)
    assert shown(article) == [
        ("title", "Mäuse < Menschen"),
        ("body", "Erster Satz, umbrochen.\nNeue Zeile – mit\u00a0NBSP."),
        ("heading", "Methoden"),
        ("body", "eins"),
        ("body", "zwei"),
        ("caption", "Tafel"),
        ("table", "n"),
        ("table", "8"),
        ("caption", "Ein Bild"),
        ("body", "a\n  b"),
        ("furniture", "Impressum"),
    ]
    assert (article.id, article.title, article.language) == ("p", "Mäuse < Menschen", "de-CH")
    assert article.meta == {"dir": "ltr"}


def test_blocks_are_parted_by_an_empty_line(tmp_path: Path) -> None:
    article = read(tmp_path / "p.html", "<p>a</p><p>b</p>")
    assert article.text == "a\n\nb"
    assert [(block.start, block.end) for block in article.blocks] == [(0, 1), (3, 4)]


def test_the_tab_names_a_page_without_a_main_heading(tmp_path: Path) -> None:
    article = read(tmp_path / "p.html", "<title> A\n b </title><body><p>text</p>")
    assert article.title == "A b"
    assert article.text == "text"


@pytest.mark.parametrize(
    "page",
    [
        '<meta charset="iso-8859-1"><p>Größe'.encode("latin-1"),
        "<meta http-equiv=x content='text/html; charset=windows-1252'><p>Größe".encode("cp1252"),
        '<meta charset="utf-8"><p>Größe'.encode(),
        '<meta charset="utf-16"><p>Größe'.encode(),
        '<meta charset="no-such-thing"><p>Größe'.encode(),
        '<meta charset="rot13"><p>Größe'.encode(),
        "<p>Größe".encode("utf-16"),
    ],
)
def test_the_encoding_a_page_names_is_used(tmp_path: Path, page: bytes) -> None:
    assert read(tmp_path / "p.html", page).text == "Größe"


@pytest.mark.parametrize(
    ("page", "part"),
    [
        (b"<p>Gr\xf6\xdfe", "Byte 6"),
        (b'<meta charset="ascii"><p>Gr\xf6\xdfe', "ascii"),
        (b"<body><script>document.write('x')</script></body>", "no text"),
    ],
)
def test_pages_that_cannot_be_read_are_refused(tmp_path: Path, page: bytes, part: str) -> None:
    path = tmp_path / "p.html"
    path.write_bytes(page)
    [found] = HTML.read(path)
    assert isinstance(found, Refused)
    assert part in found.sentence


@pytest.mark.parametrize(
    "page", ["<p>" * 100_000 + "a", "<div>" * 100_000 + "a", "<b>" * 50_000 + "a</p>" * 50_000]
)
def test_deep_nesting_is_read(tmp_path: Path, page: str) -> None:
    assert read(tmp_path / "p.html", page).text.startswith("a")


def test_unstorable_references_become_the_replacement_character(tmp_path: Path) -> None:
    assert read(tmp_path / "p.html", "<p>a&#0;b&#xD800;c").text == "a\ufffdb\ufffdc"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"<!doctype html><p>", True),
        (b"\xef\xbb\xbf\n<html>", True),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">', True),
        (b"<!-- saved --><html>", True),
        (b"<p>a", True),
        (b'<?xml version="1.0"?><article xmlns:xlink="x">', False),
        (b"<!DOCTYPE collection SYSTEM 'BioC.dtd'>", False),
        (b"Eight patients < nine", False),
    ],
)
def test_recognition_is_by_content(head: bytes, expected: bool) -> None:
    assert HTML.recognises("any", head) is expected
