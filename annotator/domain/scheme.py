"""Label schemes: the labels of a project with their values, relations and questions.

A scheme that parses is sound: names are unique where they must be, keys are free, references lead
somewhere. Anything else is refused with one sentence that names the place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from annotator.domain.corpus import NOT_STATED
from annotator.domain.scheme_node import CODE, CUE, LABEL, LOWER, SchemeNode
from annotator.domain.scheme_node import SchemeError as SchemeError

FREE_KEYS = tuple("bdilmnpqrtwz")
"""The letters that are no key of the screen, so that a label may have them."""
DIGIT_KEYS = tuple("1234567890")
COLOURS = 8
LAYERS = ("flat", "claim")
STYLES = ("solid", "dashed", "double")
ATTRIBUTE_KINDS = ("choice", "number", "text")


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """An option of a closed list; one of its ``cues``, found as whole words, proposes it."""

    name: str
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """A value that a label asks for; a choice has the state "not stated" besides its options."""

    name: str
    title: str
    kind: str
    required: bool
    definition: str
    guess: str | None
    """The option that is preselected where no cue is found."""
    options: tuple[OptionSpec, ...]
    """In the order in which they are shown and their cues are tried; the first hit wins."""


@dataclass(frozen=True, slots=True)
class LabelSpec:
    """A label as a project starts with it; square brackets in the examples show the span."""

    name: str
    code: str
    layer: str
    """``flat`` for short spans, ``claim`` for whole sentences."""
    on: bool
    key: str | None
    """Its own letter; labels without one share the digits, see ``assign_keys``."""
    colour: int
    style: str
    definition: str
    rule: str
    yes: str
    no: str
    attributes: tuple[AttributeSpec, ...]


@dataclass(frozen=True, slots=True)
class RelationSpec:
    """A type of link; a derived one follows from containment and is never asked."""

    name: str
    derived: bool
    definition: str


@dataclass(frozen=True, slots=True)
class QuestionSpec:
    """A question about the whole article; spans of ``labels`` may answer it."""

    name: str
    title: str
    definition: str
    labels: tuple[str, ...]
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProfileSpec:
    """A named choice of the labels that are on."""

    name: str
    on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A checked label scheme, everything in the file's order."""

    name: str
    version: int
    labels: tuple[LabelSpec, ...]
    relations: tuple[RelationSpec, ...]
    questions: tuple[QuestionSpec, ...]
    document_labels: tuple[QuestionSpec, ...]
    """Questions that no label answers, each with options of its own."""
    profiles: tuple[ProfileSpec, ...]
    hedges: Mapping[str, tuple[str, ...]] = field(hash=False)
    """Kind of hedge to its words, in lower case."""


def assign_keys(labels: Sequence[tuple[str, str | None]]) -> dict[str, str]:
    """Label name to key, from name and own letter of the labels that are on, in list order.

    A label with a letter keeps it; the others get 1 to 9 and 0, and none from the eleventh on.
    """
    digits = iter(DIGIT_KEYS)
    keys = [(name, letter or next(digits, None)) for name, letter in labels]
    return {name: key for name, key in keys if key is not None}


def parse_scheme(data: Mapping[str, object]) -> Scheme:
    """The scheme that ``data``, a decoded scheme file, describes.

    Raises ``SchemeError`` for the first field that is missing, unknown, doubled or impossible.
    """
    root = SchemeNode(data, "Scheme")
    labels = root.children("labels", "Label", _label)
    root.unique("label codes", [label.code for label in labels])
    root.unique("label keys", [label.key for label in labels if label.key])
    root.unique("label colours", [f"{label.colour} {label.style}" for label in labels])
    known = [label.name for label in labels]
    hedges = SchemeNode(root.take("hedges", dict, {}), "Hedges")
    scheme = Scheme(
        root.text("name"),
        root.take("version", int),
        labels,
        root.children("relations", "Relation", _relation),
        root.children("questions", "Question", lambda node: _question(node, known)),
        root.children("document_labels", "Document label", lambda node: _question(node, [])),
        root.children("profiles", "Profile", lambda node: _profile(node, known)),
        {kind: hedges.words(kind, CUE) for kind in tuple(hedges.fields)},
    )
    root.unique("questions", [card.name for card in scheme.questions + scheme.document_labels])
    root.finish()
    return scheme


def _label(node: SchemeNode) -> LabelSpec:
    return LabelSpec(
        name=node.text("name", LABEL),
        code=node.text("code", CODE),
        layer=node.one_of("layer", LAYERS),
        on=node.take("on", bool),
        key=node.one_of("key", FREE_KEYS) if "key" in node.fields else None,
        colour=_colour(node),
        style=node.one_of("style", STYLES),
        definition=node.take("definition", str, ""),
        rule=node.take("rule", str, ""),
        yes=node.take("yes", str, ""),
        no=node.take("no", str, ""),
        attributes=node.children("attributes", "attribute", _attribute),
    )


def _colour(node: SchemeNode) -> int:
    colour = node.take("colour", int)
    if not 0 <= colour < COLOURS:
        raise node.error(f'{colour} in "colour" must be a number from 0 to {COLOURS - 1}')
    return colour


def _attribute(node: SchemeNode) -> AttributeSpec:
    kind = node.one_of("kind", ATTRIBUTE_KINDS)
    options = node.children("options", "option", _option)
    names = [option.name for option in options]
    if kind == "choice" and len(names) < 2:
        raise node.error("a choice needs two options or more")
    if kind != "choice" and names:
        raise node.error(f"a {kind} has no options")
    return AttributeSpec(
        name=node.text("name", LOWER),
        title=node.text("title"),
        kind=kind,
        required=node.take("required", bool, False),
        definition=node.take("definition", str, ""),
        guess=node.one_of("guess", names) if "guess" in node.fields else None,
        options=options,
    )


def _option(node: SchemeNode) -> OptionSpec:
    if node.fields.get("name") == NOT_STATED:
        raise node.error("every closed list has this state without naming it")
    return OptionSpec(node.text("name"), node.words("cues", CUE))


def _relation(node: SchemeNode) -> RelationSpec:
    definition = node.take("definition", str, "")
    return RelationSpec(node.text("name", LOWER), node.take("derived", bool), definition)


def _question(node: SchemeNode, known: Sequence[str]) -> QuestionSpec:
    options = node.words("options")
    if len(options) < 2:
        raise node.error("a question needs two options or more")
    return QuestionSpec(
        name=node.text("name", LOWER),
        title=node.text("title"),
        definition=node.take("definition", str, ""),
        labels=node.labels("labels", known),
        options=options,
    )


def _profile(node: SchemeNode, known: Sequence[str]) -> ProfileSpec:
    return ProfileSpec(node.text("name"), node.labels("on", known))
