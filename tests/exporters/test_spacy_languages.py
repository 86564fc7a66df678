"""Articles of several languages in one corpus: their docs have the tokens that their pages had."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import DocBin
from spacy.vocab import Vocab

from annotator.domain.corpus import Annotation, Article
from annotator.domain.tokens import unpack
from annotator.exporters.base import ExportOptions, ExportReport
from annotator.exporters.spacy import SPACY
from annotator.nlp.tokenizer import token_runs
from tests.exporters.synthetic import marked, of

FRENCH = "L'étude n'a pas changé l'avis\n\nAujourd'hui, l'équipe s'intéresse à l'hôpital."
GERMAN = "Die Studie lief z.B. am 3. Mai\n\nSie half d.h. 12 Kindern u.a. mit Lupus."
ENGLISH = "It didn't help\n\nThey can't say why it wasn't z.B. the hospital's fault."
NONE = "ไม่มีผล\n\nผู้ป่วยแปดคนหายดี"
LANGUAGES = {"fr-CA": FRENCH, "de": GERMAN, "en": ENGLISH, "th": NONE}


def every_token_marked(language: str, text: str) -> Article:
    """An article in which a reader marked each token of the page."""
    plain = marked(text, id=language, language=language)
    marks = []
    for block, runs in zip(plain.blocks, token_runs(text, plain.blocks, language), strict=True):
        for start, end in unpack(runs):
            at, to = block.start + start, block.start + end
            name = f"{language}-{at}"
            marks.append(Annotation(name, at, to, "OUTCOME", text[at:to], "ann", "ann"))
    return replace(plain, annotations=tuple(marks))


def write(target: Path, language: str, *articles: Article) -> tuple[ExportReport, Any, Any]:
    """Export articles of a project in ``language``; its report and two of its files."""
    found = of(*articles, language=language)
    report = SPACY.write(found, target, ExportOptions(split=(1, 0, 0)), lambda *_: None)
    files = [json.loads((target / name).read_text()) for name in ("manifest.json", "report.json")]
    return report, files[0], files[1]


@pytest.mark.parametrize("language", ["en", "de"])
def test_marks_sit_on_tokens_whatever_the_article_s_language(tmp_path: Path, language: str) -> None:
    articles = [every_token_marked(code, text) for code, text in LANGUAGES.items()]
    report, manifest, told = write(tmp_path / "out", language, *articles)
    assert told["layers"]["spancat"]["reported"] == []
    wanted = {a.id: a.quote for article in articles for a in article.annotations}
    bin_ = DocBin().from_disk(tmp_path / "out" / "train.spacy")
    docs = list(bin_.get_docs(Vocab()))
    assert {span.id_: span.text for doc in docs for span in doc.spans["sc"]} == wanted
    assert [len(doc.spans["sc"]) for doc in docs] == [
        sum(not token.text.isspace() for token in doc) for doc in docs
    ]
    assert spacy.load(tmp_path / "out" / "tokenizer").lang == language
    others = {"de": 1, "en": 1, "fr": 1, "xx": 1}
    del others[language]
    assert manifest["tokenizer_language"] == language
    assert manifest["articles_by_other_tokenizer"] == others
    [warning] = [w for w in report.warnings if "another language than the project" in w]
    assert "1 in fr, 1 in xx" in warning
    assert "another language" in (tmp_path / "out" / "README.md").read_text()


def test_a_corpus_of_one_language_says_nothing_of_others(tmp_path: Path) -> None:
    article = replace(every_token_marked("en", ENGLISH), language="en-GB")
    _, manifest, told = write(tmp_path / "out", "en", article)
    assert "articles_by_other_tokenizer" not in manifest
    assert "articles in other languages" not in {check["check"] for check in told["warnings"]}


def test_an_article_as_long_as_one_may_be_is_exported(tmp_path: Path) -> None:
    long = marked("Eight patients got better. " * 40_000, ("Eight", "PATIENT_COUNT"))
    assert len(long.text) > 1_000_000
    report, _, _ = write(tmp_path / "out", "en", long)
    assert report.layers["ner"].written == 1
