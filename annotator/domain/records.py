"""A record on its way into the store: offsets moved into the cleaned text, layers handed over.

And what a record must not say.
"""

from bisect import bisect_right
from dataclasses import replace

from annotator.domain.corpus import Annotation, Article, Relation
from annotator.domain.errors import Invalid
from annotator.domain.text import BOM, CleanText
from annotator.domain.workflow import SKIP_REASONS


def moved_offsets(record: Article, clean: CleanText) -> Article:
    """The record with offsets and quotes counted in the cleaned text; its text stays as it came."""
    if not clean.bom_removed and not clean.line_ends_replaced:
        return record
    raw = record.text
    first = 1 if clean.bom_removed else 0
    doubled = [i + 1 for i in range(first, len(raw) - 1) if raw[i : i + 2] == "\r\n"]

    def moved(offset: int) -> int:
        if offset < 0:
            return offset
        return max(0, offset - first) - bisect_right(doubled, offset - 1)

    return replace(
        record,
        annotations=tuple(
            replace(
                a,
                start=moved(a.start),
                end=moved(a.end),
                quote=_cleaned_quote(a, clean),
            )
            for a in record.annotations
        ),
        blocks=tuple(replace(b, start=moved(b.start), end=moved(b.end)) for b in record.blocks),
    )


def hand_over(record: Article, owner: str) -> Article:
    """The record with everything in it made by ``owner``.

    It is finished where anybody finished it, else skipped where anybody skipped it, for the first
    reason that is named.
    """
    reason = next(iter(record.skipped.values()), None)
    theirs = replace(
        record,
        annotations=tuple(replace(a, annotator=owner, layer=owner) for a in record.annotations),
        relations=tuple(replace(relation, annotator=owner) for relation in record.relations),
        answers=tuple(replace(answer, annotator=owner) for answer in record.answers),
        done=(owner,) if record.done else (),
        skipped={owner: reason} if reason is not None and not record.done else {},
    )
    merged = merge_twins(theirs)
    return replace(merged, answers=tuple(dict.fromkeys(merged.answers)))


def merge_twins(record: Article) -> Article:
    """The record with one annotation where a layer has several of the same extent and label.

    The first stays; relations and answers that point at another point at it. A relation that would
    join it with itself says nothing any more and is left out.
    """
    first: dict[tuple[object, ...], Annotation] = {}
    stands_for: dict[str, str] = {}
    for annotation in record.annotations:
        kept = first.setdefault(_twin_key(annotation), annotation)
        stands_for[annotation.id] = kept.id
    relations = [_between(relation, stands_for) for relation in record.relations]
    return replace(
        record,
        annotations=tuple(first.values()),
        relations=tuple(dict.fromkeys(found for found in relations if found is not None)),
        answers=tuple(
            replace(answer, annotation=stands_for.get(answer.annotation or "", answer.annotation))
            for answer in record.answers
        ),
    )


def check_record(record: Article) -> None:
    """Raises ``Invalid`` for a record that contradicts itself or names an unlisted reason."""
    for name, reason in record.skipped.items():
        if reason not in SKIP_REASONS:
            raise bad_record(f"“{reason[:40]}” is not a reason for skipping")
        if name in record.done:
            raise bad_record(f"{name} cannot both have finished and skipped it")
    _check_answers(record)


def bad_record(what: str) -> Invalid:
    """The refusal of a record for ``what`` it says."""
    return Invalid(f"The record was not taken: {what}.", code="bad-record")


def _cleaned_quote(annotation: Annotation, clean: CleanText) -> str:
    at_mark = clean.bom_removed and annotation.start == 0
    quote = annotation.quote.removeprefix(BOM) if at_mark else annotation.quote
    return quote.replace("\r\n", "\n").replace("\r", "\n")


def _twin_key(annotation: Annotation) -> tuple[object, ...]:
    # With the quote: one that is not what stands there is no twin, and gets its own refusal.
    extent = annotation.start, annotation.end
    return annotation.annotator, *extent, annotation.label, annotation.quote


def _between(relation: Relation, stands_for: dict[str, str]) -> Relation | None:
    moved = replace(
        relation,
        source=stands_for.get(relation.source, relation.source),
        target=stands_for.get(relation.target, relation.target),
    )
    became_one = moved.source == moved.target and relation.source != relation.target
    return None if became_one else moved


def _check_answers(record: Article) -> None:
    made = {(annotation.annotator, annotation.id) for annotation in record.annotations}
    given: set[tuple[str, str]] = set()
    for answer in record.answers:
        if (answer.annotator, answer.question) in given:
            raise bad_record(f"{answer.annotator} answers {answer.question} twice")
        given.add((answer.annotator, answer.question))
        if answer.annotation is not None and (answer.annotator, answer.annotation) not in made:
            raise bad_record(
                f"the answer to {answer.question} points at no annotation of its author"
            )
