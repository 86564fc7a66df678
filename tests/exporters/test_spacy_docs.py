"""Docs: every annotation is in a doc or reported, never both, never neither."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from annotator.domain.blocks import Block
from annotator.domain.corpus import Annotation, Article
from annotator.exporters.spacy_docs import DocMaker, MadeDoc
from annotator.nlp.tokenizer import Pipelines
from tests.exporters.synthetic import LABELS, QUESTIONS, answered, marked

PIPELINES = Pipelines()
TEXT = "Eight young patients with lupus took belinib 100mg daily. Symptoms eased. Nobody died."


def make(
    *articles: Article, window: int = 1000
) -> tuple[list[MadeDoc], list[tuple[str, str, str]]]:
    """The docs, and layer, quote and reason of what was reported."""
    reported: list[tuple[str, str, str]] = []

    def report(layer: str, annotation: Annotation, reason: str) -> None:
        reported.append((layer, annotation.quote, reason))

    maker = DocMaker(PIPELINES, LABELS, QUESTIONS, window, report)
    docs = [doc for article in articles for doc in maker.docs(article, {"article": article.id})]
    return docs, reported


def texts(spans: Sequence[object]) -> list[tuple[str, str, str]]:
    return [(str(s), s.label_, s.id_) for s in spans]  # type: ignore[attr-defined]


def test_spans_go_to_their_layers_with_their_ids() -> None:
    article = marked(
        TEXT,
        ("Eight", "PATIENT_COUNT"),
        ("young patients", "POPULATION"),
        ("100", "RESULT_VALUE"),
        ("Symptoms eased", "EFFICACY_CLAIM"),
    )
    [made], reported = make(article)
    flat = [
        ("Eight", "PATIENT_COUNT", "a1-0"),
        ("young patients", "POPULATION", "a1-1"),
        ("100", "RESULT_VALUE", "a1-2"),
    ]
    assert texts(made.doc.ents) == flat
    assert texts(made.doc.spans["sc"]) == flat
    assert texts(made.doc.spans["claims"]) == [("Symptoms eased", "EFFICACY_CLAIM", "a1-3")]
    assert reported == []


def test_the_higher_label_then_the_longer_span_stays_in_ents() -> None:
    article = marked(
        TEXT,
        ("young patients with lupus", "CONDITION"),
        ("lupus", "CONDITION"),
        ("patients", "POPULATION"),
        ("belinib 100mg", "INTERVENTION"),
        ("belinib", "INTERVENTION"),
    )
    [made], reported = make(article)
    assert texts(made.doc.ents) == [
        ("patients", "POPULATION", "a1-2"),
        ("lupus", "CONDITION", "a1-1"),
        ("belinib 100mg", "INTERVENTION", "a1-3"),
    ]
    assert len(made.doc.spans["sc"]) == 5
    assert sorted(reported) == [
        ("ner", "belinib", "overlap"),
        ("ner", "young patients with lupus", "overlap"),
    ]


def test_two_labels_on_one_sentence_are_both_there() -> None:
    article = marked(TEXT, ("Nobody died", "SAFETY_CLAIM"), ("Nobody died", "EFFICACY_CLAIM"))
    [made], reported = make(article)
    assert [label for _, label, _ in texts(made.doc.spans["claims"])] == [
        "EFFICACY_CLAIM",
        "SAFETY_CLAIM",
    ]
    assert reported == []


@pytest.mark.parametrize(
    ("quote", "reason"), [("ight", "tokens"), ("young ", "blank"), ("0mg dai", "tokens")]
)
def test_spans_that_do_not_fit_are_reported_and_neither_moved_nor_dropped(
    quote: str, reason: str
) -> None:
    [made], reported = make(marked(TEXT, (quote, "POPULATION"), ("Eight", "PATIENT_COUNT")))
    assert reported == [("ner", quote, reason), ("spancat", quote, reason)]
    assert [str(span) for span in made.doc.ents] == ["Eight"]


def test_a_claim_that_does_not_fit_is_reported_once() -> None:
    _, reported = make(marked(TEXT, ("obody died", "SAFETY_CLAIM")))
    assert reported == [("claims", "obody died", "tokens")]


FURNISHED = "A title\n\nDaily News, 3 May\n\nEight people recovered."
BLOCKS = (Block("title", 0, 7), Block("furniture", 9, 26), Block("body", 28, 51))


def test_furniture_is_in_no_doc_and_its_spans_are_reported() -> None:
    article = marked(
        FURNISHED,
        ("Eight", "PATIENT_COUNT"),
        ("News", "OUTCOME"),
        ("title\n\nDaily News, 3 May\n\nEight people", "POPULATION"),
        blocks=BLOCKS,
    )
    docs, reported = make(article)
    assert [(made.text, made.offset) for made in docs] == [
        ("A title", 0),
        ("Eight people recovered.", 28),
    ]
    assert {(quote[:5], reason) for _, quote, reason in reported} == {
        ("News", "furniture"),
        ("title", "furniture"),
    }
    assert texts(docs[1].doc.ents) == [("Eight", "PATIENT_COUNT", "a1-0")]
    assert docs[1].doc.user_data["offset"] == 28


def test_a_span_around_the_blocks_is_reported() -> None:
    article = marked("\n\nEight people.", ("\n\nEight", "PATIENT_COUNT"))
    _, reported = make(article)
    assert {reason for _, _, reason in reported} == {"outside"}


def test_long_articles_are_cut_between_spans() -> None:
    text = "\n\n".join(
        f"Eight people with {n:02} recovered quickly in the end of it." for n in range(30)
    )
    blocks = [Block("body", n * 58, n * 58 + 56) for n in range(30)]
    spans = [(block.start, block.start + 5) for block in blocks]
    spans.append((blocks[9].start, blocks[10].end))  # across what would be a border
    annotations = tuple(
        Annotation(f"u{n}", s, e, "PATIENT_COUNT", text[s:e], "ann", "ann")
        for n, (s, e) in enumerate(spans)
    )
    article = Article("a1", text, blocks=tuple(blocks), annotations=annotations)
    docs, reported = make(article, window=60)
    assert all(len(made.doc) <= 60 for made in docs)
    assert sum(len(made.doc.spans["sc"]) for made in docs) == 31
    assert [layer for layer, _, _ in reported] == ["ner", "ner"]
    for made in docs:
        assert made.doc.text == made.text
        assert article.text[made.offset :].startswith(made.text)
        for span, (annotation, _) in zip(made.doc.spans["sc"], made.held["spancat"], strict=True):
            assert made.offset + span.start_char == annotation.start
            assert span.text == annotation.quote


def test_a_span_longer_than_the_window_is_reported() -> None:
    text = " ".join(f"word{n:03}" for n in range(200))
    docs, reported = make(marked(text, (text[: 150 * 8 - 1], "EFFICACY_CLAIM")), window=50)
    assert {reason for _, _, reason in reported} == {"cut"}
    assert "".join(made.doc.text_with_ws for made in docs) == text


def test_a_text_is_made_once() -> None:
    article = marked(TEXT, ("Eight", "PATIENT_COUNT"))
    docs, reported = make(article, replace(article, id="a2"))
    assert len(docs) == 1
    assert reported == [("ner", "Eight", "same text"), ("spancat", "Eight", "same text")]


def test_sentences_begin_at_blocks_and_sentences_but_not_inside_spans() -> None:
    text = "One. Two by Dr. Smith came. Three.\n\nFour."
    article = marked(text, ("Two by Dr. Smith came", "EFFICACY_CLAIM"))
    [made], _ = make(article)
    assert [sentence.text.strip() for sentence in made.doc.sents] == [
        "One.",
        "Two by Dr. Smith came.",
        "Three.",
        "Four.",
    ]
    assert made.doc.has_annotation("SENT_START")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("found", {"reports:harms": 1.0}),
        ("found but vague", {"reports:harms": 1.0}),
        ("not reported", {"reports:harms": 0.0}),
        ("unclear", {}),
        ("does not apply", {}),
    ],
)
def test_answers_become_categories(answer: str, expected: dict[str, float]) -> None:
    [made], _ = make(answered(marked(TEXT), harms=answer, unknown="found"))
    assert made.doc.cats == expected


def test_categories_go_to_the_doc_that_is_most_of_the_article() -> None:
    docs, _ = make(answered(marked(FURNISHED, blocks=BLOCKS), harms="found"))
    assert [made.doc.cats for made in docs] == [{}, {"reports:harms": 1.0}]


def test_a_cut_article_has_no_categories() -> None:
    text = " ".join(f"word{n:03}" for n in range(200))
    docs, _ = make(answered(marked(text), harms="found"), window=50)
    assert all(made.doc.cats == {} for made in docs)
