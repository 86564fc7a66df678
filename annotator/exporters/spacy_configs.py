"""Training configurations that start inside the folder without an edit, one for each kind of data.

The models are small (no vectors, no GPU) and the number of steps follows the corpus: about a
minute for forty short articles, never more than spaCy's own default of 20,000 steps.
"""

import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from annotator.exporters.spacy_docs import CLAIMS, NER, SPANCAT
from annotator.exporters.spacy_tally import Tally

LEAST_SIZE = 3
"""The suggester always proposes spans up to this many tokens."""

_LEAST_STEPS, _MOST_STEPS = 600, 20_000
_TOKENS_A_STEP = 800
_ROUNDS = 40
# A linear model over words needs larger steps than a network; the finder and the categorizer of
# claims share one network and few examples.
_RATES = {"textcat": "0.01", "claims": "0.002"}
_PIPELINES = {
    "ner": ("tok2vec", "ner"),
    "spancat": ("tok2vec", "spancat"),
    "claims": ("tok2vec", "span_finder", "spancat"),
    "textcat": ("textcat_multilabel",),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What the spans of a corpus ask of a model."""

    sizes: tuple[int, ...]
    """Lengths in tokens that the suggester for ``sc`` proposes."""
    longest_claim: int
    steps: int


def shape_of(tally: Tally) -> Shape:
    """Sizes to the 99th percentile of the training spans, and a number of training steps."""
    sizes = range(1, max(LEAST_SIZE, tally.length_percentile(SPANCAT, 0.99)) + 1)
    rounds = _ROUNDS * tally.sides["train"].tokens // _TOKENS_A_STEP
    steps = min(_MOST_STEPS, max(_LEAST_STEPS, rounds))
    return Shape(tuple(sizes), tally.longest(CLAIMS), steps)


def write_configs(
    folder: Path, language: str, seed: int, shape: Shape, tally: Tally
) -> tuple[str, ...]:
    """Write ``configs/*.cfg`` for what the training side holds; gives their paths."""
    has = {
        "ner": tally.trained_on(NER),
        "spancat": tally.trained_on(SPANCAT),
        "claims": tally.trained_on(CLAIMS),
        "textcat": bool(tally.learnable_categories()),
    }
    written = []
    for name, pipeline in _PIPELINES.items():
        if has[name]:
            path = folder / "configs" / f"{name}.cfg"
            path.parent.mkdir(exist_ok=True)
            text = _config(name, pipeline, language, seed, shape)
            path.write_text(text, encoding="utf-8", newline="\n")
            written.append(f"configs/{name}.cfg")
    return tuple(written)


def _config(name: str, pipeline: tuple[str, ...], language: str, seed: int, shape: Shape) -> str:
    parts = ["base", *(["tok2vec"] if "tok2vec" in pipeline else []), name]
    text = "".join(_template(part) for part in parts)
    every = max(50, shape.steps // 12)
    for mark, value in {
        "SEED": str(seed),
        "LANGUAGE": language,
        "PIPELINE": json.dumps(pipeline),
        "ANNOTATING": json.dumps(["span_finder"] if name == "claims" else []),
        "STEPS": str(shape.steps),
        "EVERY": str(every),
        # Claims score 0 for the first few hundred steps: the categorizer has nothing to learn from
        # before the finder proposes sentences.
        "PATIENCE": str(shape.steps if name == "claims" else every * 5),
        "RATE": _RATES.get(name, "0.001"),
        "SIZES": json.dumps(shape.sizes),
        "LONGEST": str(shape.longest_claim),
    }.items():
        text = text.replace(f"@{mark}@", value)
    return text


def _template(name: str) -> str:
    resource = files("annotator.exporters") / "spacy_folder" / "configs" / f"{name}.cfg"
    return resource.read_text(encoding="utf-8")
