"""An export appears whole or not at all, and what it holds comes back to the same bytes."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from annotator.demo import ARTICLES
from annotator.domain.corpus import Corpus
from annotator.domain.errors import Conflict, DomainError, Forbidden, Invalid
from annotator.domain.permissions import LOCAL, Actor
from annotator.exporters.base import ExportFailed, ExportOptions, ExportReport, Progress
from annotator.exporters.jsonl import JSONL
from annotator.services.events import corpus_sequence
from annotator.services.exports import Made, read_split, run_export
from annotator.storage.engine import Database
from annotator.storage.tables import Event
from tests.rows import count
from tests.services.records import take
from tests.world import World

PEOPLE = {f"annotator{number}": "annotator" for number in (1, 2, 3)}
SOME = (
    "editors-note",
    "predimed-republished",
    "lecanemab-clarity-wire",
    "hpv-impfung-schweden",
    "sma-gene-therapy",
)
"""Done and empty; with gold; with a skipped layer; in German; open."""


class Folder:
    """A format of one file a corpus in a folder; ``fault`` ends it half way."""

    name: ClassVar[str] = "plain"
    title: ClassVar[str] = "Plain"
    carries: ClassVar[str] = "ids"
    cannot: ClassVar[str] = "the rest"
    folder: ClassVar[bool] = True
    suffix: ClassVar[str] = ""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault

    def write(
        self, corpus: Corpus, target: Path, options: ExportOptions, progress: Progress
    ) -> ExportReport:
        target.mkdir(parents=True)
        ids = [article.id for article in corpus.articles()]
        (target / "ids.txt").write_text("\n".join(ids))
        if self.fault:
            raise self.fault
        progress(len(ids), len(ids))
        return ExportReport(len(ids), 0)


def export(
    database: Database,
    output: Path,
    exporter: object = JSONL,
    layer: str | None = None,
    actor: Actor = LOCAL,
) -> list[Made]:
    return run_export(
        database,
        actor,
        slug="trials",
        exporter=exporter,  # type: ignore[arg-type]
        layer=layer,
        options=ExportOptions(),
        output=output,
    )


@pytest.fixture
def trials(world: World) -> World:
    """Two articles, of which ann finished the first and bob the second."""
    world.project(quota=2, ann="annotator", bob="annotator", rev="reviewer")
    for number, name in enumerate(("ann", "bob")):
        article = world.article(external_id=f"a{number}")
        world.mark(world.actor(name), article, "PATIENT_COUNT", 20, 25)
        world.finish(world.actor(name), article)
    return world


@pytest.fixture
def elsewhere(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """Another installation."""
    path = tmp_path / "elsewhere.sqlite"
    shutil.copy(sqlite_template, path)
    made = Database(f"sqlite:///{path}")
    yield World(made)
    made.dispose()


def test_what_was_exported_comes_back_to_the_same_bytes(
    world: World, elsewhere: World, tmp_path: Path
) -> None:
    lines = ARTICLES.read_text("utf-8").splitlines()
    wanted = [line for line in lines if json.loads(line)["id"] in SOME]
    assert len(wanted) == len(SOME)
    for place in (elsewhere, world):
        place.project(quota=3, **PEOPLE)
    assert take(elsewhere.database, tmp_path, wanted).refused == []
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    export(elsewhere.database, first)
    again = first.read_text("utf-8").splitlines()
    assert take(world.database, tmp_path, again, labels="refuse").refused == []
    export(world.database, second)
    assert second.read_bytes() == first.read_bytes()
    held = [json.loads(line) for line in wanted]
    told = [json.loads(line) for line in again]
    for one, other in zip(held, told, strict=True):
        assert {a["id"] for a in one["annotations"]} == {a["id"] for a in other["annotations"]}
        assert sorted(one.get("done", [])) == sorted(other.get("done", []))
        assert len(one.get("answers", [])) == len(other.get("answers", []))


def test_an_export_is_no_change_and_repeats_to_the_same_bytes(
    trials: World, tmp_path: Path
) -> None:
    with trials.database.read() as session:
        before = corpus_sequence(session, 1)
    export(trials.database, tmp_path / "one.jsonl")
    export(trials.database, tmp_path / "deep" / "er" / "two.jsonl", actor=trials.actor("rev"))
    assert (tmp_path / "one.jsonl").read_bytes() == (
        tmp_path / "deep" / "er" / "two.jsonl"
    ).read_bytes()
    with trials.database.read() as session:
        assert corpus_sequence(session, 1) == before
    assert count(trials.database, Event, Event.kind == "export.made") == 2


def test_a_layer_rule_holds_for_a_file_too(trials: World, tmp_path: Path) -> None:
    [made] = export(trials.database, tmp_path / "ann.jsonl", layer="ann")
    assert (made.layer, made.report.articles) == ("ann", 1)
    [every] = export(trials.database, tmp_path / "all.jsonl", layer="all")
    assert (every.layer, every.report.articles) == ("all", 2)


def test_all_makes_a_folder_for_each_annotator(trials: World, tmp_path: Path) -> None:
    made = export(trials.database, tmp_path / "out", Folder(), "all")
    assert [(m.folder, m.layer, m.report.articles) for m in made] == [
        ("ann", "ann", 1),
        ("bob", "bob", 1),
    ]
    assert (tmp_path / "out" / "bob" / "ids.txt").read_text() == "a1"
    (tmp_path / "empty").mkdir()
    [one] = export(trials.database, tmp_path / "empty", Folder(), "bob")
    assert (one.folder, (tmp_path / "empty" / "ids.txt").read_text()) == (".", "a1")


@pytest.mark.parametrize("fault", [ExportFailed("The proof does not hold."), ZeroDivisionError()])
@pytest.mark.parametrize("there", [False, True])
def test_an_export_that_fails_leaves_nothing(
    trials: World, tmp_path: Path, fault: Exception, there: bool
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    if there:
        (place / "out").mkdir()
    with pytest.raises(type(fault)):
        export(trials.database, place / "out", Folder(fault), "ann")
    assert [path.name for path in place.rglob("*")] == ["out"] * there
    assert count(trials.database, Event, Event.kind == "export.made") == 0


@pytest.mark.parametrize("there", [False, True])
def test_no_corpus_leaves_without_a_trail(trials: World, tmp_path: Path, there: bool) -> None:
    """Whatever keeps the event from being stored keeps the corpus from its place, too."""
    place = tmp_path / "place"
    place.mkdir()
    if there:
        (place / "out").mkdir()

    class Taking(Folder):
        """Has another event take the number that the export's would have."""

        def write(self, *arguments: Any) -> ExportReport:
            report = super().write(*arguments)
            with trials.database.write() as session:
                last = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
                copy = {c.key: getattr(last, c.key) for c in Event.__mapper__.column_attrs}
                assert last.seq is not None
                session.add(Event(**copy | {"id": last.id + 1, "seq": last.seq + 1}))
            return report

    with pytest.raises(IntegrityError):
        export(trials.database, place / "out", Taking(), "ann")
    assert [path.name for path in place.rglob("*")] == ["out"] * there
    assert count(trials.database, Event, Event.kind == "export.made") == 0


def test_what_is_there_is_never_overwritten(trials: World, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "mine.txt").write_text("mine")
    with pytest.raises(Conflict, match="not an empty folder"):
        export(trials.database, taken, Folder(), "ann")
    with pytest.raises(Conflict, match="not an empty folder"):
        export(trials.database, taken / "mine.txt", Folder(), "ann")
    with pytest.raises(Conflict, match="is a folder, but this format is one file"):
        export(trials.database, taken)
    assert [path.name for path in taken.rglob("*")] == ["mine.txt"]
    assert (taken / "mine.txt").read_text() == "mine"


def test_nothing_to_export_and_nobody_to_export_leave_nothing(
    trials: World, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    rows: list[tuple[object, str | None, Actor, type[DomainError], str]] = [
        (JSONL, "gold", LOCAL, Invalid, "layer: ann 1, bob 1"),
        (Folder(), None, LOCAL, Invalid, "Choose one with --layer"),
        (JSONL, None, trials.actor("ann"), Forbidden, "role does not allow"),
    ]
    for exporter, layer, actor, error, sentence in rows:
        with pytest.raises(error, match=sentence):
            export(trials.database, place / "out", exporter, layer, actor)
        assert list(place.iterdir()) == []
    trials.project("empty")
    with pytest.raises(Invalid, match="Nobody has finished an article"):
        run_export(
            trials.database,
            LOCAL,
            slug="empty",
            exporter=Folder(),
            layer="all",
            options=ExportOptions(),
            output=place / "out",
        )
    assert list(place.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "0.8", "0.8,0.1", "0.8,0.1,0.2", "1.1,-0.1,0", "a,b,c", "1,nan,0"]
)
def test_a_split_is_three_shares_of_one(text: str) -> None:
    with pytest.raises(Invalid, match="A split is three numbers"):
        read_split(text)


def test_a_split_is_read() -> None:
    assert read_split(" 0.8, 0.1 ,0.1") == (0.8, 0.1, 0.1)
    assert read_split("1,0,0") == (1, 0, 0)
