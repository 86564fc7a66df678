"""What every export format offers, and what it tells about a finished export."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol

from annotator.domain.corpus import Corpus
from annotator.domain.errors import DomainError, Invalid

Progress = Callable[[int, int], None]
"""Called with articles done and articles in all; the second is 0 while it is not known."""

MIN_WINDOW = 50


class ExportFailed(DomainError):
    """The export cannot be made, or does not hold what it should; nothing of it may be offered."""

    code = "export-failed"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What a person may choose; formats ignore what does not concern them.

    Raises ``Invalid`` for a window that no training could use.
    """

    split: tuple[float, float, float] = (0.8, 0.1, 0.1)
    """Shares of train, dev and test."""
    seed: int = 0
    window: int = 1000
    """Tokens of the longest doc of a corpus."""
    split_file: Path | None = None
    """A ``splits.json`` of an earlier export whose articles keep their side."""
    prove: bool = True
    """Reopen what was written and compare it with the corpus; only a benchmark leaves it out."""

    def __post_init__(self) -> None:
        if self.window < MIN_WINDOW:
            raise Invalid(
                f"A window of {self.window} tokens is too short to train on; "
                f"give {MIN_WINDOW} or more. Nothing was written.",
                code="wrong-window",
            )


@dataclass(frozen=True, slots=True)
class Reported:
    """A span that a layer of the export does not hold, and why."""

    article: str
    annotation: str
    start: int
    end: int
    label: str
    quote: str
    reason: str


@dataclass(frozen=True, slots=True)
class LayerCount:
    """Spans given to a layer of the export and spans in it; the rest is in its report."""

    taken_in: int
    written: int

    @property
    def reported(self) -> int:
        """Spans that are in the report instead."""
        return self.taken_in - self.written


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What a page and the command line say about a finished export."""

    articles: int
    annotations: int
    layers: Mapping[str, LayerCount] = field(default_factory=dict)
    splits: Mapping[str, int] = field(default_factory=dict)
    """Articles of each side."""
    warnings: tuple[str, ...] = ()
    """Sentences, one for each check that failed."""
    configs: tuple[str, ...] = ()
    """Paths in the folder that training can start from."""
    reported: tuple[Reported, ...] = ()
    """The first of the spans not written; all of them are in ``report.json``."""


class Exporter(Protocol):
    """A format; ``write`` raises ``ExportFailed`` where it cannot vouch for what it wrote."""

    name: ClassVar[str]
    title: ClassVar[str]
    carries: ClassVar[str]
    cannot: ClassVar[str]
    folder: ClassVar[bool]
    """Whether ``write`` makes a folder; else it makes one file."""
    suffix: ClassVar[str]

    def write(
        self, corpus: Corpus, target: Path, options: ExportOptions, progress: Progress
    ) -> ExportReport:
        """Write the corpus to ``target``, a path where nothing is yet."""
        ...


def refuse_nothing(corpus: Corpus) -> ExportFailed:
    """The error of an export without an article; its sentence says what is missing."""
    left = ", ".join(f"{n} {reason}" for reason, n in sorted(corpus.left_out.items()) if n)
    return ExportFailed(
        f"Project {corpus.project} has no finished article in layer “{corpus.layer}”, so there is "
        f"nothing to export{f' (left out: {left})' if left else ''}. Nothing was written; finish "
        "an article, or choose another layer.",
        code="nothing-to-export",
    )
