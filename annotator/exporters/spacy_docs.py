"""Docs made of an article: tokens, sentence starts, entities, span groups, categories.

Every annotation ends in exactly one place of each layer it belongs to: in a doc, or told to
``report`` with the reason why it is in none.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from spacy.attrs import IDX, LENGTH, ORTH, SENT_START, SPACY  # type: ignore[import-not-found]
from spacy.tokens import Doc, Span

from annotator.domain.blocks import sentence_ends, split_blocks
from annotator.domain.corpus import Annotation, Article, CorpusLabel
from annotator.exporters.spacy_windows import Region, holding, regions, why_outside, windows
from annotator.nlp.tokenizer import Pipelines

NER, SPANCAT, CLAIMS = "ner", "spancat", "claims"
LAYERS = (NER, SPANCAT, CLAIMS)
GROUP_KEYS = {SPANCAT: "sc", CLAIMS: "claims"}

REASONS = {
    "overlap": "another entity covers part of it; the group “sc” holds it",
    "tokens": "its ends do not fall on token borders",
    "blank": "it begins or ends with a blank",
    "furniture": "it lies in page furniture, which is no part of a corpus",
    "outside": "it lies between or around the blocks of the article",
    "cut": "it is longer than the window",
    "same text": "the same text is in the corpus already, from another article",
}

Report = Callable[[str, Annotation, str], None]
"""Takes layer, annotation and reason."""
_SPAN = tuple[int, int, Annotation]


@dataclass(frozen=True, slots=True)
class MadeDoc:
    """A doc with the annotations it holds by layer, each with its number of tokens."""

    doc: Doc
    offset: int
    text: str
    held: Mapping[str, Sequence[tuple[Annotation, int]]]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    doc: Doc
    offset: int
    text: str
    spans: Sequence[_SPAN]


class DocMaker:
    """Turns articles into docs; remembers texts, so that none is made twice."""

    def __init__(
        self,
        pipelines: Pipelines,
        labels: Sequence[CorpusLabel],
        questions: Sequence[str],
        window: int,
        report: Report,
    ) -> None:
        self._pipelines = pipelines
        self._rank = {label.name: place for place, label in enumerate(labels)}
        self._flat = {label.name for label in labels if label.layer == "flat"}
        self._questions = frozenset(questions)
        self._window = window
        self._report = report
        self._seen: set[bytes] = set()

    def layers_of(self, label: str) -> tuple[str, ...]:
        """The layers that a label belongs to."""
        return (NER, SPANCAT) if label in self._flat else (CLAIMS,)

    def docs(self, article: Article, user_data: Mapping[str, Any]) -> Iterator[MadeDoc]:
        """The article's docs in order of text; ``user_data`` goes into each."""
        blocks = article.blocks or split_blocks(article.text, article.title)
        stretches = list(regions(blocks))
        inside: list[list[Annotation]] = [[] for _ in stretches]
        for annotation in sorted(article.annotations, key=self._order):
            place = holding(stretches, annotation)
            if place is None:
                self._refuse(annotation, why_outside(blocks, annotation))
            else:
                inside[place].append(annotation)
        parts = [
            part
            for region, annotations in zip(stretches, inside, strict=True)
            for part in self._parts(article, region, annotations)
        ]
        # The card speaks of the whole article: its answers go to the doc that is most of it, and to
        # none where a long article was cut.
        main = max(parts, key=lambda part: len(part.text)) if len(parts) == len(stretches) else None
        for part in parts:
            if not self._is_new(part.text):
                for _, _, annotation in part.spans:
                    self._refuse(annotation, "same text")
                continue
            if part is main:
                part.doc.cats = self.categories(article)
            part.doc.user_data.update(user_data, offset=part.offset)
            yield MadeDoc(part.doc, part.offset, part.text, self._mark(part.doc, part.spans))

    def categories(self, article: Article) -> dict[str, float]:
        """What the card answers with yes or no: 1.0 reported, 0.0 not; the rest is absent."""
        found: dict[str, float] = {}
        for answer in article.answers:
            if answer.question in self._questions and answer.answer in _REPORTED:
                found[f"reports:{answer.question}"] = _REPORTED[answer.answer]
        return dict(sorted(found.items()))

    def _order(self, annotation: Annotation) -> tuple[int, int, int, str]:
        return annotation.start, -annotation.end, self._rank[annotation.label], annotation.id

    def _refuse(self, annotation: Annotation, reason: str) -> None:
        for layer in self.layers_of(annotation.label):
            self._report(layer, annotation, reason)

    def _is_new(self, text: str) -> bool:
        key = blake2b(text.encode(), digest_size=16).digest()
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _parts(
        self, article: Article, region: Region, annotations: Sequence[Annotation]
    ) -> Iterator[_Part]:
        whole = article.text
        text = whole[region.start : region.end]
        # By the article's own language, as its page has it: marks sit on the page's tokens.
        doc = self._pipelines.current(article.language).make_doc(text)
        grid = doc.to_array([IDX, LENGTH])
        starts = grid[:, 0].tolist()
        ends = (grid[:, 0] + grid[:, 1]).tolist()
        spans = self._aligned(whole, region, annotations, starts, ends)
        blocks = [bisect_left(starts, block.start - region.start) for block in region.blocks]
        sentences = _sentence_starts(whole, region, starts, spans)
        cuts = windows(len(doc), blocks, sentences, ((i, j) for i, j, _ in spans), self._window)
        for first, last in cuts:
            kept = []
            for i, j, annotation in spans:
                if first <= i and j <= last:
                    kept.append((i - first, j - first, annotation))
                elif first <= i < last:
                    self._refuse(annotation, "cut")
            part = doc if len(cuts) == 1 else _slice(doc, first, last)
            _set_sentences(part, [s - first for s in sentences if first <= s < last])
            end = starts[last] if last < len(starts) else len(text)
            place = region.start + starts[first]
            yield _Part(part, place, text[starts[first] : end], kept)

    def _aligned(
        self,
        whole: str,
        region: Region,
        annotations: Sequence[Annotation],
        starts: list[int],
        ends: list[int],
    ) -> list[_SPAN]:
        first = {start: place for place, start in enumerate(starts)}
        last = {end: place for place, end in enumerate(ends, 1)}
        spans = []
        for annotation in annotations:
            i = first.get(annotation.start - region.start)
            j = last.get(annotation.end - region.start)
            if whole[annotation.start].isspace() or whole[annotation.end - 1].isspace():
                self._refuse(annotation, "blank")
            elif i is None or j is None:
                self._refuse(annotation, "tokens")
            else:
                spans.append((i, j, annotation))
        return spans

    def _mark(self, doc: Doc, spans: Sequence[_SPAN]) -> dict[str, list[tuple[Annotation, int]]]:
        made: dict[str, list[tuple[Span, Annotation]]] = {SPANCAT: [], CLAIMS: []}
        for i, j, annotation in spans:
            layer = SPANCAT if annotation.label in self._flat else CLAIMS
            span = Span(doc, i, j, label=annotation.label, span_id=annotation.id)
            made[layer].append((span, annotation))
        for layer, key in GROUP_KEYS.items():
            doc.spans[key] = [span for span, _ in made[layer]]
        entities = self._without_overlap(made[SPANCAT])
        doc.set_ents([span for span, _ in entities])
        return {
            layer: [(annotation, len(span)) for span, annotation in pairs]
            for layer, pairs in ((NER, entities), *made.items())
        }

    def _without_overlap(
        self, pairs: Sequence[tuple[Span, Annotation]]
    ) -> list[tuple[Span, Annotation]]:
        """The label higher in the scheme stays, then the longer span, then the earlier."""
        taken: set[int] = set()
        kept = []
        for span, annotation in sorted(
            pairs, key=lambda p: (self._rank[p[1].label], p[1].start - p[1].end, p[1].start)
        ):
            place = range(span.start, span.end)
            if taken.isdisjoint(place):
                taken.update(place)
                kept.append((span, annotation))
            else:
                self._report(NER, annotation, "overlap")
        return sorted(kept, key=lambda pair: pair[0].start)


_REPORTED = {"found": 1.0, "found but vague": 1.0, "not reported": 0.0}


def _sentence_starts(
    whole: str, region: Region, starts: list[int], spans: Sequence[_SPAN]
) -> list[int]:
    """Tokens that begin a sentence; none inside a span, where spaCy could not learn across it."""
    found = set()
    for block in region.blocks:
        found.add(bisect_left(starts, block.start - region.start))
        for end in sentence_ends(whole, block.start, block.end):
            found.add(bisect_left(starts, end - region.start))
    for i, j, _ in spans:
        found.difference_update(range(i + 1, j))
    found.discard(len(starts))
    return sorted(found)


def _set_sentences(doc: Doc, sentences: Sequence[int]) -> None:
    marks = np.full((len(doc), 1), -1, dtype=np.int64)
    marks[list(sentences)] = 1
    marks[0] = 1
    column: Any = marks.astype(np.uint64)
    doc.from_array([SENT_START], column)


def _slice(doc: Doc, first: int, last: int) -> Doc:
    rows: Any = doc.to_array([ORTH, SPACY])[first:last]
    return Doc(doc.vocab, words=rows[:, 0], spaces=rows[:, 1].astype(bool))
