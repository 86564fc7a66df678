"""What a file's record must not say: it contradicts itself, or names what is in no list."""

from annotator.domain import corpus
from annotator.domain.errors import Invalid
from annotator.domain.workflow import SKIP_REASONS


def check_record(record: corpus.Article) -> None:
    """Raises ``Invalid`` for a record that contradicts itself or names an unlisted reason."""
    for name, reason in record.skipped.items():
        if reason not in SKIP_REASONS:
            raise _refused(f"“{reason[:40]}” is not a reason for skipping")
        if name in record.done:
            raise _refused(f"{name} cannot both have finished and skipped it")
    _check_answers(record)


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
