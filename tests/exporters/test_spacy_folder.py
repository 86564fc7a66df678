"""The folder as a whole: it adds up, repeats byte for byte, trains, and says what is in it."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from annotator.domain.corpus import Article
from annotator.domain.errors import Invalid
from annotator.exporters.base import ExportFailed, ExportOptions, ExportReport
from annotator.exporters.spacy import SPACY
from tests.exporters.synthetic import answered, article, corpus, marked, of

SIDES = ("train", "dev", "test")


def write(target: Path, *articles: Article, **options: Any) -> ExportReport:
    return SPACY.write(of(*articles), target, ExportOptions(**options), lambda done, total: None)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def docs(folder: Path) -> Iterator[tuple[str, Doc]]:
    for side in SIDES:
        for doc in DocBin().from_disk(folder / f"{side}.spacy").get_docs(Vocab()):
            yield side, doc


def test_it_holds_what_the_interface_names(folder: Path) -> None:
    names = set(contents(folder))
    assert names >= {
        "train.spacy",
        "dev.spacy",
        "test.spacy",
        "configs/ner.cfg",
        "configs/spancat.cfg",
        "configs/claims.cfg",
        "configs/textcat.cfg",
        "tokenizer/config.cfg",
        "annotations.jsonl",
        "relations.jsonl",
        "labels.json",
        "splits.json",
        "stats.json",
        "report.json",
        "manifest.json",
        "README.md",
        "evaluate.py",
        "load.py",
        "requirements.txt",
    }
    assert not [name for name in names if "parts" in name]


def test_every_span_is_out_or_reported(tmp_path: Path) -> None:
    text = "Eight young patients took belinib 100mg. Nobody died."
    awkward = marked(
        text,
        ("Eight", "PATIENT_COUNT"),
        ("ight", "PATIENT_COUNT"),
        ("young patients", "POPULATION"),
        ("patients", "POPULATION"),
        ("Nobody died", "SAFETY_CLAIM"),
        ("body died", "SAFETY_CLAIM"),
        ("young ", "OUTCOME"),
    )
    write(tmp_path / "out", awkward, article(1), article(2), replace(awkward, id="again"))
    report = read_json(tmp_path / "out" / "report.json")
    lines = (tmp_path / "out" / "annotations.jsonl").read_text().splitlines()
    assert report["layers"]["spancat"]["in"] + report["layers"]["claims"]["in"] == len(lines)
    for layer in report["layers"].values():
        assert layer["in"] == layer["out"] + len(layer["reported"])
        assert sum(layer["by_reason"].values()) == len(layer["reported"])
    reasons = {
        name: sorted((entry["quote"], entry["reason"]) for entry in layer["reported"])
        for name, layer in report["layers"].items()
    }
    flat = [("ight", "tokens"), ("young ", "blank")]
    again = ("same text",)
    twice = [(quote, *again) for quote in ("Eight", "patients", "young patients")]
    assert reasons == {
        "ner": sorted([*flat, *flat, *twice, ("patients", "overlap")]),
        "spancat": sorted([*flat, *flat, *twice]),
        "claims": sorted(
            [("body died", "tokens"), ("body died", "tokens"), ("Nobody died", *again)]
        ),
    }
    assert {"article", "annotation", "start", "end", "label", "quote", "reason"} == set(
        report["layers"]["ner"]["reported"][0]
    )


def test_quotes_are_those_of_the_corpus(folder: Path) -> None:
    texts = {found.id: found for found in corpus(40).articles()}
    expected = {
        (a.id, a.label, a.start, a.end, found.text[a.start : a.end])
        for found in texts.values()
        for a in found.annotations
    }
    found = {
        (span.id_, span.label_, offset + span.start_char, offset + span.end_char, span.text)
        for _, doc in docs(folder)
        for offset in [doc.user_data["offset"]]
        for key in ("sc", "claims")
        for span in doc.spans[key]
    }
    assert found == expected


def test_sides_are_those_of_the_split(folder: Path) -> None:
    split = read_json(folder / "splits.json")
    where = {entry["article"]: entry["side"] for entry in split["articles"]}
    assert len(where) == 40
    assert all(where[doc.user_data["article"]] == side for side, doc in docs(folder))
    assert {entry["reason"] for entry in split["articles"]} == {"drawn"}
    assert split["folds"] == []


def test_the_manifest_counts_and_hashes_everything(folder: Path) -> None:
    manifest = read_json(folder / "manifest.json")
    files = contents(folder)
    del files["manifest.json"]
    assert manifest["sha256"] == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items()
    }
    assert manifest["seed"] == 3
    assert manifest["sequence"] == 7
    assert manifest["articles_left_out"] == {"open": 2}
    spans: dict[str, dict[str, int]] = {}
    for side, doc in docs(folder):
        for key in ("sc", "claims"):
            for span in doc.spans[key]:
                spans.setdefault(span.label_, dict.fromkeys(SIDES, 0))[side] += 1
    assert manifest["counts"] == spans
    assert sum(manifest["articles"].values()) == 40


def test_the_same_request_gives_the_same_bytes(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from annotator.exporters.base import ExportOptions\n"
        "from annotator.exporters.spacy import SPACY\n"
        "from tests.exporters.synthetic import corpus\n"
        "SPACY.write(corpus(12), Path(sys.argv[1]), ExportOptions(), lambda *counts: None)\n"
    )
    for seed in ("1", "2"):
        command = [sys.executable, "-c", program, str(tmp_path / seed)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
    assert contents(tmp_path / "1") == contents(tmp_path / "2")


def test_what_was_exported_before_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path / "first", article(1), article(2))
    write(tmp_path / "other", article(5), article(6))
    write(tmp_path / "second", article(1), article(2))
    assert contents(tmp_path / "first") == contents(tmp_path / "second")


def test_another_seed_gives_another_split(tmp_path: Path) -> None:
    articles = [article(number) for number in range(12)]
    write(tmp_path / "a", *articles, seed=1)
    write(tmp_path / "b", *articles, seed=2)
    splits = [read_json(tmp_path / name / "splits.json") for name in "ab"]
    assert splits[0]["articles"] != splits[1]["articles"]
    assert len(splits[0]["folds"]) == 5


def test_an_earlier_split_is_kept(tmp_path: Path, folder: Path) -> None:
    made = corpus(50)
    options = ExportOptions(seed=77, split_file=folder / "splits.json")
    SPACY.write(made, tmp_path / "out", options, lambda done, total: None)
    before = {e["article"]: e["side"] for e in read_json(folder / "splits.json")["articles"]}
    after = {e["article"]: e["side"] for e in read_json(tmp_path / "out/splits.json")["articles"]}
    assert {name: after[name] for name in before} == before


@pytest.mark.parametrize("content", ["", "[1]", '{"articles": [{"article": "a", "side": "x"}]}'])
def test_another_file_is_no_split(tmp_path: Path, content: str) -> None:
    (tmp_path / "splits.json").write_text(content)
    with pytest.raises(Invalid, match=r"splits\.json"):
        write(tmp_path / "out", article(1), split_file=tmp_path / "splits.json")


def test_one_story_is_on_one_side(tmp_path: Path) -> None:
    twins = [replace(article(1), id=f"twin{n}", group="doi:10.1/x") for n in range(2)]
    stories = [
        replace(article(2), group="doi:10.1/x", meta={"doi": "10.1234/Y"}),
        replace(article(3), meta={"study": "https://doi.org/10.1234/y"}),
    ]
    near = article(9)
    rewritten = Article("near", near.text.replace("the", "a"), blocks=())
    rest = [article(number) for number in range(10, 40)]
    write(tmp_path / "out", *twins, *stories, near, rewritten, *rest)
    split = read_json(tmp_path / "out" / "splits.json")
    sides = {entry["article"]: entry["side"] for entry in split["articles"]}
    assert len({sides[name] for name in ("twin0", "twin1", "a2", "a3")}) == 1
    assert sides["a9"] == sides["near"]


def test_an_export_of_nothing_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed, match=r"no finished article.*2 open"):
        write(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_articles_with_nothing_marked_are_in_and_give_no_config(tmp_path: Path) -> None:
    report = write(tmp_path / "out", marked("Nothing here."), marked("Nor here.", id="a2"))
    assert report.configs == ()
    assert report.layers["ner"].taken_in == 0
    assert len(list(docs(tmp_path / "out"))) == 2
    assert "nothing to train on" in (tmp_path / "out" / "README.md").read_text()


def test_one_article_fills_train_and_the_report_says_so(tmp_path: Path) -> None:
    report = write(tmp_path / "out", article(1))
    assert report.splits == {"train": 1, "dev": 0, "test": 0}
    assert any("fewer than the 3 sides" in sentence for sentence in report.warnings)


def test_several_layers_of_one_article_are_refused(tmp_path: Path) -> None:
    found = article(1)
    mixed = (replace(found.annotations[0], layer="other"), *found.annotations[1:])
    with pytest.raises(ExportFailed, match="several layers"):
        write(tmp_path / "out", replace(found, annotations=mixed))


def test_articles_that_change_meanwhile_are_noticed(tmp_path: Path) -> None:
    readings = iter([[article(1), article(2)], [article(1), article(3)]])
    changing = replace(of(), articles=lambda: iter(next(readings)))
    with pytest.raises(ExportFailed, match="changed"):
        SPACY.write(changing, tmp_path / "out", ExportOptions(), lambda done, total: None)


def test_labels_that_were_not_asked_everywhere_are_counted(tmp_path: Path) -> None:
    found = marked("Eight people.", ("Eight", "PATIENT_COUNT"), ("people", "RETIRED"))
    write(tmp_path / "out", found)
    manifest = read_json(tmp_path / "out" / "manifest.json")
    assert manifest["labels_left_out"] == {"RETIRED": 1}
    assert "RETIRED" not in manifest["counts"]


def test_records_lie_beside_the_docs(folder: Path) -> None:
    annotations = [
        json.loads(line) for line in (folder / "annotations.jsonl").read_text().splitlines()
    ]
    first = next(corpus(1).articles()).annotations[0]
    assert annotations[0]["article"] == "a0"
    assert annotations[0]["id"] == first.id
    assert annotations[0]["quote"] == first.quote
    relations = (folder / "relations.jsonl").read_text().splitlines()
    assert json.loads(relations[0])["type"] == "same_as"
    labels = read_json(folder / "labels.json")
    assert [label["name"] for label in labels][:2] == ["EFFICACY_CLAIM", "SAFETY_CLAIM"]


def test_categories_and_provenance_are_in_the_docs(tmp_path: Path) -> None:
    write(tmp_path / "out", answered(article(1), harms="not reported", funding="unclear"))
    [(_, doc)] = docs(tmp_path / "out")
    assert doc.cats == {"reports:harms": 0.0}
    assert doc.user_data["article"] == "a1"
    assert doc.user_data["rule"] == "gold"
    assert doc.user_data["meta"] == {"publisher": "Our Own Words"}
    assert doc.user_data["answers"] == (("harms", "not reported"), ("funding", "unclear"))
