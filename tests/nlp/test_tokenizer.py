"""Tokens of biomedical text, of languages without blanks, and of nothing at all."""

import subprocess
import sys
from pathlib import Path

import pytest
import spacy

from annotator.domain.blocks import Block, split_blocks
from annotator.domain.tokens import unpack
from annotator.nlp import tokenizer
from annotator.nlp.tokenizer import (
    TOKENIZER_VERSION,
    PipelineKeeper,
    blank_pipeline,
    language_code,
    token_runs,
)

SPLIT = {
    "100mg": "100 mg",
    "n=23": "n = 23",
    "(n=23)": "( n = 23 )",
    "12–18": "12 – 18",
    "12-week": "12 - week",
    "10%–20%": "10 % – 20 %",
    "p<0.05": "p < 0.05",
    "𝑝<0.05": "𝑝 < 0.05",
    "≥18": "≥ 18",
    "~40": "~ 40",
    "20mg/kg": "20 mg / kg",
    "8/10": "8 / 10",
    "23.4±1.2": "23.4 ± 1.2",
    "95%CI": "95 % CI",
    "HR=0.6,": "HR = 0.6 ,",
    "patients;12": "patients ; 12",
    "mice(n=6)": "mice ( n = 6 )",
    "38°C": "38 ° C",
}
WHOLE = ["COVID-19", "IL-6", "1,200", "0·05", "HbA1c", "3D", "21st", "p53", "-5.2"]


@pytest.mark.parametrize(("text", "expected"), SPLIT.items())
def test_numbers_and_units_are_tokens_of_their_own(text: str, expected: str) -> None:
    assert " ".join(token.text for token in blank_pipeline("en")(text)) == expected


@pytest.mark.parametrize("text", WHOLE)
def test_names_stay_whole(text: str) -> None:
    assert [token.text for token in blank_pipeline("en")(text)] == [text]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "en"),
        ("EN-gb", "en"),
        ("de-1996", "de"),
        ("zh", "xx"),
        ("ja", "xx"),
        ("th", "xx"),
        ("ko", "xx"),
        ("vi", "xx"),
        ("tlh", "xx"),
        ("", "xx"),
        ("punctuation", "xx"),
        ("../de", "xx"),
    ],
)
def test_unknown_languages_fall_back(language: str, expected: str) -> None:
    assert language_code(language) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ja", "CAR-T細胞は8名に", ["CAR", "-", "T", "細", "胞", "は", "8", "名", "に"]),
        ("zh", "10人患病", ["10", "人", "患", "病"]),
        ("th", "ผู้ป่วย 8", ["ผู้", "ป่", "ว", "ย", "8"]),
        ("ko", "환자 8명", ["환자", "8명"]),
        ("vi", "bệnh nhân", ["bệnh", "nhân"]),
        ("my", "လူ ၈", ["လူ", "၈"]),
    ],
)
def test_languages_without_packages_give_usable_tokens(
    language: str, text: str, expected: list[str]
) -> None:
    [runs] = token_runs(text, [Block("body", 0, len(text))], language)
    assert [text[start:end] for start, end in unpack(runs)] == expected


def test_runs_are_relative_to_blocks_and_hold_no_blanks() -> None:
    text = "A title\n\nTwo  patients\u00a0(n=2)\ndied."
    blocks = split_blocks(text)
    found = [
        [text[block.start + start : block.start + end] for start, end in unpack(runs)]
        for block, runs in zip(blocks, token_runs(text, blocks, "en"), strict=True)
    ]
    assert found == [
        ["A", "title"],
        ["Two", "patients", "(", "n", "=", "2", ")", "died", "."],
    ]


def test_astral_characters_count_once() -> None:
    text = "😀 𝑝<0.05"
    [runs] = token_runs(text, [Block("body", 0, len(text))], "en")
    assert runs == "0 1 1 1 0 1 0 4"


def test_a_saved_pipeline_needs_none_of_our_code(tmp_path: Path) -> None:
    blank_pipeline("en").to_disk(tmp_path)
    program = (
        "import sys, spacy; nlp = spacy.load(sys.argv[1]); "
        "assert not any('annotator' in name for name in sys.modules); "
        "print(*[t.text for t in nlp('100mg n=23')])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert ended.stdout.split() == ["100", "mg", "n", "=", "23"]


def test_the_version_names_spacy_and_the_rules() -> None:
    assert f"spacy-{spacy.about.__version__}-rules-{tokenizer.RULES}" == TOKENIZER_VERSION


def test_a_large_vocabulary_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = PipelineKeeper("en")
    first = keeper.current()
    assert keeper.current() is first
    monkeypatch.setattr(tokenizer, "_MANY_STRINGS", len(first.vocab.strings) + 5)
    assert keeper.current() is first
    first("belinib corimab danstatin filpril gorvir halzole")
    assert keeper.current() is not first
