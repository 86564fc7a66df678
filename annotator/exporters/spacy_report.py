"""``report.json``: every span that a layer does not hold, what no model can find, and warnings.

Reported spans are spooled to files at once: a large corpus may have hundreds of thousands.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from annotator.domain.corpus import Annotation, Article
from annotator.exporters.base import ExportFailed, LayerCount, Reported
from annotator.exporters.spacy_configs import LEAST_SIZE, Shape
from annotator.exporters.spacy_docs import LAYERS, REASONS, SPANCAT, MadeDoc

FIRST = 100
"""Reported spans that the service gets to show; the file has all of them."""
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


class ReportBook:
    """Takes what is reported while docs are made and writes ``report.json`` at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "report.parts"
        self._folder.mkdir()
        self._spools: dict[str, IO[str]] = {
            name: (self._folder / name).open("w+", encoding="utf-8", newline="\n")
            for name in (*LAYERS, "long")
        }
        self.counts: dict[str, Counter[str]] = {layer: Counter() for layer in LAYERS}
        self.first: list[Reported] = []
        self._article: Article | None = None

    def turn_to(self, article: Article) -> None:
        """The article that the next reports are about."""
        self._article = article

    def take(self, layer: str, annotation: Annotation, reason: str) -> None:
        """Note that ``layer`` does not hold the annotation."""
        assert self._article is not None
        found = Reported(
            article=self._article.id,
            annotation=annotation.id,
            start=annotation.start,
            end=annotation.end,
            label=annotation.label,
            quote=annotation.quote,
            reason=reason,
        )
        self.counts[layer][reason] += 1
        if len(self.first) < FIRST:
            self.first.append(found)
        self._spools[layer].write(_encode(_record(found)) + "\n")

    def take_long(self, made: MadeDoc, article: Article) -> None:
        """Remember the spans that may turn out longer than what the suggester proposes."""
        for annotation, length in made.held[SPANCAT]:
            if length > LEAST_SIZE:
                line = [
                    length,
                    {
                        "article": article.id,
                        "annotation": annotation.id,
                        "start": annotation.start,
                        "end": annotation.end,
                        "label": annotation.label,
                        "quote": annotation.quote,
                        "tokens": length,
                    },
                ]
                self._spools["long"].write(_encode(line) + "\n")

    def close(self) -> None:
        """Remove the spools, also where the export failed."""
        for spool in self._spools.values():
            spool.close()
        for path in self._folder.iterdir():
            path.unlink()
        self._folder.rmdir()

    def count(self, layer: str, given: int, written: int) -> LayerCount:
        """The layer's count; raises ``ExportFailed`` where a span is in neither place."""
        reported = self.counts[layer].total()
        if given != written + reported:
            raise ExportFailed(
                f"Layer {layer} was given {given} spans; {written} were written and {reported} "
                "reported, which does not add up. Nothing is offered; please report this."
            )
        return LayerCount(given, written)

    def write(
        self,
        path: Path,
        layers: Mapping[str, LayerCount],
        splits: Mapping[str, Any],
        shape: Shape,
        warnings: list[dict[str, str]],
    ) -> None:
        """Write ``report.json``, one reported span a line."""
        with path.open("w", encoding="utf-8", newline="\n") as out:
            out.write('{\n"layers": {\n')
            for place, (layer, count) in enumerate(layers.items()):
                out.write(",\n" if place else "")
                head = f'"{layer}": {{"in": {count.taken_in}, "out": {count.written}, '
                out.write(f'{head}"by_reason": {_encode(dict(sorted(self.counts[layer].items())))}')
                out.write(',\n"reported": [')
                _write_lines(out, self._lines(layer))
                out.write("]}")
            out.write(f'\n}},\n"reasons": {_encode(REASONS)},\n"splits": {_encode(splits)},\n')
            out.write(f'"suggester_sizes": {_encode(shape.sizes)},\n"ceiling": [')
            _write_lines(out, self._ceiling(shape))
            out.write('],\n"warnings": [')
            _write_lines(out, map(_encode, warnings))
            out.write("]\n}\n")

    def _lines(self, name: str) -> Iterator[str]:
        spool = self._spools[name]
        spool.seek(0)
        while line := spool.readline():
            yield line.removesuffix("\n")

    def _ceiling(self, shape: Shape) -> Iterator[str]:
        for line in self._lines("long"):
            length, found = json.loads(line)
            if length > shape.sizes[-1]:
                yield _encode({"layer": SPANCAT, **found})


def _record(found: Reported) -> dict[str, str | int]:
    return {
        "article": found.article,
        "annotation": found.annotation,
        "start": found.start,
        "end": found.end,
        "label": found.label,
        "quote": found.quote,
        "reason": found.reason,
    }


def _write_lines(out: IO[str], lines: Iterator[str]) -> None:
    empty = True
    for line in lines:
        out.write("\n" if empty else ",\n")
        out.write(line)
        empty = False
    out.write("" if empty else "\n")
