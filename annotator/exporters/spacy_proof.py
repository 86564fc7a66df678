"""The proof: files opened again with spaCy must say what the corpus says, span by span."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from annotator.domain.corpus import Annotation, Article
from annotator.exporters.base import ExportFailed
from annotator.exporters.spacy_docs import CLAIMS, LAYERS, NER, SPANCAT, MadeDoc

_Line = tuple[str, str, str, int, int, str]
"""Layer, annotation id, label, start and end in the article, quote."""


def expected(article: Article, made: MadeDoc) -> bytes:
    """The fingerprint of a doc as the corpus has it: from the article's text and its offsets."""
    text = article.text[made.offset : made.offset + len(made.text)]
    return _fingerprint(article.id, made.offset, text, made.doc.cats, _told(article, made.held))


def check_file(path: Path, fingerprints: Sequence[bytes]) -> Mapping[str, int]:
    """The spans in ``path`` by layer; raises ``ExportFailed`` where a doc differs."""
    found = dict.fromkeys(LAYERS, 0)
    seen = 0
    for doc in DocBin().from_disk(path).get_docs(Vocab()):
        text = doc.text
        lines = list(_read(doc, text))
        article = str(doc.user_data.get("article"))
        offset = int(doc.user_data.get("offset", -1))
        if seen >= len(fingerprints) or fingerprints[seen] != _fingerprint(
            article, offset, text, doc.cats, lines
        ):
            raise _differs(path, f"doc {seen + 1}, article {article}")
        seen += 1
        for layer, *_ in lines:
            found[layer] += 1
    if seen != len(fingerprints):
        raise _differs(path, f"{seen} docs instead of {len(fingerprints)}")
    return found


def _told(
    article: Article, held: Mapping[str, Sequence[tuple[Annotation, int]]]
) -> Iterator[_Line]:
    for layer in LAYERS:
        for annotation, _ in held[layer]:
            start, end = annotation.start, annotation.end
            quote = article.text[start:end]
            if quote != annotation.quote:
                raise ExportFailed(
                    f"Annotation {annotation.id} of article {article.id} says “{annotation.quote}” "
                    f"where the text says “{quote}”. Nothing is offered; run the check of the "
                    "stored data.",
                    code="wrong-quote",
                )
            yield layer, annotation.id, annotation.label, start, end, quote


def _read(doc: Doc, text: str) -> Iterator[_Line]:
    offset = int(doc.user_data.get("offset", -1))
    for layer, spans in (
        (NER, doc.ents),
        (SPANCAT, doc.spans.get("sc", ())),
        (CLAIMS, doc.spans.get("claims", ())),
    ):
        for span in spans:
            start, end = span.start_char, span.end_char
            yield layer, span.id_, span.label_, offset + start, offset + end, text[start:end]


def _fingerprint(
    article: str, offset: int, text: str, cats: Mapping[str, float], lines: Iterable[_Line]
) -> bytes:
    whole = repr((article, offset, text, dict(cats), list(lines)))
    return blake2b(whole.encode(errors="surrogatepass"), digest_size=16).digest()


def _differs(path: Path, what: str) -> ExportFailed:
    return ExportFailed(
        f"{path.name} does not hold what the project does ({what}). Nothing is offered; export "
        "once more, and report this if it happens again."
    )
