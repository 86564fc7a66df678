"""What a quote proposes, and what an attribute takes."""

import json
import math
from pathlib import Path

import pytest

from annotator.domain import scheme as module
from annotator.domain.corpus import NOT_STATED, Scalar
from annotator.domain.errors import Invalid
from annotator.domain.scheme import AttributeSpec, OptionSpec, Scheme, parse_scheme
from annotator.domain.values import LONGEST_TEXT, check_value, plain_number, propose

FILE = Path(module.__file__).parents[1] / "schemes" / "biomedical-claims.json"


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return parse_scheme(json.loads(FILE.read_text(encoding="utf-8")))


def attribute(kind: str, *options: tuple[str, tuple[str, ...]], guess: str | None = None):  # type: ignore[no-untyped-def]
    specs = tuple(OptionSpec(name, cues) for name, cues in options)
    return AttributeSpec("a", "A", kind, True, "", guess, specs)


@pytest.mark.parametrize(
    ("label", "name", "quote", "proposal"),
    [
        ("PATIENT_COUNT", "value", "eight", 8),
        ("PATIENT_COUNT", "value", "several", None),
        ("PATIENT_COUNT", "role", "eight", "in study, stage not stated"),
        ("PATIENT_COUNT", "role", "eight treated", "treated"),
        ("EFFICACY_CLAIM", "direction", "Symptoms were reduced", "improved"),
        ("EFFICACY_CLAIM", "direction", "made no difference", "no difference"),
        ("EFFICACY_CLAIM", "claim_strength", "may reduce relapses", "may cause"),
        ("RESULT_VALUE", "value", "p < .05", 0.05),
        ("DURATION", "value", "18 months", 18),
        ("INTERVENTION", "dose", "100 mg", None),
    ],
)
def test_the_shipped_scheme_proposes(
    scheme: Scheme, label: str, name: str, quote: str, proposal: Scalar | None
) -> None:
    [spec] = [spec for spec in scheme.labels if spec.name == label]
    [asked] = [attribute for attribute in spec.attributes if attribute.name == name]
    assert propose(asked, quote) == proposal


@pytest.mark.parametrize(
    ("quote", "proposal"),
    [
        ("it RISES fast", "up"),
        ("it falls and rises", "down"),
        ("sunrises", "flat"),
        ("100 %", "share"),
        ("100 %s", "share"),
        ("no cue", "flat"),
    ],
)
def test_cues_are_whole_words_and_the_first_option_wins(quote: str, proposal: str) -> None:
    asked = attribute(
        "choice",
        ("down", ("falls",)),
        ("up", ("rises", "r.ses")),
        ("share", ("%",)),
        ("flat", ()),
        guess="flat",
    )
    assert propose(asked, quote) == proposal
    assert propose(attribute("choice", ("up", ("rises",)), ("flat", ())), "no cue") is None


def test_a_number_without_bound_is_no_proposal() -> None:
    assert propose(attribute("number"), "9" * 400) is None


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("number", 8, 8),
        ("number", 8.0, 8),
        ("number", -0.5, -0.5),
        ("number", 1e22, 1e22),
        ("number", 2**60, float(2**60)),
        ("number", NOT_STATED, NOT_STATED),
        ("choice", "up", "up"),
        ("choice", NOT_STATED, NOT_STATED),
        ("text", "  10 mg  ", "10 mg"),
        ("text", NOT_STATED, NOT_STATED),
        ("text", "x" * LONGEST_TEXT, "x" * LONGEST_TEXT),
    ],
)
def test_a_fitting_value_is_kept(kind: str, value: Scalar, kept: Scalar) -> None:
    options = (("up", ()), ("down", ())) if kind == "choice" else ()
    found = check_value(attribute(kind, *options), value)
    assert (type(found), found) == (type(kept), kept)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", "8"),
        ("number", True),
        ("number", math.nan),
        ("number", math.inf),
        ("number", -math.inf),
        ("number", 10**400),
        ("number", 1e300),
        ("choice", "Up"),
        ("choice", ""),
        ("choice", 1),
        ("text", ""),
        ("text", " \n"),
        ("text", 5),
        ("text", "a\0b"),
        ("text", "a\ud800"),
        ("text", "x" * (LONGEST_TEXT + 1)),
    ],
)
def test_an_unfit_value_is_refused(kind: str, value: Scalar) -> None:
    options = (("up", ()), ("down", ())) if kind == "choice" else ()
    with pytest.raises(Invalid, match="left as it was") as refused:
        check_value(attribute(kind, *options), value)
    assert refused.value.code == "bad-value"
    str(refused.value).encode()


@pytest.mark.parametrize(
    ("number", "plain"), [(8.0, 8), (8.5, 8.5), (-0.0, 0), (2.0**53, 2.0**53), (1e300, 1e300)]
)
def test_whole_numbers_are_written_without_a_point(number: float, plain: float) -> None:
    assert (type(plain_number(number)), plain_number(number)) == (type(plain), plain)
