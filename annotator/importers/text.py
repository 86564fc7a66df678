"""Plain text, one file an article; the first line may be the title."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from annotator.domain.corpus import Article
from annotator.domain.errors import Invalid
from annotator.domain.text import BOM, decode_text
from annotator.importers import foreign
from annotator.importers.base import MAX_FILE, Refused, decoded_head, too_large

TITLE_LENGTH = 200
_STOP = re.compile(r"[.…。！।؟۔:;,][\"'”’»)\]]*\s*$")


class TextImporter:
    """Reads UTF-8, and UTF-16 with a byte order mark."""

    name: ClassVar[str] = "text"
    title: ClassVar[str] = "Plain text"
    carries: ClassVar[str] = "the text, its first line as title, the file's name as id"
    cannot: ClassVar[str] = "annotations, fields"
    suffixes: ClassVar[tuple[str, ...]] = (".txt", ".text", ".md")

    def recognises(self, name: str, head: bytes) -> bool:
        """Whether the file is text without the signs of another format."""
        text = decoded_head(head)
        return text is not None and bool(text.strip()) and foreign.of_text(name, text) is None

    def read(self, path: Path) -> Iterator[Article | Refused]:
        """The file's one article."""
        if path.stat().st_size > MAX_FILE:
            yield too_large(path)
            return
        try:
            text = decode_text(path.read_bytes())
        except Invalid as error:
            yield Refused(path.name, None, str(error))
            return
        yield Article(id=path.stem, text=text, title=first_line_title(text))


def first_line_title(text: str) -> str | None:
    """The first line where it reads as a title: short, no final stop, more text below it."""
    lines = text.removeprefix(BOM).lstrip().split("\n", 1)
    line = lines[0].strip()
    if len(lines) < 2 or not lines[1].strip() or not line:
        return None
    return None if len(line) > TITLE_LENGTH or _STOP.search(line) else line


TEXT = TextImporter()
