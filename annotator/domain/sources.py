"""What an article reports on, as far as its fields tell: the study, the press release."""

import re
from collections.abc import Iterator, Mapping

FIELDS = (
    "doi",
    "pmid",
    "pmcid",
    "nct",
    "trial",
    "study",
    "source_url",
    "press_release",
    "evidence",
)
"""Fields of ``meta`` that name a source; a source told by none of them is none."""

_DOI = re.compile(r"\b(10\.\d{4,9}/[^\s\"<>]+)", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")


def source_keys(meta: Mapping[str, object]) -> tuple[str, ...]:
    """A key for each source that the fields name; articles that share one belong together.

    A DOI counts as one however it is written and in whichever field; other values count by field.
    """
    return tuple(dict.fromkeys(_keys(meta)))


def _keys(meta: Mapping[str, object]) -> Iterator[str]:
    for name, value in meta.items():
        field = name.casefold()
        if field in FIELDS:
            for entry in value if isinstance(value, list | tuple) else [value]:
                yield from _key(field, entry)


def _key(field: str, value: object) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return
    text = _BLANKS.sub(" ", str(value)).strip().casefold()
    if found := _DOI.search(text):
        yield f"doi:{found.group(1).rstrip('.,;)')}"
    elif text:
        yield f"{field}:{text.rstrip('/')}"
