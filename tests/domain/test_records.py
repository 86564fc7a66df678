"""Records on their way in: offsets moved, layers given to one person, twins made one."""

import pytest

from annotator.domain.corpus import Annotation, Answer, Article, Relation
from annotator.domain.records import hand_over, merge_twins, moved_offsets
from annotator.domain.text import clean_text
from tests.world import new_id


def mark(name: str, by: str, start: int = 0, end: int = 5, **more: str) -> Annotation:
    fields = {"label": "PATIENT_COUNT", "quote": "Eight", **more}
    return Annotation(name, start, end, annotator=by, layer=by, **fields)


RECORD = Article(
    "a1",
    "Eight people.",
    annotations=(
        mark("a", "ann"),
        mark("b", "bob"),
        mark("c", "bob", 6, 12, quote="people"),
        mark("d", "bob", label="AGE"),
    ),
    relations=(
        Relation("same_as", "a", "c", "ann"),
        Relation("same_as", "b", "c", "bob"),
        Relation("same_as", "a", "b", "bob"),
        Relation("same_as", "d", "d", "bob"),
    ),
    answers=(
        Answer("harms", "found", "ann", "a"),
        Answer("harms", "found", "bob", "b"),
        Answer("age", "unclear", "bob"),
    ),
)


def test_everything_becomes_one_persons_and_points_at_what_stayed() -> None:
    found = hand_over(RECORD, "mia")
    assert [(a.id, a.annotator, a.layer) for a in found.annotations] == [
        ("a", "mia", "mia"),
        ("c", "mia", "mia"),
        ("d", "mia", "mia"),
    ]
    assert found.relations == (
        Relation("same_as", "a", "c", "mia"),
        Relation("same_as", "d", "d", "mia"),
    )
    assert found.answers == (Answer("harms", "found", "mia", "a"), Answer("age", "unclear", "mia"))
    assert (found.done, found.skipped) == ((), {})


@pytest.mark.parametrize(
    ("done", "skipped", "expected"),
    [
        ((), {}, ((), {})),
        (("ann", "bob"), {}, (("mia",), {})),
        (("ann",), {"bob": "duplicate"}, (("mia",), {})),
        ((), {"bob": "duplicate"}, ((), {"mia": "duplicate"})),
        ((), {"bob": "truncated", "ann": "duplicate"}, ((), {"mia": "truncated"})),
    ],
)
def test_it_is_done_before_it_is_skipped_for_the_first_reason(
    done: tuple[str, ...], skipped: dict[str, str], expected: tuple[object, object]
) -> None:
    found = hand_over(Article("a1", "x", done=done, skipped=skipped), "mia")
    assert (found.done, found.skipped) == expected


def test_twins_of_different_layers_or_with_another_quote_stay_apart() -> None:
    assert merge_twins(RECORD) == RECORD
    other = Article("a1", "x", annotations=(mark("a", "ann"), mark("b", "ann", quote="Nine")))
    assert merge_twins(other) == other
    twice = Article("a1", "x", annotations=(mark("a", "ann"), mark("b", "ann")))
    assert merge_twins(twice).annotations == (mark("a", "ann"),)


@pytest.mark.parametrize(
    ("text", "start", "end", "found"),
    [
        ("ab cd", 3, 5, "cd"),
        ("\ufeffab cd", 4, 6, "cd"),
        ("\ufeffab cd", 0, 3, "ab"),
        ("a\r\nb\r\ncd", 6, 8, "cd"),
        ("a\r\nb\r\ncd", 0, 4, "a\nb"),
        ("a\rb\rcd", 4, 6, "cd"),
        ("a\n\r\ncd", 4, 6, "cd"),
        ("\ufeff😀\r\nx\u0301\r\rcd", 8, 10, "cd"),
    ],
)
def test_offsets_move_with_the_line_ends(text: str, start: int, end: int, found: str) -> None:
    annotation = Annotation(new_id(), start, end, "OUTCOME", text[start:end], "ann", "ann")
    clean = clean_text(text)
    moved = moved_offsets(Article("a", text, annotations=(annotation,)), clean)
    [there] = moved.annotations
    assert clean.text[there.start : there.end] == there.quote == found


def test_a_span_before_the_text_stays_there() -> None:
    annotation = Annotation(new_id(), -1, 2, "OUTCOME", "", "ann", "ann")
    record = Article("a", "\ufeffa\r\nb", annotations=(annotation,))
    assert moved_offsets(record, clean_text(record.text)).annotations[0].start == -1
