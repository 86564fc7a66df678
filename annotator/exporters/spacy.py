"""A folder that spaCy trains on as it is.

This file holds what a list of formats needs; spaCy itself is imported when an export begins.
"""

from importlib import import_module
from pathlib import Path
from typing import ClassVar

from annotator.domain.corpus import Corpus
from annotator.exporters.base import ExportOptions, ExportReport, Progress


class SpacyExporter:
    """Writes DocBins, configurations, a data card, and a report of every span left out."""

    name: ClassVar[str] = "spacy"
    title: ClassVar[str] = "spaCy training folder"
    carries: ClassVar[str] = (
        "texts, entities, span groups, categories from the article card, values and relations "
        "beside them, splits, training configurations, a report"
    )
    cannot: ClassVar[str] = (
        "spans that do not fall on token borders and, in doc.ents, spans that overlap: "
        "both are reported"
    )
    folder: ClassVar[bool] = True
    suffix: ClassVar[str] = ""

    def write(
        self, corpus: Corpus, target: Path, options: ExportOptions, progress: Progress
    ) -> ExportReport:
        """Write the folder ``target``; needs the articles of one layer each."""
        run = import_module("annotator.exporters.spacy_run")
        report: ExportReport = run.write_folder(corpus, target, options, progress)
        return report


SPACY = SpacyExporter()
