"""What every import format offers: raw articles, and a sentence for each record it cannot take."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from annotator.domain.corpus import Article

HEAD = 65_536
"""Bytes of a file that recognition looks at."""
MAX_FILE = 64 * 1024 * 1024
"""Bytes of the largest file, or line of a file of lines, that becomes one article."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that was not taken: where it stands and why; ``line`` is None for a whole file."""

    file: str
    line: int | None
    sentence: str


class Importer(Protocol):
    """A format. Texts come as they are in the file: the service cleans and checks them."""

    name: ClassVar[str]
    title: ClassVar[str]
    carries: ClassVar[str]
    cannot: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    """Endings of file names; they settle what content leaves open."""

    def recognises(self, name: str, head: bytes) -> bool:
        """Whether a file that begins with ``head`` may be of this format."""
        ...

    def read(self, path: Path) -> Iterator[Article | Refused]:
        """The file's articles in order; never raises for what is in the file."""
        ...


def too_large(path: Path, limit: int = MAX_FILE) -> Refused:
    """The refusal of a file that is larger than any article."""
    return Refused(
        path.name,
        None,
        f"The file has {path.stat().st_size:,} bytes; the largest that is taken has {limit:,}. "
        "Nothing of it was stored; split it and import the parts.",
    )


def decoded_head(head: bytes) -> str | None:
    """The beginning of a text file, a character cut at the end left off; None for other files."""
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    for cut in range(4):
        try:
            text = head[: len(head) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text.removeprefix("\ufeff")
    return None
