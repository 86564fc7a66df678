"""Records as files hold them, and taking them in."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotator.domain.permissions import LOCAL, Actor
from annotator.importers.jsonl import JSONL
from annotator.services.imports import ImportReport, ImportRules, Sourced, import_records
from annotator.services.tokens import Tokenise
from annotator.storage.engine import Database
from tests.world import TEXT, word_runs


def mark(words: str, label: str = "PATIENT_COUNT", by: str = "ann", **more: Any) -> dict[str, Any]:
    """An annotation of the article of these tests."""
    start = TEXT.index(words)
    return {
        "start": start,
        "end": start + len(words),
        "label": label,
        "quote": words,
        "annotator": by,
        **more,
    }


def record(name: str = "a1", *marks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A record of the article of these tests."""
    return {"id": name, "text": TEXT, "annotations": list(marks), **more}


def take(
    database: Database,
    path: Path,
    lines: Sequence[dict[str, Any] | str],
    *,
    actor: Actor = LOCAL,
    slug: str = "trials",
    tokenise: Tokenise = lambda text, blocks, _language: word_runs(text, list(blocks)),
    **rules: Any,
) -> ImportReport:
    """Write ``lines`` to a file of canonical JSON Lines in ``path`` and import it."""
    file = path / "records.jsonl"
    file.write_text(
        "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8"
    )
    return import_records(
        database,
        actor,
        slug=slug,
        records=[Sourced(file.name, f.line, f) for f in JSONL.read(file)],
        tokenise=tokenise,
        tokenizer="test",
        rules=ImportRules(**rules),
    )
