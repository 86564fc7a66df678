"""Formats that articles come in and leave in, each listed once and loaded when it is asked for.

Another package adds its own under the entry-point group ``annotator.formats``: an object with
``read`` is an importer, one with ``write`` an exporter; a name that is ours stays ours.
"""

import logging
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from annotator.domain.errors import Invalid, NotFound
from annotator.domain.strict_json import Unreadable, parse
from annotator.exporters.base import Exporter
from annotator.importers import foreign
from annotator.importers.base import HEAD, Importer, decoded_head

GROUP = "annotator.formats"
IMPORTERS = (
    "annotator.importers.text:TEXT",
    "annotator.importers.jsonl:JSONL",
    "annotator.importers.html:HTML",
)
EXPORTERS = (
    "annotator.exporters.jsonl:JSONL",
    "annotator.exporters.spacy:SPACY",
)
log = logging.getLogger(__name__)


@cache
def importers() -> dict[str, Importer]:
    """Import formats by name, ours first."""
    return {found.name: found for found in [*_others("read"), *map(_load, IMPORTERS)]}


@cache
def exporters() -> dict[str, Exporter]:
    """Export formats by name, ours first."""
    return {found.name: found for found in [*_others("write"), *map(_load, EXPORTERS)]}


def importer(name: str) -> Importer:
    """The import format called ``name``; raises ``NotFound`` with the names there are."""
    if name not in importers():
        raise _unknown(name, "import", sorted(importers()))
    return importers()[name]


def exporter(name: str) -> Exporter:
    """The export format called ``name``; raises ``NotFound`` with the names there are."""
    if name not in exporters():
        raise _unknown(name, "export", sorted(exporters()))
    return exporters()[name]


def recognise(path: Path) -> Importer:
    """The import format of a file, by its content; its name settles what content leaves open.

    Raises ``Invalid`` with the candidates where neither does.
    """
    with path.open("rb") as data:
        head = data.read(HEAD)
    found = [format_ for format_ in importers().values() if format_.recognises(path.name, head)]
    if len(found) > 1:
        found = [f for f in found if path.suffix.lower() in f.suffixes] or found
    if len(found) == 1:
        return found[0]
    by_name = [f for f in importers().values() if path.suffix.lower() in f.suffixes]
    candidates = ", ".join(f.name for f in found or by_name or importers().values())
    likely = _resembles(path.name, head)
    raise Invalid(
        f"What {path.name} holds does not settle its format"
        f"{f' (it resembles {likely})' if likely else ''}. Nothing was stored; name the format "
        f"with --format, one of: {candidates}.",
        code="unknown-format",
    )


def _resembles(name: str, head: bytes) -> str | None:
    text = decoded_head(head)
    if text is None:
        return "a binary file, or text in another encoding"
    try:
        value = parse(text.split("\n", 1)[0])
    except Unreadable:
        value = None
    record = foreign.of_record(value) if isinstance(value, dict) else None
    return record or foreign.of_text(name, text)


def _load(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def _others(method: str) -> list[Any]:
    found = []
    for entry in entry_points(group=GROUP):
        try:
            format_ = entry.load()
        except Exception:  # another package's fault must not take our formats away
            log.exception("The format %s of another package cannot be loaded.", entry.name)
            continue
        if hasattr(format_, method):
            found.append(format_)
    return found


def _unknown(name: str, what: str, names: list[str]) -> NotFound:
    return NotFound(f"There is no {what} format “{name}”. The formats are: {', '.join(names)}.")
