"""Exports of one person's layer, read back: what a file says of every annotation."""

import json
from pathlib import Path
from typing import NamedTuple

import spacy
from spacy.tokens import Doc, DocBin, Span

from annotator import registry
from annotator.domain.permissions import LOCAL
from annotator.exporters.base import ExportOptions
from annotator.services.exports import run_export
from annotator.storage.engine import Database


class Said(NamedTuple):
    """One annotation as a file has it; offsets in code points of the article."""

    id: str
    start: int
    end: int
    label: str
    quote: str


def export(database: Database, slug: str, layer: str, format_: str, output: Path) -> Path:
    """Write a layer as ``format_``; the file or folder."""
    exporter = registry.exporter(format_)
    options = ExportOptions()
    run_export(
        database, LOCAL, slug=slug, exporter=exporter, layer=layer, options=options, output=output
    )
    return output


def in_jsonl(file: Path) -> set[Said]:
    """Everything in a canonical file."""
    # Not by splitlines, which also breaks at U+2028 inside a text.
    lines = file.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    records = [json.loads(line) for line in lines]
    return {
        Said(one["id"], one["start"], one["end"], one["label"], one["quote"])
        for record in records
        for one in record["annotations"]
    }


def in_bins(folder: Path) -> dict[str, set[Said]]:
    """Layer of the export to everything that its three files hold in that layer."""
    found: dict[str, set[Said]] = {"ner": set(), "spancat": set(), "claims": set()}
    vocab = spacy.blank("xx").vocab
    for side in ("train", "dev", "test"):
        for doc in DocBin().from_disk(folder / f"{side}.spacy").get_docs(vocab):
            found["ner"] |= {_said(doc, span) for span in doc.ents}
            found["spancat"] |= {_said(doc, span) for span in doc.spans.get("sc", [])}
            found["claims"] |= {_said(doc, span) for span in doc.spans.get("claims", [])}
    return found


def in_report(folder: Path) -> dict[str, set[Said]]:
    """Layer of the export to everything that it reports instead of holding it."""
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return {
        layer: {
            Said(one["annotation"], one["start"], one["end"], one["label"], one["quote"])
            for one in told["reported"]
        }
        for layer, told in report["layers"].items()
    }


def _said(doc: Doc, span: Span) -> Said:
    offset = doc.user_data["offset"]
    start, end = offset + span.start_char, offset + span.end_char
    return Said(span.id_, start, end, span.label_, span.text)
