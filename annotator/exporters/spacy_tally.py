"""Counts of a corpus while it is written: per label and side, in memory that stays small."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.corpus import Annotation, Article
from annotator.domain.splits import SIDES
from annotator.exporters.spacy_docs import NER, MadeDoc

_LOOSE = 4096


class Forms:
    """Distinct spellings, kept as 8-byte hashes: a corpus has as many claims as sentences."""

    def __init__(self) -> None:
        self._settled: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._loose: list[int] = []

    def add(self, form: str) -> None:
        """Take in one spelling; case does not count."""
        self._loose.append(hash(form.casefold()))
        if len(self._loose) >= _LOOSE:
            self.hashes()

    def hashes(self) -> NDArray[np.int64]:
        """The distinct hashes, sorted."""
        if self._loose:
            fresh = np.array(self._loose, dtype=np.int64)
            self._settled = np.union1d(self._settled, fresh)
            self._loose = []
        return self._settled


@dataclass(slots=True)
class Side:
    """Counts of one side."""

    articles: int = 0
    empty: int = 0
    """Articles in which nothing was marked."""
    docs: int = 0
    tokens: int = 0


@dataclass(slots=True)
class LabelSide:
    """Counts of one label on one side."""

    spans: int = 0
    articles: int = 0
    lengths: Counter[int] = field(default_factory=Counter)
    forms: Forms = field(default_factory=Forms)


class Tally:
    """Everything that ``stats.json``, the configurations and the data card say in numbers."""

    def __init__(self) -> None:
        self.sides = {side: Side() for side in SIDES}
        self.labels: dict[str, dict[str, LabelSide]] = {}
        self.categories: dict[str, dict[str, Counter[float]]] = {}
        self.given: Counter[str] = Counter()
        """Annotations of the corpus by layer, written or not."""
        self.held: Counter[str] = Counter()
        self.unconfirmed = 0
        self.answers_without_doc = 0
        self._lengths: dict[str, dict[str, Counter[int]]] = defaultdict(
            lambda: {side: Counter() for side in SIDES}
        )

    def take_article(self, article: Article, side: str) -> None:
        """Count an article and what was marked in it."""
        counts = self.sides[side]
        counts.articles += 1
        counts.empty += not article.annotations
        for label in {annotation.label for annotation in article.annotations}:
            self._of(label, side).articles += 1
        self.unconfirmed += sum(len(a.unconfirmed) for a in article.annotations)

    def take_doc(self, made: MadeDoc, side: str) -> None:
        """Count a doc as it goes into the corpus."""
        counts = self.sides[side]
        counts.docs += 1
        counts.tokens += len(made.doc)
        for layer, pairs in made.held.items():
            self.held[layer] += len(pairs)
            if layer != NER:
                for annotation, length in pairs:
                    self._take_span(layer, annotation, length, side)
        if made.held[NER]:
            self._lengths[NER][side][1] += len(made.held[NER])
        for name, value in made.doc.cats.items():
            if name not in self.categories:
                self.categories[name] = {s: Counter() for s in SIDES}
            self.categories[name][side][value] += 1

    def trained_on(self, layer: str) -> bool:
        """Whether the training side has a span of the layer."""
        return bool(self._lengths[layer]["train"])

    def learnable_categories(self) -> list[str]:
        """Categories with both answers on the training side."""
        return sorted(
            name
            for name, sides in self.categories.items()
            if sides["train"][1.0] and sides["train"][0.0]
        )

    def length_percentile(self, layer: str, share: float) -> int:
        """The least number of tokens that ``share`` of the training spans do not exceed."""
        return percentile(self._lengths[layer]["train"], share)

    def longest(self, layer: str) -> int:
        """Tokens of the longest span on any side; 1 where there is none."""
        return max((n for counts in self._lengths[layer].values() for n in counts), default=1)

    def as_record(self) -> dict[str, Any]:
        """The content of ``stats.json``."""
        return {
            "sides": {
                side: {
                    "articles": s.articles,
                    "articles_with_nothing_marked": s.empty,
                    "docs": s.docs,
                    "tokens": s.tokens,
                }
                for side, s in self.sides.items()
            },
            "labels": {label: _label_record(sides) for label, sides in sorted(self.labels.items())},
            "categories": {
                name: {
                    side: {"reported": values[1.0], "not_reported": values[0.0]}
                    for side, values in sides.items()
                }
                for name, sides in sorted(self.categories.items())
            },
        }

    def _of(self, label: str, side: str) -> LabelSide:
        if label not in self.labels:
            self.labels[label] = {name: LabelSide() for name in SIDES}
        return self.labels[label][side]

    def _take_span(self, layer: str, annotation: Annotation, length: int, side: str) -> None:
        counts = self._of(annotation.label, side)
        counts.spans += 1
        counts.lengths[length] += 1
        counts.forms.add(annotation.quote)
        self._lengths[layer][side][length] += 1


def percentile(lengths: Mapping[int, int], share: float) -> int:
    """The least length that ``share`` of the counted ones do not exceed; 0 for none."""
    wanted = share * sum(lengths.values())
    seen = 0
    for length, count in sorted(lengths.items()):
        seen += count
        if seen >= wanted:
            return length
    return 0


def _label_record(sides: Mapping[str, LabelSide]) -> dict[str, Any]:
    forms = {side: counts.forms.hashes() for side, counts in sides.items()}
    known = len(np.intersect1d(forms["dev"], forms["train"], assume_unique=True))
    return {
        side: {
            "spans": counts.spans,
            "articles": counts.articles,
            "forms": len(forms[side]),
            "tokens": {
                "least": min(counts.lengths, default=None),
                "median": percentile(counts.lengths, 0.5) or None,
                "p99": percentile(counts.lengths, 0.99) or None,
                "most": max(counts.lengths, default=None),
            },
        }
        for side, counts in sides.items()
    } | {
        "dev_forms_also_in_train": round(known / len(forms["dev"]), 4)
        if len(forms["dev"])
        else None,
        # One layer is exported; how far people agree is measured on all of them.
        "agreement": None,
    }
