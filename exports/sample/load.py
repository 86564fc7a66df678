"""Read this folder's docs: ``from load import docs`` or ``python load.py`` for a look inside."""

# ruff: noqa: T201

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import spacy
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

HERE = Path(__file__).resolve().parent
SIDES = ("train", "dev", "test")


def docs(side: str, vocab: Vocab | None = None) -> Iterator[Doc]:
    """The docs of one side, in the order in which they were written."""
    path = HERE / f"{side}.spacy"
    vocab = vocab or spacy.load(HERE / "tokenizer").vocab
    for part in sorted(path.glob("*.spacy")) if path.is_dir() else [path]:
        yield from DocBin().from_disk(part).get_docs(vocab)


def values() -> dict[str, dict[str, object]]:
    """What was recorded about each span, by the span's ``id_``."""
    with (HERE / "annotations.jsonl").open(encoding="utf-8", newline="\n") as lines:
        return {record["id"]: record for record in map(json.loads, lines)}


def main() -> None:
    """Print the number of docs, tokens and spans of each side, and one doc."""
    for side in SIDES:
        tokens = 0
        spans: Counter[str] = Counter()
        number = 0
        for doc in docs(side):
            number += 1
            tokens += len(doc)
            spans["ents"] += len(doc.ents)
            spans.update({key: len(group) for key, group in doc.spans.items()})
        print(side, number, "docs", tokens, "tokens", dict(spans))
    for doc in docs("train"):
        print(doc.user_data["article"], doc.user_data["offset"], repr(doc.text[:60]))
        for span in [*doc.ents, *doc.spans["claims"]]:
            print(f"  {span.label_:20} {span.text!r}")
        break


if __name__ == "__main__":
    main()
