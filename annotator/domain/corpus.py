"""Articles with their annotations, as importers and exporters exchange them with services.

Offsets are code points of the article's text, half-open.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from annotator.domain.blocks import Block

NOT_STATED = "not stated"
"""What a value says where the text does not tell; unset values are absent instead."""

Scalar = str | float | int
"""A value: an option's name, a text, a number, or ``NOT_STATED``."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """One labelled span of one layer."""

    id: str
    start: int
    end: int
    label: str
    quote: str
    annotator: str
    """The person, or the source of a gold or suggestion layer."""
    layer: str
    values: Mapping[str, Scalar] = field(default_factory=dict)
    unconfirmed: tuple[str, ...] = ()
    """Names of values that are a guess which nobody confirmed."""
    note: str | None = None
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A typed link between two annotations, by their ids."""

    type: str
    source: str
    target: str
    annotator: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer on the article card; ``annotation`` is the id it points at."""

    question: str
    answer: str
    annotator: str
    annotation: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """An article with what a corpus takes of it."""

    id: str
    """The external id, unique in its project."""
    text: str
    title: str | None = None
    language: str = "en"
    meta: Mapping[str, object] = field(default_factory=dict)
    batch: str | None = None
    blocks: tuple[Block, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    relations: tuple[Relation, ...] = ()
    answers: tuple[Answer, ...] = ()
    done: tuple[str, ...] = ()
    """Layers that are finished, by annotator; one without an annotation marked nothing."""
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Annotator to reason."""
    asked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Layer to the labels and questions that were asked when it was finished."""
    group: str | None = None
    """Articles of one group share a source and stay on one side of a split."""
    line: int | None = field(default=None, compare=False)
    """The line it stood on, where it came from a file of lines."""


@dataclass(frozen=True, slots=True)
class CorpusLabel:
    """A label as a corpus names it, in scheme order."""

    name: str
    code: str
    layer: str
    """``flat`` or ``claim``."""
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What an exporter gets: a project's labels and its articles, read anew at each call."""

    project: str
    language: str
    labels: tuple[CorpusLabel, ...]
    questions: tuple[str, ...]
    articles: Callable[[], Iterator[Article]]
    layer: str
    """The rule that chose the annotations: gold, majority, a user's name, or all."""
    sequence: int
    """Number of the last event that changed articles, annotations or scheme."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Articles not taken, counted by reason: open, skipped, withdrawn."""
    labels_left_out: Mapping[str, int] = field(default_factory=dict)
    """Labels not asked in every article, with the number of their annotations."""
    rules: Mapping[str, str] = field(default_factory=dict)
    """Article id to the rule that applied: gold, annotator1, majority of 3, ..."""
    annotators_per_article: int = 1
