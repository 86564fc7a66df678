"""spaCy itself takes the folder: data check, training, scores, the loader."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def run(folder: Path, *command: str) -> str:
    ended = subprocess.run(
        [sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False
    )
    return ended.stdout + ended.stderr


@pytest.mark.parametrize("config", ["ner", "spancat"])
def test_spacy_finds_no_fault_with_the_data(folder: Path, config: str) -> None:
    said = run(folder, "-m", "spacy", "debug", "data", f"configs/{config}.cfg", "--no-format")
    assert "Corpus is loadable" in said
    assert "No overlap between training and evaluation data" in said
    for fault in ("whitespace entity", "misaligned", "invalid whitespace", "crossing sentence"):
        assert f" {fault}" not in said.replace("No entities crossing sentence boundaries", "")


@pytest.mark.parametrize("config", ["ner", "spancat", "claims", "textcat"])
def test_training_starts_and_scores(folder: Path, tmp_path: Path, config: str) -> None:
    copy = tmp_path / "corpus"
    shutil.copytree(folder, copy)
    few = ["--training.max_steps", "10", "--training.eval_frequency", "5"]
    said = run(copy, "-m", "spacy", "train", f"configs/{config}.cfg", "--output", "model", *few)
    assert "Saved pipeline" in said, said
    if config == "ner":
        scores = run(copy, "evaluate.py", "model/model-last")
        assert "baseline F1" in scores, scores
        assert "PATIENT_COUNT" in scores


def test_the_loader_shows_the_corpus(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "corpus"
    shutil.copytree(folder, copy)
    assert "train 3" in run(copy, "load.py")
