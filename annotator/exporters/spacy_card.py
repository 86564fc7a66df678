"""``README.md`` of the folder: what is inside, how it came about, how to train."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from spacy.about import __version__ as spacy_version

from annotator import __version__
from annotator.domain.corpus import Corpus
from annotator.domain.splits import SIDES
from annotator.exporters.base import ExportOptions, ExportReport
from annotator.exporters.spacy_tally import Tally

_WHAT = {
    "configs/ner.cfg": "entities in `doc.ents`, no two of which overlap",
    "configs/spancat.cfg": 'spans in `doc.spans["sc"]`, which may overlap and nest',
    "configs/claims.cfg": 'whole sentences in `doc.spans["claims"]`',
    "configs/textcat.cfg": "answers of the article card in `doc.cats`",
}


def write_card(
    folder: Path,
    corpus: Corpus,
    options: ExportOptions,
    report: ExportReport,
    tally: Tally,
    warnings: Sequence[Mapping[str, str]],
) -> None:
    """Write the card; it holds no time and no path, so that the same corpus has the same card."""
    sections = (
        _head(corpus, options),
        _training(report),
        _numbers(corpus, report, tally),
        _making(corpus, options),
        _limits(report, warnings),
        _contents(),
    )
    text = "\n".join(line for section in sections for line in section)
    (folder / "README.md").write_text(text + "\n", encoding="utf-8", newline="\n")


def _head(corpus: Corpus, options: ExportOptions) -> Iterator[str]:
    yield f"# Corpus of project {corpus.project}"
    yield ""
    yield f"Layer: {corpus.layer}. Language: {corpus.language}. Seed: {options.seed}. "
    yield f"State of the project: event {corpus.sequence}. Made by annotator {__version__} with "
    yield f"spaCy {spacy_version}. `manifest.json` has the SHA-256 of every file."
    yield ""


def _training(report: ExportReport) -> Iterator[str]:
    yield "## Train"
    yield ""
    if not report.configs:
        yield "Nothing is marked on the training side, so there is nothing to train on yet."
        yield ""
        return
    yield "Inside this folder, with no code but spaCy's:"
    yield ""
    yield "```"
    yield "python -m pip install -r requirements.txt"
    for config in report.configs:
        yield f"python -m spacy train {config} --output model-{Path(config).stem}"
    yield "python evaluate.py model-*/model-best"
    yield "```"
    yield ""
    for config in report.configs:
        yield f"- `{config}`: {_WHAT[config]}"
    yield ""
    yield "The trained model brings its tokenizer along (a copy of `tokenizer/`)."
    yield ""


def _numbers(corpus: Corpus, report: ExportReport, tally: Tally) -> Iterator[str]:
    yield "## What is inside"
    yield ""
    yield "| | train | dev | test |"
    yield "|---|---:|---:|---:|"
    for name in ("articles", "empty", "docs", "tokens"):
        cells = " | ".join(str(getattr(tally.sides[side], name)) for side in SIDES)
        title = "articles with nothing marked" if name == "empty" else name
        yield f"| {title} | {cells} |"
    for label in corpus.labels:
        sides = tally.labels.get(label.name)
        cells = " | ".join(str(sides[side].spans if sides else 0) for side in SIDES)
        yield f"| {label.name} ({label.layer}) | {cells} |"
    yield ""
    yield "| layer | spans in the project | written | reported |"
    yield "|---|---:|---:|---:|"
    for layer, count in report.layers.items():
        yield f"| {layer} | {count.taken_in} | {count.written} | {count.reported} |"
    yield ""
    yield "`report.json` lists each reported span with its reason; `stats.json` has lengths."
    yield ""


def _making(corpus: Corpus, options: ExportOptions) -> Iterator[str]:
    yield "## How it was made"
    yield ""
    left = ", ".join(f"{n} {reason}" for reason, n in sorted(corpus.left_out.items()))
    yield f"- Finished articles only; left out: {left or 'none'}."
    labels = ", ".join(f"{name} ({n})" for name, n in sorted(corpus.labels_left_out.items()))
    yield f"- Labels left out because not every article was read for them: {labels or 'none'}."
    train, dev, test = options.split
    yield f"- Split {train:g} / {dev:g} / {test:g} by groups: articles that share a source, a text"
    yield "  or most of it are on one side (`splits.json` says why each is where it is)."
    yield f"- Longer articles are cut at block ends into docs of at most {options.window} tokens;"
    yield "  `doc.user_data` has `article` and `offset`, the code point its text begins at."
    yield "- Page furniture (datelines, navigation) is in no doc, a text that comes twice in one."
    yield "- In `doc.ents` the label higher in the scheme stays, then the longer span, then the"
    yield '  earlier; the others are in `doc.spans["sc"]` and in the report.'
    yield "- A span's `id_` is its annotation's id in `annotations.jsonl`, with values and notes."
    yield ""


def _limits(report: ExportReport, warnings: Sequence[Mapping[str, str]]) -> Iterator[str]:
    yield "## What to know before using it"
    yield ""
    for warning in warnings:
        if warning["state"] == "failed":
            yield f"- **{warning['check']}**: {warning['sentence']}"
    if not report.warnings:
        yield "No check failed."
    yield ""
    yield "The articles' texts keep the rights of their publishers; this folder grants none."
    yield ""


def _contents() -> Iterator[str]:
    yield "## Files"
    yield ""
    for name, what in (
        ("train.spacy, dev.spacy, test.spacy", "docs; a folder of files where there are many"),
        ("configs/, tokenizer/", "training configurations and the tokenizer they copy"),
        ("annotations.jsonl, relations.jsonl", "every annotation by id, links between them"),
        ("labels.json", "labels in scheme order with definitions"),
        ("splits.json", "side, group and reason of every article; folds where there are few"),
        ("report.json, stats.json", "what is not inside and why; numbers"),
        ("manifest.json", "versions, counts, hashes"),
        ("evaluate.py, load.py", "scores beside a baseline; how to read the docs"),
    ):
        yield f"- `{name}`: {what}"
