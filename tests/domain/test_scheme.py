"""The shipped scheme holds what was agreed, and its cues propose what they are meant to."""

import json
import re
from pathlib import Path

import pytest

from annotator.domain import scheme as module
from annotator.domain.scheme import (
    DIGIT_KEYS,
    FREE_KEYS,
    AttributeSpec,
    LabelSpec,
    Scheme,
    assign_keys,
    parse_scheme,
)
from annotator.domain.values import propose

FILE = Path(module.__file__).parents[1] / "schemes" / "biomedical-claims.json"

CORE = [
    "EFFICACY_CLAIM",
    "SAFETY_CLAIM",
    "PATIENT_COUNT",
    "POPULATION",
    "CONDITION",
    "INTERVENTION",
    "OUTCOME",
    "RESULT_VALUE",
    "MECHANISM",
    "FUTURE",
]
LETTERS = {
    "COMPARATOR": "w",
    "AGE": "n",
    "ADVERSE_EVENT": "d",
    "STUDY_DESIGN": "z",
    "DURATION": "t",
    "HEDGE": "b",
    "LIMITATION": "l",
    "SOURCE": "r",
    "FUNDING_COI": "m",
    "SPEAKER": "q",
    "REGULATORY": "i",
    "BACKGROUND_FACT": "p",
}
CLAIMS = ["EFFICACY_CLAIM", "SAFETY_CLAIM", "MECHANISM", "FUTURE", "LIMITATION", "BACKGROUND_FACT"]
STRENGTHS = [
    "no relation stated",
    "change reported, cause not named",
    "associated",
    "may cause",
    "causes",
]
REQUIRED = {
    "EFFICACY_CLAIM": {"direction", "claim_strength"},
    "SAFETY_CLAIM": {"direction", "claim_strength"},
    "PATIENT_COUNT": {"value", "role"},
    "RESULT_VALUE": {"value"},
    "DURATION": {"value"},
}
CLAIM_LISTS = {
    "direction": "improved / worsened / no difference / mixed",
    "claim_strength": " / ".join(STRENGTHS),
    "basis": "this study / other study / general",
    "voice": "article / study authors / independent / company / patient",
}
LISTS = {
    "EFFICACY_CLAIM": CLAIM_LISTS,
    "SAFETY_CLAIM": CLAIM_LISTS,
    "PATIENT_COUNT": {
        "role": "in study, stage not stated / screened / enrolled / treated / analysed / responded"
        " / had event / withdrew / died / in subgroup / other",
        "qualifier": "exact / about / at least / at most / vague",
        "unit": "people / animals / samples",
    },
    "POPULATION": {
        "human": "human / animal / cells",
        "age_class": "newborn / infant / child / adolescent / adult / older / mixed",
        "prior_treatment": "none / treated / refractory / relapsed",
    },
    "CONDITION": {
        "role": "studied / example / other use / background",
        "severity": "mild / moderate / severe / refractory",
    },
    "INTERVENTION": {
        "kind": "cell or gene therapy / drug / biologic / vaccine / surgery or procedure / "
        "radiation / device / diagnostic test / behaviour / diet or supplement / software / other",
        "role": "studied / prior / background",
    },
    "OUTCOME": {
        "rank": "primary / secondary",
        "kind": "symptom / organ function / laboratory / imaging / quality of life / survival / "
        "composite / vague",
    },
    "RESULT_VALUE": {"kind": "percent / mean / difference / ratio / p value / interval"},
    "FUTURE": {"kind": "plan / need / hope"},
    "COMPARATOR": {
        "kind": "placebo / usual care / other treatment / other dose / earlier state / "
        "historical group / none",
    },
    "AGE": {"unit": "year / month / week"},
    "ADVERSE_EVENT": {"occurred": "yes / no", "serious": "yes / no"},
    "STUDY_DESIGN": {"phase": "0 / 1 / 1/2 / 2 / 2/3 / 3 / 4"},
    "DURATION": {
        "unit": "minute / hour / day / week / month / year",
        "role": "treatment / follow-up / time to event",
    },
    "HEDGE": {"kind": "weakens / strengthens / hype"},
    "LIMITATION": {
        "kind": "size / no control / short / single centre / funding / not in people / "
        "preliminary / not peer reviewed / other",
    },
    "SOURCE": {"kind": "study / journal / news outlet / institution / registry / meeting"},
    "SPEAKER": {"role": "author / independent / company / patient"},
}


@pytest.fixture(scope="module")
def shipped() -> Scheme:
    return parse_scheme(json.loads(FILE.read_text(encoding="utf-8")))


def attributes(label: LabelSpec) -> dict[str, AttributeSpec]:
    return {attribute.name: attribute for attribute in label.attributes}


def options(attribute: AttributeSpec) -> list[str]:
    return [option.name for option in attribute.options]


def test_labels_stand_in_the_agreed_order_with_their_keys(shipped: Scheme) -> None:
    assert [label.name for label in shipped.labels] == [*CORE, *LETTERS]
    assert [label.name for label in shipped.labels if label.on] == CORE
    assert {label.name: label.key for label in shipped.labels if label.key} == LETTERS
    assert sorted(LETTERS.values()) == sorted(FREE_KEYS)
    keys = assign_keys([(label.name, label.key) for label in shipped.labels if label.on])
    assert keys == dict(zip(CORE, DIGIT_KEYS, strict=True))
    assert [label.name for label in shipped.labels if label.layer == "claim"] == CLAIMS


def test_profile_swaps_two_labels(shipped: Scheme) -> None:
    (profile,) = shipped.profiles
    assert profile.name == "trial abstracts"
    assert list(profile.on) == [*CORE[:-2], "COMPARATOR", "DURATION"]


def test_neighbours_differ_in_colour(shipped: Scheme) -> None:
    styles = [label.style for label in shipped.labels]
    assert styles == ["solid"] * 8 + ["dashed"] * 8 + ["double"] * 6
    colour = {label.name: label.colour for label in shipped.labels}
    assert len({colour[name] for name in CORE[:8]}) == 8
    assert len({colour[name] for name in CLAIMS}) == 6
    inside = {"SAFETY_CLAIM": ["ADVERSE_EVENT"], "LIMITATION": ["PATIENT_COUNT", "STUDY_DESIGN"]}
    inside["MECHANISM"] = ["CONDITION", "INTERVENTION", "OUTCOME"]
    inside["FUTURE"] = ["CONDITION", "INTERVENTION", "OUTCOME", "POPULATION", "HEDGE"]
    clashes = [(c, n) for c, names in inside.items() for n in names if colour[c] == colour[n]]
    assert clashes == []


def test_required_values_have_a_guess(shipped: Scheme) -> None:
    found = {
        label.name: {attribute.name for attribute in label.attributes if attribute.required}
        for label in shipped.labels
    }
    assert {name: names for name, names in found.items() if names} == REQUIRED
    guesses = {
        (attribute.kind, attribute.guess is not None)
        for label in shipped.labels
        for attribute in label.attributes
        if attribute.required
    }
    assert guesses == {("choice", True), ("number", False)}


@pytest.mark.parametrize("name", LISTS)
def test_closed_lists_hold_the_agreed_options(shipped: Scheme, name: str) -> None:
    label = next(label for label in shipped.labels if label.name == name)
    for attribute, words in LISTS[name].items():
        expected = re.split(r" / ", words)
        assert sorted(options(attributes(label)[attribute])) == sorted(expected)


def test_claim_strength_is_a_scale(shipped: Scheme) -> None:
    headline = next(q for q in shipped.document_labels if q.name == "headline_strength")
    assert list(headline.options) == STRENGTHS
    for label in shipped.labels[:2]:
        assert options(attributes(label)["claim_strength"]) == STRENGTHS


def test_card_asks_sixteen_questions_and_four_about_the_document(shipped: Scheme) -> None:
    assert len(shipped.questions) == 16
    answers = ("found", "found but vague", "not reported", "unclear", "does not apply")
    assert {question.options for question in shipped.questions} == {answers}
    assert [q.name for q in shipped.questions if not q.labels] == []
    assert [q.name for q in shipped.document_labels] == (
        ["genre", "written_by", "stage", "headline_strength"]
    )


def test_relations_are_derived_or_made_by_hand(shipped: Scheme) -> None:
    by_hand = [relation.name for relation in shipped.relations if not relation.derived]
    assert by_hand == ["same_as", "subset_of", "compared_with", "attributed_to"]
    derived = "has_intervention has_condition has_outcome has_population has_count has_result"
    assert [r.name for r in shipped.relations if r.derived] == [*derived.split(), "hedged_by"]


def test_hedge_lists_are_the_cues_of_the_hedge_label(shipped: Scheme) -> None:
    hedge = next(label for label in shipped.labels if label.name == "HEDGE")
    cues = {option.name: option.cues for option in attributes(hedge)["kind"].options}
    assert cues == shipped.hedges
    words = [word for listed in shipped.hedges.values() for word in listed]
    assert len(words) == len(set(words))
    assert [word for word in words if " " in word] == []


def test_every_text_is_there_and_short(shipped: Scheme) -> None:
    texts = [
        text
        for label in shipped.labels
        for text in (label.definition, label.rule, label.yes, label.no)
    ]
    texts += [a.definition for label in shipped.labels for a in label.attributes]
    texts += [q.definition for q in shipped.questions + shipped.document_labels]
    texts += [relation.definition for relation in shipped.relations]
    assert [text for text in texts if not text.endswith((".", ".)"))] == []
    assert [text for text in texts if len(re.findall(r"[.?!]\)?(?= [A-Z(\[\"]|$)", text)) > 2] == []
    assert [label.name for label in shipped.labels if not re.search(r"\[.+\]", label.yes)] == []


def test_every_cue_can_win(shipped: Scheme) -> None:
    lost = [
        (label.name, attribute.name, option.name, cue)
        for label in shipped.labels
        for attribute in label.attributes
        for option in attribute.options
        for cue in option.cues
        if propose(attribute, cue) != option.name
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("label", "attribute", "quote", "option"),
    [
        ("EFFICACY_CLAIM", "direction", "Survival did not differ with the better diet", 0),
        ("EFFICACY_CLAIM", "direction", "The gel failed to slow the loss of hearing", 0),
        ("EFFICACY_CLAIM", "direction", "Women on the drug had reduced survival", 2),
        ("EFFICACY_CLAIM", "direction", "Nine nurses who had failed to respond improved", 3),
        ("EFFICACY_CLAIM", "direction", "The gel did something", 3),
        ("EFFICACY_CLAIM", "claim_strength", "Rash and fever were reduced in most", 1),
        ("EFFICACY_CLAIM", "claim_strength", "Coffee drinkers were less likely to relapse", 2),
        ("EFFICACY_CLAIM", "claim_strength", "The gel may have reduced pain", 3),
        ("EFFICACY_CLAIM", "claim_strength", "The gel reduced pain", 4),
        ("SAFETY_CLAIM", "direction", "No serious side effects were seen", 0),
        ("SAFETY_CLAIM", "direction", "Three swimmers developed a rash", 2),
        ("SAFETY_CLAIM", "direction", "Fewer infections were seen with the gel", 3),
    ],
)
def test_cues_propose_by_position(
    shipped: Scheme, label: str, attribute: str, quote: str, option: int
) -> None:
    spec = attributes(next(entry for entry in shipped.labels if entry.name == label))[attribute]
    assert propose(spec, quote) == options(spec)[option]


def test_an_eleventh_label_without_a_letter_has_no_key() -> None:
    labels: list[tuple[str, str | None]] = [(f"L{number}", None) for number in range(11)]
    keys = assign_keys([("OWN", "w"), *labels])
    assert keys == {"OWN": "w", **{f"L{n}": key for n, key in enumerate("1234567890")}}
