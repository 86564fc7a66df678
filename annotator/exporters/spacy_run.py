"""One export to a spaCy folder, from the first look at the articles to the proof."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from annotator.domain.corpus import Article, Corpus
from annotator.exporters.base import ExportOptions, ExportReport, LayerCount, Progress
from annotator.exporters.jsonl import annotation_record
from annotator.exporters.spacy_bins import SidesWriter, quick_msgpack
from annotator.exporters.spacy_card import write_card
from annotator.exporters.spacy_checks import Findings, failed_sentences, run_checks
from annotator.exporters.spacy_configs import shape_of, write_configs
from annotator.exporters.spacy_docs import LAYERS, NER, DocMaker
from annotator.exporters.spacy_files import (
    copy_programs,
    write_json,
    write_labels,
    write_manifest,
    write_split,
)
from annotator.exporters.spacy_proof import check_file
from annotator.exporters.spacy_report import ReportBook
from annotator.exporters.spacy_survey import Survey, changed_meanwhile, look_through, of_labels
from annotator.exporters.spacy_tally import Tally
from annotator.nlp.tokenizer import Pipelines, language_code

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def write_folder(
    corpus: Corpus, target: Path, options: ExportOptions, progress: Progress
) -> ExportReport:
    """Write and prove the folder; see ``SpacyExporter.write``."""
    survey = look_through(corpus, options, progress)
    target.mkdir(exist_ok=True)
    pipelines = Pipelines()
    # Saved before it meets a word, so that the folder is the same whatever the articles are.
    pipelines.current(corpus.language).to_disk(target / "tokenizer")
    with quick_msgpack(), _Sinks(corpus, target, options, pipelines) as sinks:
        _write_docs(corpus, survey, sinks, progress)
        layers = sinks.finish()
        tally, book = sinks.tally, sinks.book
        shape = shape_of(tally)
        warnings = run_checks(
            Findings(
                corpus,
                tally,
                survey.split,
                survey.sources,
                survey.machine,
                book.counts,
                survey.foreign,
            )
        )
        book.write(target / "report.json", layers, tally.as_record()["sides"], shape, warnings)
    code = language_code(corpus.language)
    report = ExportReport(
        articles=len(survey.split.placed),
        annotations=sum(tally.given[layer] for layer in LAYERS if layer != NER),
        layers=layers,
        splits={side: counts.articles for side, counts in tally.sides.items()},
        warnings=failed_sentences(warnings),
        configs=write_configs(target, code, options.seed, shape, tally),
        reported=tuple(book.first),
    )
    write_split(target / "splits.json", survey.split, options)
    write_json(target / "stats.json", tally.as_record())
    write_labels(target / "labels.json", corpus, tally)
    copy_programs(target)
    write_card(target, corpus, options, report, tally, warnings)
    write_manifest(target, corpus, options, tally, survey.labels_left_out, survey.foreign)
    progress(report.articles, report.articles)
    return report


class _Sinks:
    """Everything the second reading writes to, closed and tidied whatever happens."""

    def __init__(
        self, corpus: Corpus, target: Path, options: ExportOptions, pipelines: Pipelines
    ) -> None:
        self.tally = Tally()
        self.book = ReportBook(target)
        self._proved = options.prove
        check = check_file if options.prove else None
        self.sides = SidesWriter(target, check)
        self.maker = DocMaker(
            pipelines, corpus.labels, corpus.questions, options.window, self.book.take
        )
        self.annotations = _lines(target / "annotations.jsonl")
        self.relations = _lines(target / "relations.jsonl")
        self._stack = ExitStack()
        for close in (self.book.close, self.annotations.close, self.relations.close):
            self._stack.callback(close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def finish(self) -> dict[str, LayerCount]:
        """Write what is left; the counts of each layer, from the reopened files where proved."""
        self.sides.finish()
        return {
            layer: self.book.count(layer, self.tally.given[layer], self._written(layer))
            for layer in LAYERS
        }

    def _written(self, layer: str) -> int:
        if not self._proved:
            return self.tally.held[layer]
        return self.sides.found(layer)


def _write_docs(corpus: Corpus, survey: Survey, sinks: _Sinks, progress: Progress) -> None:
    """The second reading: docs to their sides, everything else to its line."""
    known = {label.name for label in corpus.labels}
    placed = survey.split.placed
    done = 0
    for read in corpus.articles():
        if done >= len(placed) or placed[done].article != read.id:
            raise changed_meanwhile(read.id)
        article = of_labels(read, known)
        _write_records(article, sinks)
        _write_article(article, _user_data(article, corpus), placed[done].side, sinks)
        done += 1
        progress(done, len(placed))
    if done != len(placed):
        raise changed_meanwhile(placed[done].article)


def _write_article(
    article: Article, user_data: Mapping[str, Any], side: str, sinks: _Sinks
) -> None:
    tally = sinks.tally
    tally.take_article(article, side)
    for annotation in article.annotations:
        for layer in sinks.maker.layers_of(annotation.label):
            tally.given[layer] += 1
    sinks.book.turn_to(article)
    answered = False
    for made in sinks.maker.docs(article, user_data):
        sinks.sides.add(side, article, made)
        tally.take_doc(made, side)
        sinks.book.take_long(made, article)
        answered = answered or bool(made.doc.cats)
    tally.answers_without_doc += not answered and bool(sinks.maker.categories(article))


def _write_records(article: Article, sinks: _Sinks) -> None:
    for annotation in article.annotations:
        record = annotation_record(annotation)
        sinks.annotations.write(_encode({"article": article.id, **record}) + "\n")
    for relation in article.relations:
        link = {
            "article": article.id,
            "type": relation.type,
            "from": relation.source,
            "to": relation.target,
            "annotator": relation.annotator,
        }
        sinks.relations.write(_encode(link) + "\n")


def _user_data(article: Article, corpus: Corpus) -> dict[str, Any]:
    """What a doc says about its article: title, the fields that are text, the rule, the card."""
    rule = corpus.rules.get(article.id, corpus.layer)
    found: dict[str, Any] = {"article": article.id, "rule": rule}
    if article.title is not None:
        found["title"] = article.title
    meta = {key: value for key, value in sorted(article.meta.items()) if isinstance(value, str)}
    if meta:
        found["meta"] = meta
    if article.answers:
        found["answers"] = [[answer.question, answer.answer] for answer in article.answers]
    return found


def _lines(path: Path) -> IO[str]:
    return path.open("w", encoding="utf-8", newline="\n")
