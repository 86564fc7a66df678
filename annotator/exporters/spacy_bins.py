"""DocBin files of one side, written a shard at a time so that memory does not grow with them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import srsly
from spacy.attrs import ORTH, SPACY  # type: ignore[import-not-found]
from spacy.tokens import DocBin

from annotator.domain.corpus import Article
from annotator.domain.splits import SIDES
from annotator.exporters.spacy_docs import GROUP_KEYS, LAYERS, MadeDoc
from annotator.exporters.spacy_proof import expected

# What ner, spancat, span_finder and textcat read from a reference doc. Trained on DocBins with
# spaCy's twelve attributes and with these, the weights came out bit for bit the same (a test holds
# that for ner); the rest would be empty columns. ENT_ID carries the annotation's id.
ATTRIBUTES = ("ORTH", "SPACY", "ENT_IOB", "ENT_TYPE", "ENT_ID", "SENT_START")

SHARD_DOCS = 1000
SHARD_TOKENS = 500_000
"""With more docs or tokens each side becomes a folder of files, which spaCy's reader takes too."""

Check = Callable[[Path, list[bytes]], Mapping[str, int]]
"""Takes a file and the fingerprints its docs should have; gives the spans found by layer."""


@contextmanager
def quick_msgpack() -> Iterator[None]:
    """Spare spaCy the search for encoders at each small message: it is done once instead.

    srsly looks through its whole registry and all installed packages whenever a span group is
    packed or unpacked; measured, that is 250 of 290 microseconds.
    """
    registries = (srsly.msgpack.msgpack_encoders, srsly.msgpack.msgpack_decoders)
    for registry in registries:
        registry.get_all = registry.get_all().copy
    try:
        yield
    finally:
        for registry in registries:
            del registry.get_all


class SidesWriter:
    """Takes the docs of all sides and leaves ``train.spacy``, ``dev.spacy``, ``test.spacy``.

    All are written out together when they hold enough, so that memory has one bound for the three.
    """

    def __init__(self, folder: Path, check: Check | None) -> None:
        self._sides = {side: _SideWriter(folder, side, check) for side in SIDES}

    def add(self, side: str, article: Article, made: MadeDoc) -> None:
        """Write a doc, which the check will have to find as the article has it."""
        self._sides[side].add(article, made)
        waiting = self._sides.values()
        if (
            sum(writer.docs for writer in waiting) >= SHARD_DOCS
            or sum(writer.tokens for writer in waiting) >= SHARD_TOKENS
        ):
            for writer in waiting:
                if writer.docs:
                    writer.flush()

    def finish(self) -> None:
        """Write what is left and give the files their names."""
        for writer in self._sides.values():
            writer.finish()

    def found(self, layer: str) -> int:
        """Spans of a layer that were seen when the files were opened again."""
        return sum(writer.found[layer] for writer in self._sides.values())


class _SideWriter:
    """One side: ``docs`` and ``tokens`` are those that wait to be written."""

    def __init__(self, folder: Path, side: str, check: Check | None) -> None:
        self._target = folder / f"{side}.spacy"
        self._parts = folder / f"{side}.parts"
        self._check = check
        self._files: list[Path] = []
        self.found: dict[str, int] = dict.fromkeys(LAYERS, 0)
        self._begin()

    def add(self, article: Article, made: MadeDoc) -> None:
        doc = made.doc
        rows = doc.to_array([*self._bin.attrs])
        self._bin.tokens.append(rows)
        self._bin.spaces.append(doc.to_array(SPACY).astype(bool).reshape(-1, 1))
        self._bin.flags.append({"has_unknown_spaces": False})
        self._bin.cats.append(doc.cats)
        self._bin.span_groups.append(doc.spans.to_bytes())
        self._bin.user_data.append(srsly.msgpack_dumps(doc.user_data))
        self._take_strings(made, rows)
        if self._check is not None:
            self._fingerprints.append(expected(article, made))
        self.docs += 1
        self.tokens += len(doc)

    def finish(self) -> None:
        if self.docs or not self._files:
            self.flush()
        if len(self._files) == 1:
            self._files[0].rename(self._target)
            self._parts.rmdir()
        else:
            self._parts.rename(self._target)

    def _begin(self) -> None:
        self._bin = DocBin(attrs=ATTRIBUTES, store_user_data=True)
        self._fingerprints: list[bytes] = []
        self._hashes: set[int] = set()
        self.docs = self.tokens = 0

    def _take_strings(self, made: MadeDoc, rows: np.ndarray[Any, Any]) -> None:
        # DocBin.add asks each token for nine strings, which takes longer than making the tokens;
        # a string is needed once a file.
        hashes = set(rows[:, self._bin.attrs.index(ORTH)].tolist())
        hashes -= self._hashes
        self._hashes |= hashes
        strings = self._bin.strings
        strings.update(made.doc.vocab.strings[key] for key in hashes)
        for layer in GROUP_KEYS:
            for annotation, _ in made.held[layer]:
                strings.add(annotation.id)
                strings.add(annotation.label)

    def flush(self) -> None:
        self._parts.mkdir(exist_ok=True)
        path = self._parts / f"part-{len(self._files) + 1:04}.spacy"
        self._bin.to_disk(path)
        self._files.append(path)
        fingerprints = self._fingerprints
        self._begin()
        if self._check is not None:
            for layer, count in self._check(path, fingerprints).items():
                self.found[layer] += count
