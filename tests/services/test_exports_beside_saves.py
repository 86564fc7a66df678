"""While an export reads, people go on marking: in every journal and on every database."""

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest

from annotator.domain.corpus import Corpus
from annotator.domain.permissions import LOCAL
from annotator.exporters.base import ExportOptions, ExportReport, Progress
from annotator.services.exports import run_export
from annotator.storage.engine import WAL_IS_SAFE_FROM, Database, bundled_sqlite
from annotator.storage.tables import Annotation
from tests.rows import count
from tests.world import World

PATIENCE = 60
VERSIONS = {"wal": WAL_IS_SAFE_FROM, "truncate": (3, 40, 1)}


class Held:
    """A format that stops between its first article and the second until it may go on."""

    name: ClassVar[str] = "held"
    title: ClassVar[str] = "Held"
    carries: ClassVar[str] = "quotes"
    cannot: ClassVar[str] = "the rest"
    folder: ClassVar[bool] = False
    suffix: ClassVar[str] = ".txt"

    def __init__(self) -> None:
        self.reads, self.may_go_on = threading.Event(), threading.Event()

    def write(
        self, corpus: Corpus, target: Path, options: ExportOptions, progress: Progress
    ) -> ExportReport:
        quotes = []
        for _ in range(2):
            for article in corpus.articles():
                quotes += [annotation.quote for annotation in article.annotations]
                self.reads.set()
                assert self.may_go_on.wait(PATIENCE)
        target.write_text(" ".join(quotes))
        return ExportReport(1, len(quotes))


@pytest.fixture(params=[*VERSIONS, pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path
) -> Iterator[Database]:
    """A database of each kind, SQLite with each of its journals."""
    if request.param == "postgresql":
        made = Database(request.getfixturevalue("postgres_pool").empty())
    else:
        path = tmp_path / "test.sqlite"
        path.write_bytes(sqlite_template.read_bytes())
        # The real module, saying that it is of a version for which this journal is the safe one.
        version = {"sqlite_version_info": VERSIONS[request.param]}
        module = SimpleNamespace(**{**vars(bundled_sqlite), **version})
        made = Database(f"sqlite:///{path}", module=module)
        assert made.journal_mode == request.param
    yield made
    made.dispose()


def test_saving_goes_on_while_an_export_reads(world: World, tmp_path: Path) -> None:
    world.project(ann="annotator")
    article = world.article()
    ann = world.actor("ann")
    world.mark(ann, article, "PATIENT_COUNT", 20, 25)
    held, failed = Held(), []
    place = tmp_path / "place"

    def export() -> None:
        try:
            run_export(
                world.database,
                LOCAL,
                slug="trials",
                exporter=held,
                layer=None,
                options=ExportOptions(),
                output=place / "out.txt",
            )
        except Exception as error:
            failed.append(error)
            raise

    thread = threading.Thread(target=export, daemon=True)
    thread.start()
    assert held.reads.wait(PATIENCE)
    # A save that had to wait for the reader would be refused: the reader waits for this test.
    world.mark(ann, article, "POPULATION", 26, 40)
    assert count(world.database, Annotation) == 2
    assert thread.is_alive()
    held.may_go_on.set()
    thread.join(PATIENCE)
    assert failed == []
    assert (place / "out.txt").read_text() == "Eight Eight", "both readings saw one snapshot"
    assert [path.name for path in place.iterdir()] == ["out.txt"], "no copy is left"
