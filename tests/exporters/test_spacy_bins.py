"""DocBin files: what spaCy reads back, shards, the choice of attributes."""

from collections.abc import Iterator
from pathlib import Path
from random import seed as seed_random

import numpy as np
import pytest
import srsly
from spacy.tokens import DocBin
from spacy.training import Corpus
from spacy.vocab import Vocab

from annotator.exporters import spacy_bins
from annotator.exporters.spacy_bins import ATTRIBUTES, SidesWriter, quick_msgpack
from annotator.exporters.spacy_docs import DocMaker, MadeDoc
from annotator.exporters.spacy_proof import check_file
from annotator.nlp.tokenizer import Pipelines, blank_pipeline
from tests.exporters.synthetic import LABELS, QUESTIONS, article

PIPELINES = Pipelines()


def made(count: int) -> Iterator[tuple[int, MadeDoc]]:
    maker = DocMaker(PIPELINES, LABELS, QUESTIONS, 1000, lambda *report: None)
    for number in range(count):
        found = article(number)
        for doc in maker.docs(found, {"article": found.id, "rule": "gold"}):
            yield number, doc


def write(folder: Path, count: int) -> SidesWriter:
    writer = SidesWriter(folder, check_file)
    for number, doc in made(count):
        writer.add("train", article(number), doc)
    writer.finish()
    return writer


def test_spacys_own_bin_holds_the_same(tmp_path: Path) -> None:
    write(tmp_path, 5)
    own = DocBin(attrs=ATTRIBUTES, store_user_data=True)
    for _, doc in made(5):
        own.add(doc.doc)
    ours = list(DocBin().from_disk(tmp_path / "train.spacy").get_docs(Vocab()))
    for doc, other in zip(ours, own.get_docs(Vocab()), strict=True):
        assert doc.to_json() == other.to_json()
        assert doc.cats == other.cats
        assert doc.user_data == other.user_data
        assert [e.id_ for e in doc.ents] == [e.id_ for e in other.ents]
        for key in ("sc", "claims"):
            assert [(s.text, s.label_, s.id_) for s in doc.spans[key]] == [
                (s.text, s.label_, s.id_) for s in other.spans[key]
            ]
        assert [t.is_sent_start for t in doc] == [t.is_sent_start for t in other]


def test_many_docs_become_a_folder_that_spacy_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spacy_bins, "SHARD_DOCS", 4)
    writer = write(tmp_path, 10)
    target = tmp_path / "train.spacy"
    assert sorted(path.name for path in target.iterdir()) == [
        "part-0001.spacy",
        "part-0002.spacy",
        "part-0003.spacy",
    ]
    assert {path.name for path in tmp_path.iterdir()} == {
        "train.spacy",
        "dev.spacy",
        "test.spacy",
    }
    assert (tmp_path / "dev.spacy").is_file()
    examples = list(Corpus(target)(blank_pipeline("en")))
    assert [e.reference.user_data["article"] for e in examples] == [f"a{n}" for n in range(10)]
    assert writer.found("ner") == sum(len(e.reference.ents) for e in examples)


def test_many_tokens_become_a_folder_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spacy_bins, "SHARD_TOKENS", 600)
    write(tmp_path, 5)
    assert (tmp_path / "train.spacy").is_dir()


def test_a_side_without_docs_is_a_file_that_opens(tmp_path: Path) -> None:
    write(tmp_path, 0)
    assert list(DocBin().from_disk(tmp_path / "train.spacy").get_docs(Vocab())) == []


def test_all_sides_are_written_out_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spacy_bins, "SHARD_DOCS", 4)
    writer = SidesWriter(tmp_path, check_file)
    for number, doc in made(8):
        writer.add("dev" if number % 4 == 3 else "train", article(number), doc)
    writer.finish()
    parts = {path.name: len(list(path.iterdir())) for path in tmp_path.iterdir() if path.is_dir()}
    assert parts == {"train.spacy": 2, "dev.spacy": 2}


def test_quick_msgpack_leaves_nothing_behind() -> None:
    before = srsly.msgpack_dumps({"a": np.arange(3)})
    with quick_msgpack():
        assert srsly.msgpack_dumps({"a": np.arange(3)}) == before
        assert "get_all" in vars(srsly.msgpack.msgpack_encoders)
    assert "get_all" not in vars(srsly.msgpack.msgpack_encoders)
    assert "get_all" not in vars(srsly.msgpack.msgpack_decoders)


def trained(path: Path) -> bytes:
    """The weights of a small entity recogniser after a few updates."""
    nlp = blank_pipeline("en")
    nlp.add_pipe("ner")
    examples = list(Corpus(path)(nlp))
    seed_random(0)
    np.random.seed(0)
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(3):
        nlp.update(examples, sgd=optimizer, drop=0.1)
    weights: bytes = nlp.get_pipe("ner").model.to_bytes()
    return weights


def test_training_needs_no_other_attributes(tmp_path: Path) -> None:
    full = DocBin(store_user_data=True)
    slim = DocBin(attrs=ATTRIBUTES, store_user_data=True)
    fewer = DocBin(attrs=ATTRIBUTES, store_user_data=True)
    for _, doc in made(4):
        full.add(doc.doc)
        slim.add(doc.doc)
        doc.doc.set_ents(list(doc.doc.ents)[1:])
        fewer.add(doc.doc)
    paths = [tmp_path / f"{name}.spacy" for name in ("full", "slim", "fewer")]
    for docs, path in zip((full, slim, fewer), paths, strict=True):
        docs.to_disk(path)
    assert trained(paths[0]) == trained(paths[1])
    assert trained(paths[0]) != trained(paths[2]), "the comparison can fail"
