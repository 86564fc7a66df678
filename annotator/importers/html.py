"""One HTML page: its headings, paragraphs, list items and table cells become blocks."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from annotator.domain.corpus import Article
from annotator.domain.errors import Invalid
from annotator.domain.text import decode_text
from annotator.importers.base import Refused, decoded_head, too_large
from annotator.importers.html_blocks import BlockReader

_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    r"(?:<!doctype\s+html|<(?:html|head|body|main|div|section|h[1-6]|p|ul|ol|table)\b)",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
MAX_PAGE = 8 * 1024 * 1024
"""Bytes; the parser takes quadratic time for some faulty markup."""


class HtmlImporter:
    """Reads a page with Python's own parser: no script runs, nothing is fetched."""

    name: ClassVar[str] = "html"
    title: ClassVar[str] = "HTML page"
    carries: ClassVar[str] = "title, headings, paragraphs, list items, table cells, language"
    cannot: ClassVar[str] = "annotations, pictures, formulas, what a script would add"
    suffixes: ClassVar[tuple[str, ...]] = (".html", ".htm", ".xhtml")

    def recognises(self, name: str, head: bytes) -> bool:
        """Whether the file begins as a page does."""
        text = decoded_head(head)
        if text is None and _CHARSET.search(head[:1024]):
            text = head.decode("latin-1")
        return text is not None and _START.match(text) is not None

    def read(self, path: Path) -> Iterator[Article | Refused]:
        """The page as one article, its text made of the blocks with an empty line between them."""
        if path.stat().st_size > MAX_PAGE:
            yield too_large(path, MAX_PAGE)
            return
        try:
            source = _decode(path.read_bytes())
        except Invalid as error:
            yield Refused(path.name, None, str(error))
            return
        page = BlockReader.read(source)
        if not page.blocks:
            yield Refused(
                path.name,
                None,
                "The page shows no text without its scripts. Nothing was stored; open it in a "
                "browser, copy the text and paste it.",
            )
            return
        meta = {"dir": page.direction} if page.direction else {}
        yield Article(
            id=path.stem,
            text=page.text,
            title=page.title,
            language=page.language or "en",
            meta=meta,
            blocks=page.blocks,
        )


def _decode(data: bytes) -> str:
    named = _CHARSET.search(data[:1024])
    name = named.group(1).decode("ascii") if named else ""
    # A page that can be searched for its encoding as ASCII is no UTF-16, whatever it says.
    if name and not name.lower().startswith("utf"):
        try:
            return data.decode(name)
        except LookupError:
            return decode_text(data)
        except UnicodeDecodeError as error:
            raise Invalid(
                f"The page says that its encoding is {name}, but byte {error.start + 1} does not "
                "fit. Nothing was stored; save it as UTF-8 and try again.",
                code="wrong-encoding",
            ) from error
    return decode_text(data)


HTML = HtmlImporter()
