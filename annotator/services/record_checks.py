"""What a file's record must not say: contradictions, and what no database can keep."""

from collections.abc import Iterator

from annotator.domain import corpus
from annotator.domain.errors import Invalid
from annotator.domain.text import is_storable
from annotator.domain.workflow import SKIP_REASONS
from annotator.services.articles import META_COLUMNS

LONGEST_LANGUAGE = 16


def check_record(record: corpus.Article) -> None:
    """Raises ``Invalid`` for a record that contradicts itself or cannot be stored as it is."""
    for place, text in _short_texts(record):
        if not is_storable(text):
            raise _refused(f"its {place} holds a character that cannot be stored")
    if len(record.language) > LONGEST_LANGUAGE:
        raise _refused(f"“{record.language[:40]}” is not a language code")
    for name, reason in record.skipped.items():
        if reason not in SKIP_REASONS:
            raise _refused(f"“{reason[:40]}” is not a reason for skipping")
        if name in record.done:
            raise _refused(f"{name} cannot both have finished and skipped it")
    _check_answers(record)


def _short_texts(record: corpus.Article) -> Iterator[tuple[str, str]]:
    yield "title", record.title or ""
    yield "language", record.language
    yield "batch", record.batch or ""
    for name in META_COLUMNS:
        yield name, str(record.meta.get(name) or "")
    for annotation in record.annotations:
        yield "note", annotation.note or ""
    people = [a.annotator for a in (*record.annotations, *record.relations, *record.answers)]
    for name in dict.fromkeys([*people, *record.done, *record.skipped]):
        yield "annotator", name


def _check_answers(record: corpus.Article) -> None:
    made = {(annotation.annotator, annotation.id) for annotation in record.annotations}
    given: set[tuple[str, str]] = set()
    for answer in record.answers:
        if (answer.annotator, answer.question) in given:
            raise _refused(f"{answer.annotator} answers {answer.question} twice")
        given.add((answer.annotator, answer.question))
        if answer.annotation is not None and (answer.annotator, answer.annotation) not in made:
            raise _refused(f"the answer to {answer.question} points at no annotation of its author")


def _refused(what: str) -> Invalid:
    return Invalid(f"The record was not taken: {what}.", code="bad-record")
