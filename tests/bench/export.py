"""How fast the spaCy export is beside spaCy alone, and whether its memory grows with the corpus.

The floor makes the same tokens with the same tokenizer and writes the same attributes with spaCy's
own DocBin; ``bare`` without spans, ``full`` with the same spans set on each doc.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

from annotator.domain.corpus import Article, Corpus
from tests.exporters.synthetic import corpus

ARTICLES = 1_000
REPEATS = 5
FEW, MANY = 1_000, 20_000
MODES = ("bare", "full", "export", "proved")


def run(articles: int = ARTICLES, few: int = FEW, many: int = MANY) -> dict[str, float]:
    """Articles a second, ratios to the floors, and peak memory of two sizes in MB."""
    timed = _child("speed", articles)
    small, large = _child("memory", few)["peak_mb"], _child("memory", many)["peak_mb"]
    rates = {f"{mode}_articles_per_s": timed[mode] for mode in MODES}
    ratios = {
        f"{mode}_to_{floor}": timed[mode] / timed[floor]
        for mode in ("export", "proved")
        for floor in ("bare", "full")
    }
    memory = {f"peak_mb_{few}": small, f"peak_mb_{many}": large, "memory_ratio": large / small}
    return {name: round(value, 3) for name, value in (rates | ratios | memory).items()}


def _child(what: str, articles: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.export", what, str(articles)]
    ended = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(ended.stdout)
    return found


def speed(articles: int) -> dict[str, float]:
    """Median articles a second of each mode, rounds of all modes so that noise meets them alike."""
    texts = list(corpus(articles).articles())
    ready = replace(corpus(articles), articles=lambda: iter(texts))
    modes: dict[str, Callable[[Path], None]] = {
        "bare": lambda target: floor(texts, target, spans=False),
        "full": lambda target: floor(texts, target, spans=True),
        "export": lambda target: export(ready, target, prove=False),
        "proved": lambda target: export(ready, target, prove=True),
    }
    rates: dict[str, list[float]] = {mode: [] for mode in modes}
    for turn in range(REPEATS + 1):
        for mode, work in modes.items():
            with tempfile.TemporaryDirectory() as folder:
                start = time.perf_counter()
                work(Path(folder) / "out")
                if turn:  # the first round pays for imports
                    rates[mode].append(articles / (time.perf_counter() - start))
    return {mode: median(found) for mode, found in rates.items()}


def floor(articles: list[Article], target: Path, *, spans: bool) -> None:
    """spaCy alone: tokens, the same attributes, one file."""
    from spacy.tokens import DocBin

    from annotator.exporters.spacy_bins import ATTRIBUTES
    from annotator.nlp.tokenizer import blank_pipeline

    nlp = blank_pipeline("en")
    bin_ = DocBin(attrs=ATTRIBUTES, store_user_data=spans)
    for article in articles:
        doc = nlp.make_doc(article.text)
        if spans:
            found = {
                layer: [
                    doc.char_span(a.start, a.end, label=a.label, span_id=a.id)
                    for a in article.annotations
                    if a.label.endswith("_CLAIM") == (layer == "claims")
                ]
                for layer in ("sc", "claims")
            }
            doc.spans.update(found)
            doc.ents = found["sc"]
            doc.user_data["article"] = article.id
        bin_.add(doc)
    bin_.to_disk(target)


def export(ready: Corpus, target: Path, *, prove: bool) -> None:
    """What a person asks for when they press Export."""
    from annotator.exporters.base import ExportOptions
    from annotator.exporters.spacy import SPACY

    SPACY.write(ready, target, ExportOptions(prove=prove), lambda done, total: None)


def memory(articles: int) -> dict[str, float]:
    """Peak resident memory of one proved export, articles made as they are read."""
    with tempfile.TemporaryDirectory() as folder:
        export(corpus(articles), Path(folder) / "out", prove=True)
    return {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


if __name__ == "__main__":
    if len(sys.argv) == 1:
        print(json.dumps(run(), indent=1))
    else:
        measure = {"speed": speed, "memory": memory}[sys.argv[1]]
        print(json.dumps(measure(int(sys.argv[2]))))
