"""Make ``exports/sample/`` anew: the spaCy corpus of the demo project, in its default layer.

    python -m scripts.sample [FOLDER]

The demo is made in a temporary folder, so the sample depends on nothing but the checkout.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from annotator import registry
from annotator.cli.project import DEFAULT_SCHEME, read_scheme_file
from annotator.demo import ARTICLES
from annotator.domain.corpus import Article
from annotator.domain.permissions import LOCAL
from annotator.exporters.base import ExportOptions
from annotator.nlp.tokenizer import TOKENIZER_VERSION, token_runs
from annotator.services import demo
from annotator.services.exports import run_export
from annotator.storage.engine import Database
from annotator.storage.schema import upgrade

SAMPLE = Path(__file__).parent.parent / "exports" / "sample"
PASSWORD = "of no use to anybody"


def make_sample(target: Path) -> None:
    """Export the demo project to ``target``, a path where nothing is."""
    with tempfile.TemporaryDirectory() as place:
        database = Database(f"sqlite:///{place}/demo.sqlite")
        try:
            upgrade(database)
            _make_demo(database)
            run_export(
                database,
                LOCAL,
                slug=demo.SLUG,
                exporter=registry.exporter("spacy"),
                layer=None,
                options=ExportOptions(),
                output=target,
            )
        finally:
            database.dispose()


def _make_demo(database: Database) -> None:
    demo.make_accounts(database, PASSWORD)
    demo.make_project(database, read_scheme_file(DEFAULT_SCHEME))
    records = [r for r in registry.importer("jsonl").read(ARTICLES) if isinstance(r, Article)]
    report = demo.import_articles(database, records, token_runs, TOKENIZER_VERSION)
    assert not report.refused, report.refused[0].sentence


def main() -> None:
    """Replace the sample, or make one in the folder that is named."""
    if len(sys.argv) > 1:
        make_sample(Path(sys.argv[1]).absolute())
        return
    shutil.rmtree(SAMPLE, ignore_errors=True)
    make_sample(SAMPLE)


if __name__ == "__main__":
    main()
