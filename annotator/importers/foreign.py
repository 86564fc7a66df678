"""Signs of formats that are not read as what they are: a record or file told from ours by them.

Taking such a file as plain text or as canonical records would lose its annotations without a word.
"""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

_FIELDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("prodigy", ("spans", "tokens", "_input_hash", "_task_hash")),
    ("doccano", ("label", "labels", "entities")),
    ("label-studio", ("data", "completions", "predictions")),
    ("pubannotation", ("denotations",)),
    ("web-annotation", ("@context",)),
)
_BEGINNINGS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("webanno-tsv", re.compile(r"#FORMAT=WebAnno")),
    ("brat", re.compile(r"T\d+\t\S+ \d+ \d+")),
    ("pubtator", re.compile(r"\d+\|t\|")),
    ("bioc-xml", re.compile(r"<[?!][^<]*(<!DOCTYPE[^<]*)?<collection|<!DOCTYPE collection", re.I)),
    ("jats", re.compile(r"(<[?!][^<]*)*<(article|pmc-articleset)\b(?=[^>]*(xmlns|article-type))")),
    ("uima-xmi", re.compile(r"(<\?[^<]*)?<xmi:XMI")),
    ("a list in JSON", re.compile(r"\[\s*[\[{\"]")),
    ("one object in JSON", re.compile(r"\{\s*\"")),
    ("pdf", re.compile(r"%PDF")),
    ("xml", re.compile(r"(?i)<\?xml|<[a-z][\w:.-]*[\s>/]|<!DOCTYPE")),
)
_SUFFIXES = {".ann": "brat", ".conll": "conll", ".iob": "conll", ".csv": "csv", ".tsv": "csv"}
_LINES = 20


def of_record(value: Mapping[str, Any]) -> str | None:
    """The format that a JSON record's fields belong to, where that is not the canonical one."""
    for name, fields in _FIELDS:
        if any(field in value for field in fields):
            return name
    return None


def of_text(name: str, head: str) -> str | None:
    """The format that a text file is of, by its beginning or its name; None for prose."""
    start = head.lstrip()
    for format_, pattern in _BEGINNINGS:
        if pattern.match(start):
            return format_
    if _is_columns(head):
        return "conll"
    return _SUFFIXES.get(PurePath(name).suffix.lower())


def _is_columns(head: str) -> bool:
    lines = [line for line in head.split("\n")[:_LINES] if line.strip()]
    columns = [
        line for line in lines if re.fullmatch(r"\S+([\t ]+\S+)*?[\t ]+(O|[BIES]-\S+)", line)
    ]
    return len(lines) > 2 and len(columns) * 4 >= len(lines) * 3
