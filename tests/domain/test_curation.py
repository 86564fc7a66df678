"""The majority: what more than half of those who finished an article marked."""

from dataclasses import replace

import pytest

from annotator.domain.corpus import Annotation, Scalar
from annotator.domain.curation import majority


def mark(who: str, start: int = 0, end: int = 5, label: str = "X", **values: Scalar) -> Annotation:
    return Annotation(f"{who}-{start}-{end}-{label}", start, end, label, "q", who, who, values)


@pytest.mark.parametrize(
    ("makers", "finished", "kept"),
    [
        ("a", "a", True),
        ("a", "ab", False),
        ("ab", "ab", True),
        ("a", "abc", False),
        ("bc", "abc", True),
        ("ab", "abcd", False),
        ("abc", "abcd", True),
    ],
)
def test_more_than_half_of_those_who_finished(makers: str, finished: str, kept: bool) -> None:
    layers = {who: [mark(who)] if who in makers else [] for who in finished}
    found = majority(layers)
    assert [a.id for a in found] == ([f"{makers[0]}-0-5-X"] if kept else [])
    assert all((a.annotator, a.layer) == ("majority", "majority") for a in found)


def test_extent_and_label_must_be_the_same() -> None:
    layers = {"a": [mark("a"), mark("a", 7, 9)], "b": [mark("b", 0, 6), mark("b", 7, 9)]}
    layers["b"].append(mark("b", 0, 5, "Y"))
    assert [(a.start, a.end, a.label) for a in majority(layers)] == [(7, 9, "X")]


def test_the_answer_is_in_text_order_whatever_the_order_of_the_layers() -> None:
    marks = {who: [mark(who, 9, 12), mark(who, 0, 5, "Z"), mark(who)] for who in "ba"}
    found = majority(marks)
    assert [a.id for a in found] == ["a-0-5-X", "a-0-5-Z", "a-9-12-X"]
    assert majority(dict(reversed(marks.items()))) == found


def test_a_mark_made_twice_by_one_person_is_one_vote() -> None:
    twice = [mark("a"), replace(mark("a"), id="again")]
    assert majority({"a": twice, "b": [], "c": []}) == []
    assert [a.id for a in majority({"a": twice})] == ["a-0-5-X"]


@pytest.mark.parametrize(
    ("given", "settled"),
    [
        ([{"n": 8}, {"n": 8}, {"n": 9}], {"n": 8}),
        ([{"n": 8}, {"n": 9}, {}], {}),
        ([{"n": 8}, {}, {}], {}),
        ([{"n": 8}, {"n": 8.0}, {}], {"n": 8}),
        ([{"n": 8, "role": "treated"}, {"role": "treated"}, {"n": 8}], {"n": 8, "role": "treated"}),
    ],
)
def test_a_value_stays_where_most_makers_gave_it(
    given: list[dict[str, Scalar]], settled: dict[str, Scalar]
) -> None:
    layers = {who: [mark(who, **values)] for who, values in zip("abc", given, strict=True)}
    [found] = majority(layers)
    assert found.values == settled


def test_a_guess_is_confirmed_where_one_of_its_givers_confirmed_it() -> None:
    guessed = replace(mark("a", n=8, role="x"), unconfirmed=("n", "role"), note="mine")
    confirmed = replace(mark("b", n=8, role="x"), unconfirmed=("role",))
    [found] = majority({"a": [guessed], "b": [confirmed]})
    assert found.unconfirmed == ("role",)
    assert found.note is None


def test_nobody_finished_nothing_is_settled() -> None:
    assert majority({}) == []
