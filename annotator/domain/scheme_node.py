"""Reads a decoded scheme file field by field; what does not fit is refused with its place."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from annotator.domain.errors import Invalid

Form = tuple[re.Pattern[str], str]
TEXT: Form = re.compile(r"\S(?:.*\S)?"), "a text without blanks around it"
CUE: Form = re.compile(r"[^\sA-Z](?:[^A-Z]*[^\sA-Z])?"), "a text in lower case"
CODE: Form = re.compile(r"[A-Z]{1,4}"), "one to four capital letters"
LABEL: Form = re.compile(r"[A-Z][A-Z0-9_]{0,39}"), "at most 40 of A-Z, 0-9 and _, a letter first"
LOWER: Form = re.compile(r"[a-z][a-z0-9_]{0,39}"), "at most 40 of a-z, 0-9 and _, a letter first"
_KINDS = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "an object with named fields",
}
_T = TypeVar("_T")


class _HasName(Protocol):
    @property
    def name(self) -> str: ...


_Named = TypeVar("_Named", bound=_HasName)


class SchemeError(Invalid, ValueError):
    """A scheme that cannot be used; the sentence names the place."""

    code = "scheme"


class SchemeNode:
    """One object of the file; reading a field takes it out, so that ``finish`` sees strays.

    A field that is null counts as absent.
    """

    def __init__(self, value: object, place: str) -> None:
        self.place = place
        if not isinstance(value, Mapping):
            raise self.error("this must be an object with named fields")
        self.fields = {name: entry for name, entry in value.items() if entry is not None}

    def error(self, what: str) -> SchemeError:
        return SchemeError(f"{self.place}: {what}.")

    def take(self, name: str, kind: type[_T], default: _T | None = None) -> _T:
        value = self.fields.pop(name, default)
        if type(value) is not kind:  # an exact type, since true is no number here
            raise self.error(f'the field "{name}" must be {_KINDS[kind]}')
        return value

    def text(self, name: str, form: Form = TEXT) -> str:
        return self.shaped(name, self.take(name, str), form)

    def shaped(self, name: str, value: object, form: Form) -> str:
        if not isinstance(value, str) or not form[0].fullmatch(value):
            raise self.error(f'"{value}" in "{name}" must be {form[1]}')
        return value

    def one_of(self, name: str, choices: Sequence[str]) -> str:
        value = self.take(name, str)
        if value not in choices:
            raise self.error(f'"{value}" in "{name}" must be one of: {", ".join(choices)}')
        return value

    def words(self, name: str, form: Form = TEXT) -> tuple[str, ...]:
        words = [self.shaped(name, word, form) for word in self.take(name, list, [])]
        self.unique(name, words)
        return tuple(words)

    def labels(self, name: str, known: Sequence[str]) -> tuple[str, ...]:
        labels = self.words(name)
        for label in labels:
            if label not in known:
                raise self.error(f'"{label}" in "{name}" is no label of this scheme')
        return labels

    def children(
        self, name: str, kind: str, parse: "Callable[[SchemeNode], _Named]"
    ) -> tuple[_Named, ...]:
        children = []
        for number, value in enumerate(self.take(name, list, []), start=1):
            own = value.get("name") if isinstance(value, Mapping) else None
            place = f"{kind} {own or number}"
            node = SchemeNode(value, place if self.place == "Scheme" else f"{self.place}, {place}")
            children.append(parse(node))
            node.finish()
        self.unique(name, [child.name for child in children])
        return tuple(children)

    def unique(self, what: str, names: Sequence[str]) -> None:
        for name in names:
            if names.count(name) > 1:
                raise self.error(f'"{name}" stands twice among the {what}')

    def finish(self) -> None:
        for name in self.fields:
            raise self.error(f'the field "{name}" is unknown')
