"""The proof notices whatever a file could get wrong."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab

from annotator.exporters.base import ExportFailed
from annotator.exporters.spacy_bins import ATTRIBUTES
from annotator.exporters.spacy_docs import DocMaker, MadeDoc
from annotator.exporters.spacy_proof import check_file, expected
from annotator.nlp.tokenizer import Pipelines
from tests.exporters.synthetic import LABELS, QUESTIONS, answered, marked

ARTICLE = answered(
    marked(
        "Eight 😀 people had lupus. Nobody died.",
        ("Eight", "PATIENT_COUNT"),
        ("lupus", "CONDITION"),
        ("Nobody died", "SAFETY_CLAIM"),
    ),
    harms="found",
)


def make() -> MadeDoc:
    maker = DocMaker(Pipelines(), LABELS, QUESTIONS, 1000, lambda *report: None)
    [made] = maker.docs(ARTICLE, {"article": "a1"})
    return made


def store(path: Path, *docs: Doc) -> Path:
    DocBin(attrs=ATTRIBUTES, store_user_data=True, docs=docs).to_disk(path)
    return path


def test_what_is_right_passes_with_its_counts(tmp_path: Path) -> None:
    made = make()
    path = store(tmp_path / "a.spacy", made.doc)
    assert check_file(path, [expected(ARTICLE, made)]) == {"ner": 2, "spancat": 2, "claims": 1}


def lose_an_entity(doc: Doc) -> None:
    doc.set_ents(list(doc.ents)[1:])


def move_an_entity(doc: Doc) -> None:
    doc.set_ents([Span(doc, 1, 2, "PATIENT_COUNT", span_id="a1-0"), doc.ents[1]])


def change_a_label(doc: Doc) -> None:
    doc.set_ents([Span(doc, 0, 1, "OUTCOME", span_id="a1-0"), doc.ents[1]])


def change_an_id(doc: Doc) -> None:
    doc.set_ents([Span(doc, 0, 1, "PATIENT_COUNT", span_id="other"), doc.ents[1]])


def lose_a_group(doc: Doc) -> None:
    doc.spans["claims"] = []


def swap_groups(doc: Doc) -> None:
    doc.spans["claims"], doc.spans["sc"] = list(doc.spans["sc"]), list(doc.spans["claims"])


def lose_the_article(doc: Doc) -> None:
    del doc.user_data["article"]


def shift_the_offset(doc: Doc) -> None:
    doc.user_data["offset"] = 1


def turn_a_category(doc: Doc) -> None:
    doc.cats["reports:harms"] = 0.0


@pytest.mark.parametrize(
    "spoil",
    [
        lose_an_entity,
        move_an_entity,
        change_a_label,
        change_an_id,
        lose_a_group,
        swap_groups,
        lose_the_article,
        shift_the_offset,
        turn_a_category,
    ],
)
def test_what_is_wrong_does_not(tmp_path: Path, spoil: Callable[[Doc], None]) -> None:
    made = make()
    fingerprint = expected(ARTICLE, made)
    spoil(made.doc)
    with pytest.raises(ExportFailed, match="does not hold"):
        check_file(store(tmp_path / "a.spacy", made.doc), [fingerprint])


def test_another_text_does_not_pass(tmp_path: Path) -> None:
    made = make()
    other = Doc(Vocab(), words=["Seven"])
    other.user_data = dict(made.doc.user_data)
    with pytest.raises(ExportFailed):
        check_file(store(tmp_path / "a.spacy", other), [expected(ARTICLE, made)])


@pytest.mark.parametrize("count", [0, 2])
def test_a_doc_too_few_or_too_many_does_not_pass(tmp_path: Path, count: int) -> None:
    made = make()
    path = store(tmp_path / "a.spacy", *[made.doc] * count)
    with pytest.raises(ExportFailed):
        check_file(path, [expected(ARTICLE, made)])


def test_a_quote_that_is_not_the_text_is_named() -> None:
    made = make()
    annotation, length = made.held["ner"][0]
    wrong = {**made.held, "ner": [(replace(annotation, quote="Seven"), length)]}
    with pytest.raises(ExportFailed, match="“Seven” where the text says “Eight”"):
        expected(ARTICLE, replace(made, held=wrong))
