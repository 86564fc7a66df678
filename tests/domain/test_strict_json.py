"""JSON that two readers could take for two things is refused."""

import json

import pytest

from annotator.domain.strict_json import DEEPEST, MOST_KEYS, Unreadable, parse


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "malformed"),
        ("{", "malformed"),
        ("{} {}", "malformed"),
        ("\ufeff{}", "malformed"),
        ("[NaN]", "malformed"),
        ("[-Infinity]", "malformed"),
        ("[1e999]", "malformed"),
        ('"a\0b"', "malformed"),
        ('"a\tb"', "malformed"),
        ('{"a": 1, "a": 1}', "duplicate-key"),
        ('[{"a": {"b": 1, "b": 2}}]', "duplicate-key"),
        (json.dumps({str(n): 0 for n in range(MOST_KEYS + 1)}), "too-many-keys"),
        ("1" * 5_000, "number-too-long"),
        (str(2**63), "number-too-long"),
        (str(-(2**63) - 1), "number-too-long"),
        ('["\\ud800"]', "unstorable-character"),
        ('["\ud800"]', "unstorable-character"),
        ('{"\\udfff": 1}', "unstorable-character"),
        ('"\\u0000"', "unstorable-character"),
        ("[" * 100_000, "too-deep"),
        ("[" * 100_000 + "]" * 100_000, "too-deep"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "too-deep"),
        ('{"a":' * 60 + "1" + "}" * 60, "too-deep"),
    ],
)
def test_refused(text: str, code: str) -> None:
    with pytest.raises(Unreadable) as raised:
        parse(text)
    assert raised.value.code == code
    assert str(raised.value).startswith(("is ", "holds "))


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, 2.5, True, None, "𝑝 µ ≥ \u2028"], "b": {}},
        {str(number): 0 for number in range(MOST_KEYS)},
        [[number] for number in range(DEEPEST * 2)],
        2**63 - 1,
        -(2**63),
    ],
)
def test_read(value: object) -> None:
    assert parse(json.dumps(value)) == value
    assert parse(json.dumps(value, ensure_ascii=False)) == value


def test_the_deepest_nesting_is_read() -> None:
    found = parse("[" * DEEPEST + '"x"' + "]" * DEEPEST)
    for _ in range(DEEPEST):
        [found] = found
    assert found == "x"
    assert parse("[" * DEEPEST + "]" * DEEPEST)
