"""What a Jinja template says when its expressions are taken out: elements, attributes, texts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

# Stands for whatever an expression prints; no letter, so that it is not taken for text.
PRINTED = "\u2060"
UNSEEN = {"script", "style", "code", "kbd", "samp"}
VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "kept",
    "link",
    "meta",
    "source",
    "wbr",
}
TRANSLATED = re.compile(r"\{%-?\s*trans\b.*?%\}.*?\{%-?\s*endtrans\s*-?%\}", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
PRINTED_TAG = re.compile(r"(</?)\{\{.*?\}\}", re.DOTALL)
# A block that a layout prints inside an attribute: what fills it is no text.
IN_ATTRIBUTE = re.compile(r"=\"\{%-?\s*block\s+(\w+)")
# A block that is kept in a name to be printed inside a tag later: attributes, not text.
KEPT = re.compile(r"\{%-?\s*set\s+\w+\s*-?%\}(.*?)\{%-?\s*endset\s*-?%\}", re.DOTALL)
STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)


@dataclass(frozen=True)
class Element:
    """One start tag: its line, name, and attributes in order."""

    line: int
    name: str
    attributes: tuple[tuple[str, str | None], ...]

    def names(self) -> set[str]:
        return {name for name, _ in self.attributes}

    def value(self, name: str) -> str:
        return dict(self.attributes).get(name) or ""


@dataclass
class Markup(HTMLParser):
    """The elements of a template and its texts, `(line, text)`, outside code and scripts."""

    elements: list[Element] = field(default_factory=list)
    texts: list[tuple[int, str]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(self.getpos()[0], tag, tuple(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(self.getpos()[0], tag, tuple(attrs)))

    def handle_endtag(self, tag: str) -> None:
        # A template may close what a macro or a branch opened: only what is open here is closed.
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not UNSEEN & set(self.open):
            self.texts.append((self.getpos()[0], data.strip()))


def without(pattern: re.Pattern[str], source: str, stand_in: str) -> str:
    """Replace the pattern and keep the number of lines, so that faults name the right one."""
    return pattern.sub(lambda found: stand_in + "\n" * found.group().count("\n"), source)


def attributes_as_tag(found: re.Match[str]) -> str:
    body = STATEMENT.sub(" ", found[1])
    is_attributes = "<" not in body and '="' in body
    lines = "\n" * (found.group().count("\n") - body.count("\n"))
    return f"<kept {body}>{lines}" if is_attributes else found.group()


def blocks_in_attributes(sources: Iterable[str]) -> set[str]:
    """Return the names of the blocks that some template prints inside an attribute."""
    return {name for source in sources for name in IN_ATTRIBUTE.findall(source)}


def parsed(source: str, unread_blocks: Iterable[str] = ()) -> Markup:
    """Return what a template says: translated texts count as printed, comments as nothing."""
    source = without(COMMENT, source, "")
    source = without(TRANSLATED, source, PRINTED)
    for name in unread_blocks:
        block = re.compile(rf"\{{%-?\s*block {name}\b.*?endblock\s*-?%\}}", re.DOTALL)
        source = without(block, source, PRINTED)
    source = PRINTED_TAG.sub(r"\1printed", source)
    source = without(EXPRESSION, source, PRINTED)
    source = KEPT.sub(attributes_as_tag, source)
    source = without(STATEMENT, source, " ")
    markup = Markup()
    markup.feed(source)
    markup.close()
    return markup
