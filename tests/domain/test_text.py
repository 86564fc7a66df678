"""What is normalised at import, and the two ways of counting characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.errors import Invalid
from annotator.domain.text import (
    clean_text,
    decode_text,
    is_astral,
    is_storable,
    u16_length,
    u16_to_cp,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("a\n😀𝛽e\u0301\u2028"))


@pytest.mark.parametrize(
    ("raw", "text", "bom", "line_ends"),
    [
        ("plain", "plain", False, 0),
        ("\ufeffone\r\ntwo\rthree\n", "one\ntwo\nthree\n", True, 2),
        ("a\r\r\nb", "a\n\nb", False, 2),
        ("\ufeff\ufeffa", "\ufeffa", True, 0),
        ("a\ufeffb", "a\ufeffb", False, 0),
        (
            "x\u00a0y\u2028z\u0085\x0b\x0ce\u0301 😀",
            "x\u00a0y\u2028z\u0085\x0b\x0ce\u0301 😀",
            False,
            0,
        ),
        ("  kept  \n\n", "  kept  \n\n", False, 0),
    ],
)
def test_only_mark_and_line_ends_are_changed(
    raw: str, text: str, bom: bool, line_ends: int
) -> None:
    clean = clean_text(raw)
    assert (clean.text, clean.bom_removed, clean.line_ends_replaced) == (text, bom, line_ends)


@given(TEXTS)
def test_everything_else_stays_code_point_for_code_point(raw: str) -> None:
    plain = raw.replace("\0", "").removeprefix("\ufeff").replace("\r", "")
    if plain.strip():
        clean = clean_text(plain)
        assert clean.text == plain.removeprefix("\ufeff")
        assert clean_text(clean.text).text == clean.text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("raw", "code", "words"),
    [
        ("ab\0", "unstorable-character", "NUL character at character 3"),
        ("a\ud83d b", "unstorable-character", "half of a surrogate pair at character 2"),
        ("\udc00", "unstorable-character", "at character 1"),
        ("", "empty-text", "empty"),
        ("\ufeff \r\n\u00a0", "empty-text", "empty"),
    ],
)
def test_what_cannot_be_kept_is_refused(raw: str, code: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        clean_text(raw)
    assert refused.value.code == code
    assert "Nothing was stored" in str(refused.value)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("β 😀".encode(), "β 😀"),
        ("β".encode("utf-8-sig"), "\ufeffβ"),
        ("β 😀".encode("utf-16"), "β 😀"),
        (b"\xfe\xff" + "β".encode("utf-16-be"), "β"),
    ],
)
def test_bytes_are_utf8_or_marked_utf16(data: bytes, text: str) -> None:
    assert decode_text(data) == text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"ab\xe9", "Byte 3 is not valid UTF-8"),
        (b"\x89PNG\r\n", "Byte 1"),
        (b"\xff\xfe\x00", "Byte 3 is not valid UTF-16"),
        (b"\xff\xfe\x00\xd8\x41\x00", "UTF-16"),
    ],
)
def test_other_bytes_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        decode_text(data)
    assert refused.value.code == "wrong-encoding"


@given(TEXTS, st.data())
def test_utf16_offsets_agree_with_the_codec(text: str, data: st.DataObject) -> None:
    units = text.encode("utf-16-le")
    assert u16_length(text) == len(units) // 2
    assert is_astral(text) == (len(units) // 2 > len(text))
    offset = data.draw(st.integers(0, len(units) // 2))
    try:
        expected = len(units[: 2 * offset].decode("utf-16-le"))
    except UnicodeDecodeError:
        with pytest.raises(Invalid) as refused:
            u16_to_cp(text, offset)
        assert refused.value.code == "inside-character"
    else:
        assert u16_to_cp(text, offset) == expected


@pytest.mark.parametrize("offset", [-1, 4, 10_000_000])
def test_offsets_outside_the_text_are_refused(offset: int) -> None:
    with pytest.raises(Invalid) as refused:
        u16_to_cp("a😀", offset)
    assert refused.value.code == "outside-text"


def test_what_a_database_cannot_hold_is_known() -> None:
    assert is_storable("β 😀\u2028")
    assert not is_storable("a\0")
    assert not is_storable("\ud800")
