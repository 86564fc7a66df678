"""The report: nothing may be lost between corpus, docs and report; ceiling and warnings."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotator.domain.corpus import Corpus
from annotator.domain.splits import Placed, Split
from annotator.exporters.base import ExportFailed, ExportOptions, LayerCount
from annotator.exporters.spacy import SPACY
from annotator.exporters.spacy_checks import Findings, run_checks
from annotator.exporters.spacy_report import ReportBook
from annotator.exporters.spacy_tally import Tally, percentile
from tests.exporters.synthetic import article, corpus, marked, of


def test_a_span_in_neither_place_stops_the_export(tmp_path: Path) -> None:
    book = ReportBook(tmp_path)
    found = marked("Eight people.", ("Eight", "PATIENT_COUNT"))
    book.turn_to(found)
    book.take("ner", found.annotations[0], "overlap")
    assert book.count("ner", 5, 4) == LayerCount(5, 4)
    with pytest.raises(ExportFailed, match="does not add up"):
        book.count("ner", 6, 4)
    book.close()
    assert list(tmp_path.iterdir()) == []


def test_spans_longer_than_the_suggester_are_the_ceiling(tmp_path: Path) -> None:
    words = " ".join(f"word{n:03}" for n in range(300))
    quotes = [(f"word{n:03}", "OUTCOME") for n in range(200)]
    long = ("word250 word251 word252 word253 word254", "OUTCOME")
    SPACY.write(of(marked(words, *quotes, long)), tmp_path / "out", ExportOptions(), print)
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["suggester_sizes"] == [1, 2, 3]
    [entry] = report["ceiling"]
    assert (entry["layer"], entry["quote"], entry["tokens"]) == ("spancat", long[0], 5)


def findings(changed: Corpus | None = None, **changes: Any) -> Findings:
    placed = (Placed("a", "train", "a", "drawn"), Placed("b", "train", "a", "same words as a"))
    nothing: dict[str, Counter[str]] = {layer: Counter() for layer in ("ner", "spancat", "claims")}
    plain = Findings(changed or corpus(2), Tally(), Split(placed), 0, Counter(), nothing)
    return replace(plain, **changes)


def states(found: Findings) -> dict[str, str]:
    return {check["check"]: check["state"] for check in run_checks(found)}


TORN = Split((Placed("a", "train", "a", "drawn"), Placed("b", "dev", "a", "same words as a")))
FURNITURE = {"ner": {"furniture": 1}, "spancat": {"furniture": 1}, "claims": {}}
MISFITS = {"ner": {"tokens": 1}, "spancat": {"tokens": 1}, "claims": {}}


@pytest.mark.parametrize(
    ("check", "found", "state"),
    [
        ("same story on both sides", findings(), "passed"),
        ("same story on both sides", findings(split=TORN), "failed"),
        ("gold of one reader", findings(corpus(2)), "failed"),
        ("gold of one reader", findings(corpus(2, rules={"a": "gold"})), "passed"),
        ("gold of one reader", findings(corpus(2, rules={"a": "majority of 3"})), "passed"),
        ("gold of one reader", findings(corpus(2, rules={})), "not applicable"),
        ("a label under 10 spans", findings(), "failed"),
        ("a label under 10 spans", findings(corpus(2, labels=())), "passed"),
        ("furniture", findings(), "passed"),
        ("furniture", findings(reasons=FURNITURE), "failed"),
        ("spans that do not fit", findings(), "passed"),
        ("spans that do not fit", findings(reasons=MISFITS), "failed"),
        ("empty articles missing", findings(), "failed"),
        ("machine-written share", findings(), "not applicable"),
        ("machine-written share", findings(machine={"person": 1, "machine": 1}), "passed"),
        ("machine-written share", findings(machine={"machine, edited": 1}), "failed"),
        ("untouched suggestions", findings(), "not applicable"),
        ("rules changed half way", findings(), "not applicable"),
        ("every side has articles", findings(), "failed"),
    ],
)
def test_checks(check: str, found: Findings, state: str) -> None:
    assert states(found)[check] == state


def test_unconfirmed_guesses_are_counted() -> None:
    found = article(1)
    guessed = replace(found.annotations[0], unconfirmed=("direction", "voice"))
    tally = Tally()
    tally.take_article(replace(found, annotations=(guessed,)), "train")
    sentences = {c["check"]: c["sentence"] for c in run_checks(findings(tally=tally))}
    assert sentences["guesses nobody confirmed"].startswith("2 values")


@pytest.mark.parametrize(
    ("lengths", "share", "expected"),
    [({}, 0.99, 0), ({1: 99, 9: 1}, 0.99, 1), ({1: 98, 9: 2}, 0.99, 9), ({2: 1, 4: 1}, 0.5, 2)],
)
def test_percentiles(lengths: dict[int, int], share: float, expected: int) -> None:
    assert percentile(lengths, share) == expected


def test_stats_say_how_much_of_dev_was_seen_in_training(folder: Path) -> None:
    stats = json.loads((folder / "stats.json").read_text())
    assert stats["labels"]["PATIENT_COUNT"]["dev_forms_also_in_train"] == 1.0
    assert stats["labels"]["EFFICACY_CLAIM"]["dev_forms_also_in_train"] == 0.0
    assert stats["labels"]["PATIENT_COUNT"]["train"]["forms"] == 7
    assert sum(side["articles"] for side in stats["sides"].values()) == 40
