"""Configurations: complete as spaCy would complete them, and shaped by the data."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from thinc.api import Config

from annotator.exporters.spacy_configs import shape_of
from annotator.exporters.spacy_docs import DocMaker
from annotator.exporters.spacy_tally import Tally
from annotator.nlp.tokenizer import Pipelines
from tests.exporters.synthetic import LABELS, QUESTIONS, marked


def tally_of(*lengths: int) -> Tally:
    """A tally of one training doc with flat spans of these lengths in tokens."""
    words = [f"word{n:03}" for n in range(sum(lengths))]
    spans, start = [], 0
    for length in lengths:
        spans.append((" ".join(words[start : start + length]), "OUTCOME"))
        start += length
    maker = DocMaker(Pipelines(), LABELS, QUESTIONS, 10_000, lambda *report: None)
    tally = Tally()
    for made in maker.docs(marked(" ".join(words), *spans), {}):
        tally.take_doc(made, "train")
    return tally


@pytest.mark.parametrize("name", ["ner", "spancat", "claims", "textcat"])
def test_spacy_has_nothing_to_add(folder: Path, tmp_path: Path, name: str) -> None:
    filled = tmp_path / "filled.cfg"
    command = [sys.executable, "-m", "spacy", "init", "fill-config"]
    subprocess.run(
        [*command, str(folder / f"configs/{name}.cfg"), str(filled)],
        check=True,
        capture_output=True,
    )
    ours = Config().from_disk(folder / f"configs/{name}.cfg", interpolate=False)
    assert ours == Config().from_disk(filled, interpolate=False)
    assert "@" not in json.dumps(ours["paths"])


def test_the_seed_and_the_tokenizer_are_the_folders(folder: Path) -> None:
    config = Config().from_disk(folder / "configs/ner.cfg", interpolate=False)
    assert config["system"]["seed"] == 3
    assert config["paths"] == {
        "train": "train.spacy",
        "dev": "dev.spacy",
        "tokenizer": "tokenizer",
        "vectors": None,
        "init_tok2vec": None,
    }
    callback = config["initialize"]["before_init"]
    assert callback["@callbacks"] == "spacy.copy_from_base_model.v1"


@pytest.mark.parametrize(
    ("lengths", "longest"),
    [([1] * 10, 3), ([2, 5], 5), ([1] * 199 + [9], 3), ([1] * 97 + [9] * 3, 9)],
)
def test_sizes_reach_the_99th_percentile(lengths: list[int], longest: int) -> None:
    assert shape_of(tally_of(*lengths)).sizes == tuple(range(1, longest + 1))


def test_steps_follow_the_corpus() -> None:
    small, large = tally_of(1), tally_of(1)
    large.sides["train"].tokens = 100_000
    huge = tally_of(1)
    huge.sides["train"].tokens = 10_000_000
    steps = [shape_of(tally).steps for tally in (small, large, huge)]
    assert steps == [600, 5000, 20_000]
