"""The first reading of a corpus: what the split needs, in about 500 bytes an article."""

from collections import Counter
from dataclasses import dataclass, replace

from annotator.domain.corpus import Article, Corpus
from annotator.domain.sources import source_keys
from annotator.domain.splits import Split, Unit, split_units
from annotator.domain.twins import plain_words, text_key
from annotator.exporters.base import ExportFailed, ExportOptions, Progress, refuse_nothing
from annotator.exporters.spacy_files import read_split
from annotator.nlp.tokenizer import language_code
from annotator.nlp.twins import TwinFinder

WRITERS_QUESTION = "written_by"
NOTHING = ""
"""Stands for a label in articles where nothing is marked, so that every side gets some of them."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known before the first doc is made."""

    split: Split
    """Placed articles in the corpus's order."""
    sources: int
    """Articles that name what they are about."""
    machine: Counter[str]
    """Articles by who wrote them, where they say so."""
    labels_left_out: Counter[str]
    foreign: Counter[str]
    """Articles by language, where its token rules are others than those of the project's."""


def look_through(corpus: Corpus, options: ExportOptions, progress: Progress) -> Survey:
    """Read every article once; raises ``ExportFailed`` for none and for mixed layers."""
    units: list[Unit] = []
    finder = TwinFinder()
    machine: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    left_out = Counter(corpus.labels_left_out)
    known = {label.name for label in corpus.labels}
    for article in corpus.articles():
        if len({annotation.layer for annotation in article.annotations}) > 1:
            raise ExportFailed(
                f"Article {article.id} comes with several layers, and one text may enter a corpus "
                "once only. Nothing was written; export one layer."
            )
        words = plain_words(article.text)
        labels = Counter(a.label for a in article.annotations if a.label in known)
        if not labels:
            labels[NOTHING] = 1
        group = () if article.group is None else (f"group:{article.group}",)
        sources = (*group, *source_keys(article.meta))
        units.append(Unit(article.id, text_key(words), labels, sources))
        finder.add(words)
        left_out.update(a.label for a in article.annotations if a.label not in known)
        machine.update(_writers(article))
        languages[language_code(article.language)] += 1
        progress(len(units), 0)
    if not units:
        raise refuse_nothing(corpus)
    kept = read_split(options.split_file) if options.split_file else None
    split = split_units(units, finder.pairs(), options.split, options.seed, kept)
    named = sum(bool(unit.sources) for unit in units)
    del languages[language_code(corpus.language)]
    return Survey(split, named, machine, left_out, languages)


def _writers(article: Article) -> list[str]:
    answers = [a.answer for a in article.answers if a.question == WRITERS_QUESTION]
    field = article.meta.get(WRITERS_QUESTION)
    return answers[:1] or ([field] if isinstance(field, str) else [])


def of_labels(article: Article, known: set[str]) -> Article:
    """The article with annotations of the corpus's labels only; the others are counted."""
    if all(annotation.label in known for annotation in article.annotations):
        return article
    return replace(article, annotations=tuple(a for a in article.annotations if a.label in known))


def changed_meanwhile(article: str) -> ExportFailed:
    """The error where the second reading differs from the first."""
    return ExportFailed(
        f"The articles changed while they were exported (at {article}). Nothing is offered; "
        "export again.",
        code="changed-meanwhile",
    )
