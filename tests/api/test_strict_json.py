"""JSON that two readers could take for two things is refused."""

import json

import pytest

from annotator.api.strict_json import DEEPEST, MOST_KEYS, Malformed, read_json
from annotator.domain.errors import Invalid


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "malformed"),
        (b"{", "malformed"),
        (b"{} {}", "malformed"),
        (b"\xff\xfe{}", "malformed"),
        (b"\xef\xbb\xbf{}", "malformed"),
        (b"[NaN]", "malformed"),
        (b"[-Infinity]", "malformed"),
        (b"[1e999]", "malformed"),
        (b'"a\x00b"', "malformed"),
        (b'"\xed\xa0\x80"', "malformed"),
        (b'{"a": 1, "a": 1}', "duplicate-key"),
        (b'[{"a": {"b": 1, "b": 2}}]', "duplicate-key"),
        (json.dumps({str(n): 0 for n in range(MOST_KEYS + 1)}).encode(), "too-many-keys"),
        (b"1" * 5_000, "number-too-long"),
        (b"-" + b"1" * 41, "number-too-long"),
        (b'["\\ud800"]', "unstorable-character"),
        (b'{"\\udfff": 1}', "unstorable-character"),
        (b'"\\u0000"', "unstorable-character"),
        (b"[" * 100_000, "too-deep"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "too-deep"),
        (b'{"a":' * 60 + b"1" + b"}" * 60, "too-deep"),
    ],
)
def test_refused(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        read_json(data)
    assert raised.value.code == code
    assert isinstance(raised.value, Malformed) == (code == "malformed")


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, 2.5, True, None, "𝑝 µ ≥ \u2028"], "b": {}},
        "\ud835\udc5d".encode("utf-16", "surrogatepass").decode("utf-16"),
        10**39,
    ],
)
def test_read(value: object) -> None:
    assert read_json(json.dumps(value).encode()) == value


def test_the_deepest_nesting_is_read() -> None:
    found = read_json(b"[" * DEEPEST + b'"x"' + b"]" * DEEPEST)
    for _ in range(DEEPEST):
        [found] = found
    assert found == "x"
