"""Canonical JSON Lines: what the export of the same name writes, and less."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, ClassVar

from annotator.domain.corpus import Article
from annotator.domain.strict_json import Unreadable, parse
from annotator.domain.text import BOM
from annotator.importers import foreign
from annotator.importers.base import MAX_FILE, Refused, decoded_head
from annotator.importers.jsonl_record import NotARecord, article_of


class JsonlImporter:
    """Reads line by line, so a broken line costs that record only and memory stays small."""

    name: ClassVar[str] = "jsonl"
    title: ClassVar[str] = "JSON Lines"
    carries: ClassVar[str] = (
        "texts, titles, fields, blocks, annotations with values and notes, relations, answers, "
        "who finished or skipped what"
    )
    cannot: ClassVar[str] = "annotations in several parts"
    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson")

    def recognises(self, name: str, head: bytes) -> bool:
        """Whether one of the first lines is a record, and none is of another format."""
        text = decoded_head(head)
        if text is None:
            return False
        found = False
        for line in text.split("\n")[:20]:
            try:
                value = parse(line)
            except Unreadable:
                continue
            if not isinstance(value, dict) or foreign.of_record(value):
                return False
            found = found or "text" in value
        # A first record longer than the head cannot be parsed, but begins as one.
        return found or (len(text) >= 1000 and "\n" not in text and text.startswith('{"'))

    def read(self, path: Path) -> Iterator[Article | Refused]:
        """The file's articles; a record that cannot be taken is named by its line."""
        with path.open("rb") as lines:
            number = 0
            while line := lines.readline(MAX_FILE + 1):
                number += 1
                if len(line) > MAX_FILE:
                    _skip_line(lines)
                    yield Refused(path.name, number, _not_stored("is longer than 64 MiB"))
                elif line.strip():
                    yield _read_line(path, number, line)


def _read_line(path: Path, number: int, line: bytes) -> Article | Refused:
    if number == 1 and line[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Refused(path.name, 1, _not_stored("is UTF-16; save the file as UTF-8"))
    try:
        text = line.decode("utf-8")
        value = parse(text.removeprefix(BOM) if number == 1 else text)
        return replace(article_of(value, fallback_id=f"{path.stem}-{number}"), line=number)
    except UnicodeDecodeError as error:
        what = f"is not valid UTF-8 at its byte {error.start + 1}"
    except (Unreadable, NotARecord) as error:
        what = str(error)
    return Refused(path.name, number, _not_stored(what))


def _not_stored(what: str) -> str:
    return f"The line {what}. The record was not stored; the others are not affected."


def _skip_line(lines: IO[bytes]) -> None:
    while (rest := lines.readline(MAX_FILE)) and not rest.endswith(b"\n"):
        pass


JSONL = JsonlImporter()
