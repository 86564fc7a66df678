"""What is no sound scheme is refused with one sentence that names the place."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

from annotator.domain.scheme import parse_scheme
from annotator.domain.scheme_node import CUE, SchemeError, SchemeNode

SMALL: dict[str, Any] = {
    "name": "small",
    "version": 1,
    "labels": [
        {
            "name": "COUNT",
            "code": "N",
            "layer": "flat",
            "on": True,
            "colour": 0,
            "style": "solid",
            "attributes": [
                {"name": "value", "title": "Value", "kind": "number"},
                {
                    "name": "unit",
                    "title": "Unit",
                    "kind": "choice",
                    "guess": "people",
                    "options": [{"name": "people", "cues": ["patients"]}, {"name": "animals"}],
                },
            ],
        },
        {
            "name": "CLAIM",
            "code": "C",
            "layer": "claim",
            "on": False,
            "key": "w",
            "colour": 0,
            "style": "dashed",
        },
    ],
    "relations": [{"name": "same_as", "derived": False}],
    "questions": [{"name": "age", "title": "Age", "labels": ["COUNT"], "options": ["yes", "no"]}],
    "document_labels": [{"name": "genre", "title": "Genre", "options": ["news", "other"]}],
    "profiles": [{"name": "all", "on": ["COUNT", "CLAIM"]}],
    "hedges": {"weakens": ["may"]},
}


def test_texts_keys_and_lists_may_be_left_out() -> None:
    scheme = parse_scheme(SMALL)
    assert scheme.labels[0].definition == ""
    assert scheme.labels[0].key is None
    assert scheme.labels[1].attributes == ()
    assert scheme.labels[0].attributes[0].required is False
    assert parse_scheme({"name": "empty", "version": 1, "relations": None}).labels == ()


def change(*path: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    def apply(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = to

    return apply


UNIT = ("labels", 0, "attributes", 1)
REFUSED = [
    (change("labels", 0, "name", to="count"), 'Label count: "count" in "name" must be at most 40'),
    (change("labels", 0, "name", to="A" * 41), f'Label {"A" * 41}: "{"A" * 41}" in "name" must'),
    (change("labels", 0, "name", to=None), 'Label 1: the field "name" must be a text.'),
    (change("labels", 1, "name", to="COUNT"), 'Scheme: "COUNT" stands twice among the labels.'),
    (change("labels", 1, "code", to="N"), 'Scheme: "N" stands twice among the label codes.'),
    (change("labels", 0, "key", to="w"), 'Scheme: "w" stands twice among the label keys.'),
    (
        change("labels", 1, "style", to="solid"),
        'Scheme: "0 solid" stands twice among the label colours.',
    ),
    (change("labels", 0, "code", to="COUNT"), 'Label COUNT: "COUNT" in "code" must be one to four'),
    (change("labels", 0, "key", to="e"), 'Label COUNT: "e" in "key" must be one of: b, d, i, l,'),
    (change("labels", 0, "colour", to=8), 'Label COUNT: 8 in "colour" must be a number from 0 to'),
    (change("labels", 0, "colour", to=True), 'Label COUNT: the field "colour" must be a whole'),
    (change("labels", 0, "style", to="wavy"), 'Label COUNT: "wavy" in "style" must be one of:'),
    (change("labels", 0, "layer", to="deep"), 'Label COUNT: "deep" in "layer" must be one of:'),
    (change("labels", 0, "on", to="yes"), 'Label COUNT: the field "on" must be true or false.'),
    (change("labels", 0, "colr", to=1), 'Label COUNT: the field "colr" is unknown.'),
    (change("labels", 0, "attributes", 0, "name", to="unit"), '"unit" stands twice among the attr'),
    (change(*UNIT, "guess", to="cells"), 'Label COUNT, attribute unit: "cells" in "guess" must be'),
    (change(*UNIT, "kind", to="date"), 'attribute unit: "date" in "kind" must be one of: choice,'),
    (change(*UNIT, "kind", to="text"), "Label COUNT, attribute unit: a text has no options."),
    (change(*UNIT, "options", to=[{"name": "a"}]), "a choice needs two options or more."),
    (change(*UNIT, "options", 1, "name", to="people"), '"people" stands twice among the options.'),
    (change(*UNIT, "options", 1, "name", to="not stated"), "option not stated: every closed list"),
    (change(*UNIT, "options", 0, "cues", to=["Men"]), 'option people: "Men" in "cues" must be a'),
    (change("profiles", 0, "on", to=["AGE"]), 'Profile all: "AGE" in "on" is no label of this'),
    (change("questions", 0, "labels", to=["AGE"]), 'Question age: "AGE" in "labels" is no label'),
    (change("questions", 0, "options", to=["yes"]), "Question age: a question needs two options"),
    (change("document_labels", 0, "name", to="age"), '"age" stands twice among the questions.'),
    (change("relations", 0, "derived", to=None), 'Relation same_as: the field "derived" must be'),
    (change("hedges", "weakens", to=["May"]), 'Hedges: "May" in "weakens" must be a text in lower'),
    (change("version", to="1"), 'Scheme: the field "version" must be a whole number.'),
    (change("note", to="x"), 'Scheme: the field "note" is unknown.'),
]


@pytest.mark.parametrize(("edit", "sentence"), REFUSED, ids=[text for _, text in REFUSED])
def test_refuses_with_the_place(edit: Callable[[dict[str, Any]], None], sentence: str) -> None:
    data = copy.deepcopy(SMALL)
    edit(data)
    with pytest.raises(SchemeError, match=re.escape(sentence)) as caught:
        parse_scheme(data)
    assert isinstance(caught.value, ValueError)
    assert str(caught.value).endswith(".")


def test_a_field_is_read_once_and_null_counts_as_absent() -> None:
    node = SchemeNode({"title": "Age", "guess": None}, "Label X")
    assert node.text("title") == "Age"
    assert "guess" not in node.fields
    node.finish()
    assert node.take("title", str, "none") == "none"


def test_a_field_nobody_read_is_unknown() -> None:
    with pytest.raises(SchemeError, match=r'^Label X: the field "titel" is unknown\.$'):
        SchemeNode({"titel": "Age"}, "Label X").finish()


@pytest.mark.parametrize("value", [None, [], "text", 3])
def test_only_an_object_has_fields(value: object) -> None:
    with pytest.raises(SchemeError, match=r"^Label 2: this must be an object with named fields\.$"):
        SchemeNode(value, "Label 2")


@pytest.mark.parametrize("cue", ["", " may", "may ", "May", "p = N", 3, None])
def test_a_cue_that_could_never_match_is_refused(cue: object) -> None:
    with pytest.raises(SchemeError, match='in "cues" must be a text in lower case'):
        SchemeNode({"cues": ["might", cue]}, "Option x").words("cues", CUE)


def test_a_list_names_each_thing_once() -> None:
    with pytest.raises(SchemeError, match='"may" stands twice among the cues'):
        SchemeNode({"cues": ["may", "may"]}, "Option x").words("cues", CUE)
