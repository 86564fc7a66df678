"""One canonical record, checked field by field, as an article."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from annotator.domain.blocks import KINDS, Block
from annotator.domain.corpus import Annotation, Answer, Article, Relation, Scalar
from annotator.importers import foreign


class NotARecord(Exception):
    """The value is no canonical record; ``str(error)`` finishes "The line"."""


def article_of(value: Any, *, fallback_id: str) -> Article:
    """The article of a parsed line; raises ``NotARecord``."""
    if not isinstance(value, dict):
        raise NotARecord("is no object in braces")
    if other := foreign.of_record(value):
        raise NotARecord(
            f"has fields of the format {other}; read as canonical it would lose its annotations"
        )
    text = value.get("text")
    if not isinstance(text, str):
        raise NotARecord("has no “text”" if text is None else "has a “text” that is no string")
    return Article(
        id=_identifier(value.get("id"), fallback_id),
        text=text,
        title=_string(value, "title"),
        language=_string(value, "language") or "en",
        meta=_object(value, "meta"),
        batch=_string(value, "batch"),
        blocks=_blocks(_items(value, "blocks"), len(text)),
        annotations=tuple(_annotation(a, text) for a in _objects(value, "annotations")),
        relations=tuple(_relation(r) for r in _objects(value, "relations")),
        answers=tuple(_answer(a) for a in _objects(value, "answers")),
        done=_strings(value, "done"),
        skipped=_skipped(_object(value, "skipped")),
    )


def _annotation(value: Mapping[str, Any], text: str) -> Annotation:
    if "parts" in value:
        raise NotARecord(
            "has an annotation in several parts (“parts”), which this version cannot carry"
        )
    start, end = value.get("start"), value.get("end")
    if type(start) is not int or type(end) is not int:
        raise NotARecord("has an annotation whose “start” or “end” is no whole number")
    label = value.get("label")
    if not isinstance(label, str) or not label:
        raise NotARecord(f"has an annotation from {start} to {end} without a label")
    quote = _string(value, "quote")
    annotator = _string(value, "annotator") or ""
    return Annotation(
        id=_identifier(value.get("id"), None),
        start=start,
        end=end,
        label=label,
        quote=text[start:end] if quote is None and start >= 0 else quote or "",
        annotator=annotator,
        layer=_string(value, "layer") or annotator,
        values=_values(_object(value, "values")),
        unconfirmed=_strings(value, "unconfirmed"),
        note=_string(value, "note"),
        unsure=_flag(value, "unsure"),
    )


def _relation(value: Mapping[str, Any]) -> Relation:
    kind, source, target = (_string(value, name) for name in ("type", "from", "to"))
    if not kind or not source or not target:
        raise NotARecord("has a relation without “type”, “from” or “to”")
    return Relation(kind, source, target, _string(value, "annotator") or "")


def _answer(value: Mapping[str, Any]) -> Answer:
    question, answer = _string(value, "question"), _string(value, "answer")
    if not question or not answer:
        raise NotARecord("has an answer without “question” or “answer”")
    return Answer(question, answer, _string(value, "annotator") or "", _string(value, "annotation"))


def _blocks(items: Sequence[Any], length: int) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for item in items:
        match item:
            case [int(start), int(end), str(kind)] if kind in KINDS and start < end <= length:
                if start < (blocks[-1].end if blocks else 0):
                    raise NotARecord("has blocks that overlap or are out of order")
                blocks.append(Block(kind, start, end, 1 if kind == "heading" else 0))
            case _:
                raise NotARecord(f"has a block that is no [start, end, kind] of its text: {item}")
    return tuple(blocks)


def _identifier(value: Any, fallback: str | None) -> str:
    if value is None or value == "":
        return fallback or str(uuid4())
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise NotARecord("has an “id” that is neither a string nor a whole number")
    return str(value)


def _values(found: Mapping[str, Any]) -> dict[str, Scalar]:
    values: dict[str, Scalar] = {}
    for name, value in found.items():
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise NotARecord(f"has a value “{name}” that is neither a string nor a number")
        values[name] = value
    return values


def _skipped(found: Mapping[str, Any]) -> dict[str, str]:
    if not all(isinstance(reason, str) for reason in found.values()):
        raise NotARecord("has a reason under “skipped” that is no string")
    return dict(found)


def _string(value: Mapping[str, Any], name: str) -> str | None:
    found = value.get(name)
    if found is not None and not isinstance(found, str):
        raise NotARecord(f"has a “{name}” that is no string")
    return found


def _flag(value: Mapping[str, Any], name: str) -> bool:
    found = value.get(name, False)
    if not isinstance(found, bool):
        raise NotARecord(f"has “{name}” that is neither true nor false")
    return found


def _object(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = value.get(name)
    if found is not None and not isinstance(found, dict):
        raise NotARecord(f"has a “{name}” that is no object in braces")
    return found or {}


def _items(value: Mapping[str, Any], name: str) -> list[Any]:
    found = value.get(name)
    if found is not None and not isinstance(found, list):
        raise NotARecord(f"has “{name}” that are no list")
    return found or []


def _objects(value: Mapping[str, Any], name: str) -> Iterable[dict[str, Any]]:
    for item in _items(value, name):
        if not isinstance(item, dict):
            raise NotARecord(f"has an entry under “{name}” that is no object in braces")
        yield item


def _strings(value: Mapping[str, Any], name: str) -> tuple[str, ...]:
    items = _items(value, name)
    if not all(isinstance(item, str) for item in items):
        raise NotARecord(f"has an entry under “{name}” that is no string")
    return tuple(items)
