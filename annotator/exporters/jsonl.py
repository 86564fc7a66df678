"""Canonical JSON Lines: one article a line, everything this version knows, ids unchanged."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from annotator.domain.corpus import Annotation, Article, Corpus, Scalar
from annotator.exporters.base import (
    ExportFailed,
    ExportOptions,
    ExportReport,
    Progress,
    refuse_nothing,
)

_EXACT = 2.0**53


class JsonlExporter:
    """Writes the file that ``annotator import`` reads back to the same bytes."""

    name: ClassVar[str] = "jsonl"
    title: ClassVar[str] = "JSON Lines"
    carries: ClassVar[str] = (
        "texts, blocks, annotations of every layer with values and notes, relations, answers, "
        "who finished or skipped what"
    )
    cannot: ClassVar[str] = "history, accounts, the scheme's definitions"
    folder: ClassVar[bool] = False
    suffix: ClassVar[str] = ".jsonl"

    def write(
        self, corpus: Corpus, target: Path, options: ExportOptions, progress: Progress
    ) -> ExportReport:
        """Write one line for each article, in the corpus's order."""
        articles = annotations = 0
        with target.open("w", encoding="utf-8", newline="\n") as lines:
            for article in corpus.articles():
                lines.write(record_line(article))
                articles += 1
                annotations += len(article.annotations)
                progress(articles, 0)
        if not articles:
            target.unlink()
            raise refuse_nothing(corpus)
        _prove(target, corpus)
        progress(articles, articles)
        return ExportReport(articles, annotations)


def record_line(article: Article) -> str:
    """The article's line, with its line end."""
    return (
        json.dumps(record(article), ensure_ascii=False, allow_nan=False, separators=(", ", ": "))
        + "\n"
    )


def record(article: Article) -> dict[str, Any]:
    """The article as the canonical object, keys in canonical order."""
    found: dict[str, Any] = {"id": article.id, "text": article.text}
    if article.title is not None:
        found["title"] = article.title
    found["meta"] = dict(article.meta)
    found["annotations"] = [annotation_record(a) for a in article.annotations]
    found["relations"] = [
        {"type": r.type, "from": r.source, "to": r.target, "annotator": r.annotator}
        for r in article.relations
    ]
    found["answers"] = [
        {"question": a.question, "answer": a.answer, "annotator": a.annotator}
        | ({} if a.annotation is None else {"annotation": a.annotation})
        for a in article.answers
    ]
    optional: Iterable[tuple[str, object]] = (
        ("done", list(article.done)),
        ("skipped", dict(article.skipped)),
        ("batch", article.batch),
        ("language", article.language),
        ("blocks", [[block.start, block.end, block.kind] for block in article.blocks]),
    )
    return found | {key: value for key, value in optional if value}


def annotation_record(annotation: Annotation) -> dict[str, Any]:
    """The annotation as the canonical object; keys with nothing to say are left out, but note."""
    found: dict[str, Any] = {
        "id": annotation.id,
        "start": annotation.start,
        "end": annotation.end,
        "label": annotation.label,
        "quote": annotation.quote,
        "annotator": annotation.annotator,
    }
    if annotation.values:
        found["values"] = plain_values(annotation.values)
    found["layer"] = annotation.layer
    found["note"] = annotation.note
    if annotation.unconfirmed:
        found["unconfirmed"] = list(annotation.unconfirmed)
    if annotation.unsure:
        found["unsure"] = True
    return found


def plain_values(values: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The values with whole numbers as integers: 8, not 8.0."""
    return {
        name: int(value)
        if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT
        else value
        for name, value in values.items()
    }


def _prove(target: Path, corpus: Corpus) -> None:
    with target.open(encoding="utf-8", newline="\n") as lines:
        for article in corpus.articles():
            found = json.loads(lines.readline() or "null")
            spans = [(a.id, a.label, article.text[a.start : a.end]) for a in article.annotations]
            if (
                found is None
                or (found["id"], found["text"]) != (article.id, article.text)
                or [(a["id"], a["label"], a["quote"]) for a in found["annotations"]] != spans
            ):
                raise ExportFailed(
                    f"The file does not hold article {article.id} as the project does. Nothing is "
                    "offered; export once more, and report this if it happens again."
                )


JSONL = JsonlExporter()
