"""Sources: one study is one key, however its identifier is written."""

import pytest

from annotator.domain.sources import source_keys


@pytest.mark.parametrize(
    ("meta", "keys"),
    [
        ({}, ()),
        ({"publisher": "The Lancet", "url": "https://example.org/10.1000/x"}, ()),
        ({"doi": "10.1056/NEJMoa1"}, ("doi:10.1056/nejmoa1",)),
        ({"DOI": "https://doi.org/10.1056/NEJMoa1."}, ("doi:10.1056/nejmoa1",)),
        ({"study": "doi:10.1056/nejmoa1"}, ("doi:10.1056/nejmoa1",)),
        ({"pmid": 123, "nct": " NCT0001 "}, ("pmid:123", "nct:nct0001")),
        ({"evidence": ["10.1000/a", "10.1000/b", "10.1000/a"]}, ("doi:10.1000/a", "doi:10.1000/b")),
        (
            {"press_release": "https://example.org/Release/7/"},
            ("press_release:https://example.org/release/7",),
        ),
        ({"doi": "", "pmid": None, "nct": True, "study": {"a": 1}}, ()),
    ],
)
def test_source_keys(meta: dict[str, object], keys: tuple[str, ...]) -> None:
    assert source_keys(meta) == keys
