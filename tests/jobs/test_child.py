"""What a job's process does, and how each ending is told."""

import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import select

from annotator import registry
from annotator.domain.corpus import Corpus
from annotator.domain.errors import Unavailable
from annotator.domain.permissions import LOCAL
from annotator.exporters.base import ExportOptions, ExportReport, Progress
from annotator.jobs import child, pulse
from annotator.jobs.runner import BUSY
from annotator.jobs.work import _zip
from annotator.nlp import tokenizer
from annotator.services.jobs import (
    EXPORT,
    STALE_AFTER,
    TOKENS,
    Attempt,
    claim_job,
    finish_job,
    queue_job,
)
from annotator.services.kept_exports import MOST_KEPT
from annotator.storage.tables import Article, Event, Job, Membership, now
from tests.rows import count
from tests.world import TEXT, World

Run = Callable[..., Job]
LONGEST_BLOCK = max(map(len, TEXT.split("\n\n")))


class Prepared:
    """A format of one file that does ``meanwhile`` before and after it calls ``progress``."""

    name: ClassVar[str] = "prepared"
    title: ClassVar[str] = "Prepared"
    carries: ClassVar[str] = "ids"
    cannot: ClassVar[str] = "the rest"
    folder: ClassVar[bool] = False
    suffix: ClassVar[str] = ".txt"

    def __init__(self, before: Callable[[], object], after: Callable[[], object]) -> None:
        self.before, self.after = before, after

    def write(
        self, corpus: Corpus, target: Path, options: ExportOptions, progress: Progress
    ) -> ExportReport:
        target.write_text(" ".join(article.id for article in corpus.articles()))
        self.before()
        progress(1, 1)
        self.after()
        return ExportReport(1, 0)


def nothing() -> None:
    """What a format does meanwhile where a test wants nothing."""


@pytest.fixture
def run(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Asks for a job, runs it in this process, and gives its row."""
    # This process must neither become slow nor keep a heart beating after the test.
    monkeypatch.setattr(child, "NICENESS", 0)
    monkeypatch.setattr(pulse, "BEAT_EVERY", 3600)
    monkeypatch.setattr(pulse, "BEAT_AT_MOST_EVERY", 0)

    def do(kind: str, params: dict[str, Any], name: str | None = None) -> Job:
        actor = world.actor(name) if name else LOCAL
        with world.database.write() as session:
            job_id = queue_job(session, actor, 1, kind, params)
            attempt = claim_job(session)
            assert attempt == Attempt(job_id, 1)
        url = world.database.url.render_as_string(hide_password=False)
        monkeypatch.setenv("ANNOTATOR_DATABASE_URL", url)
        monkeypatch.setenv("ANNOTATOR_DATA_DIR", str(tmp_path / "data"))
        monkeypatch.setattr(sys, "argv", ["child", str(job_id), "1"])
        child.main()
        with world.database.read() as session:
            return session.get_one(Job, job_id)

    return do


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Adds the format ``prepared`` with what it does meanwhile."""

    def do(before: Callable[[], object] = nothing, after: Callable[[], object] = nothing) -> None:
        monkeypatch.setitem(registry.exporters(), "prepared", Prepared(before, after))

    return do


def take_over(world: World) -> None:
    """Let the job of id 1 look lost, and take it."""
    with world.database.write() as session:
        session.get_one(Job, 1).heartbeat_at = now() - 2 * STALE_AFTER
    with world.database.write() as session:
        assert claim_job(session) == Attempt(1, 2)


def test_an_export_is_kept_below_the_data_folder(world: World, run: Run, tmp_path: Path) -> None:
    world.project(quota=1, ann="annotator", rev="reviewer")
    world.finish(world.actor("ann"), world.article())
    left = tmp_path / "data" / "exports" / "job-1-1"
    left.mkdir(parents=True)
    (left / "half").touch()
    later = left.with_name("job-1-2")
    later.mkdir()
    job = run(EXPORT, {"format": "jsonl", "layer": None, "split": [1, 0, 0]}, "rev")
    folder = tmp_path / "data" / "exports" / f"job-{job.id}-1"
    file = folder / "trials-jsonl.jsonl"
    assert (job.state, job.message) == ("done", None)
    assert job.result is not None
    assert (job.result["file"], job.result["bytes"]) == (str(file), file.stat().st_size)
    assert (job.result["made"][0]["layer"], job.result["made"][0]["articles"]) == ("all", 1)
    assert (job.step, job.steps) in ((1, 0), (1, 1))
    assert [path.name for path in folder.iterdir()] == [file.name]
    assert later.exists(), "a later attempt may have finished"
    with world.database.read() as session:
        event = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (event.kind, event.via, event.actor_id) == ("export.made", "job", world.people["rev"])


def test_a_refusal_is_stored_as_its_sentence(world: World, run: Run, tmp_path: Path) -> None:
    world.project(ann="annotator", rev="reviewer")
    world.article()
    job = run(EXPORT, {"format": "jsonl", "layer": "gold"}, "rev")
    assert job.state == "failed"
    assert "No article is finished yet" in str(job.message)
    assert list((tmp_path / "data" / "exports").iterdir()) == []
    with world.database.write() as session:
        session.get_one(Membership, (1, world.people["rev"])).role = "annotator"
    job = run(EXPORT, {"format": "jsonl"}, "rev")
    assert (job.state, "role does not allow" in str(job.message)) == ("failed", True)


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_attempt_that_lost_its_job_leaves_neither_result_nor_file_nor_event(
    world: World, run: Run, offer: Callable[..., None], tmp_path: Path, when: str
) -> None:
    world.project()
    world.article()
    offer(**{when: lambda: take_over(world)})
    job = run(EXPORT, {"format": "prepared"})
    assert (job.state, job.attempts, job.result) == ("running", 2, None)
    assert list((tmp_path / "data" / "exports").iterdir()) == []
    assert count(world.database, Event, Event.kind == "export.made") == 0
    with world.database.write() as session:
        finish_job(session, Attempt(1, 2), {"by": 2})


def test_an_attempt_that_is_lost_already_does_not_begin(
    world: World, run: Run, offer: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.project()
    world.article()
    begun: list[str] = []
    offer(before=lambda: begun.append("once"))
    assert run(EXPORT, {"format": "prepared"}).state == "done"
    child.main()
    assert begun == ["once"]


def test_a_busy_database_gives_the_attempt_back(
    world: World, run: Run, offer: Callable[..., None], tmp_path: Path
) -> None:
    world.project()
    world.article()

    def busy() -> None:
        raise Unavailable("The database is busy.")

    offer(before=busy)
    with pytest.raises(SystemExit) as ended:
        run(EXPORT, {"format": "prepared"})
    assert ended.value.code == BUSY
    assert count(world.database, Job, Job.state == "running", Job.attempts == 1) == 1
    assert list((tmp_path / "data" / "exports").iterdir()) == []


def test_the_newest_exports_are_kept(
    world: World, run: Run, offer: Callable[..., None], tmp_path: Path
) -> None:
    world.project()
    world.article()
    offer()
    exports = tmp_path / "data" / "exports"
    for _ in range(MOST_KEPT + 2):
        run(EXPORT, {"format": "prepared"})
    ids = range(3, MOST_KEPT + 3)
    assert sorted(path.name for path in exports.iterdir()) == sorted(f"job-{n}-1" for n in ids)
    with world.database.read() as session:
        assert [session.get(Job, n) is not None for n in (1, 2, 3)] == [False, False, True]
    deleted = count(world.database, Event, Event.kind == "export.deleted", Event.via == "job")
    assert deleted == 2


def test_tokens_make_articles_ready(world: World, run: Run) -> None:
    world.project(ann="annotator")
    ids = [world.article(external_id=f"a{n}", ready=n == 0) for n in range(3)]
    job = run(TOKENS, {})
    assert (job.state, job.result) == ("done", {"articles": 2, "refused": []})
    with world.database.read() as session:
        assert all(session.get_one(Article, id_).ready_at for id_ in ids)


def test_an_article_without_tokens_is_named_and_the_others_get_theirs(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.project()
    short = "A title\n\nA body."
    texts = (short, TEXT, short)
    ids = [world.article(external_id=f"a{n}", text=t, ready=False) for n, t in enumerate(texts)]
    # The real pipeline, with a limit that one of the texts exceeds.
    monkeypatch.setattr(tokenizer._shared.current("en"), "max_length", LONGEST_BLOCK - 1)
    job = run(TOKENS, {})
    assert (job.state, job.result and job.result["articles"]) == ("done", 2)
    assert job.result is not None
    [refused] = job.result["refused"]
    assert (refused["article"], "cannot be cut into words" in refused["sentence"]) == ("a1", True)
    assert str(job.message).startswith("Article a1: The text cannot be cut into words")
    with world.database.read() as session:
        ready = [session.get_one(Article, id_).ready_at is not None for id_ in ids]
    assert ready == [True, False, True]
    later = world.article(external_id="later", text=short, ready=False)
    assert run(TOKENS, {}).state == "done"
    with world.database.read() as session:
        assert session.get_one(Article, later).ready_at is not None


def test_the_same_files_make_the_same_archive(tmp_path: Path) -> None:
    made = []
    for place in ("one", "two"):
        folder = tmp_path / place / "trials-spacy"
        (folder / "configs").mkdir(parents=True)
        for name in ("train.spacy", "configs/ner.cfg")[:: 1 if place == "one" else -1]:
            (folder / name).write_text(name)
        made.append(_zip(folder))
    assert made[0].read_bytes() == made[1].read_bytes()
    assert made[0].name == "trials-spacy.zip"
    with zipfile.ZipFile(made[0]) as archive:
        assert archive.namelist() == ["trials-spacy/configs/ner.cfg", "trials-spacy/train.spacy"]
        assert archive.infolist()[0].external_attr >> 16 == 0o644
