"""What a job's process does, and how each ending is told."""

import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.domain.permissions import LOCAL
from annotator.jobs import child
from annotator.services.jobs import EXPORT, TOKENS, claim_job, queue_job
from annotator.storage.tables import Article, Job, Membership
from tests.world import World

Run = Callable[..., Job]


@pytest.fixture
def run(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Asks for a job, runs it in this process, and gives its row."""
    # This process must neither become slow nor keep a heart beating after the test.
    monkeypatch.setattr(child, "NICENESS", 0)
    monkeypatch.setattr(child, "BEAT_EVERY", 3600)

    def do(kind: str, params: dict[str, Any], name: str | None = None) -> Job:
        actor = world.actor(name) if name else LOCAL
        with world.database.write() as session:
            job_id = queue_job(session, actor, 1, kind, params)
            assert claim_job(session) is not None
        url = world.database.url.render_as_string(hide_password=False)
        monkeypatch.setenv("ANNOTATOR_DATABASE_URL", url)
        monkeypatch.setenv("ANNOTATOR_DATA_DIR", str(tmp_path / "data"))
        monkeypatch.setattr(sys, "argv", ["child", str(job_id)])
        child.main()
        with world.database.read() as session:
            return session.get_one(Job, job_id)

    return do


def test_an_export_is_kept_below_the_data_folder(world: World, run: Run, tmp_path: Path) -> None:
    world.project(quota=1, ann="annotator", rev="reviewer")
    world.finish(world.actor("ann"), world.article())
    job = run(EXPORT, {"format": "jsonl", "layer": None, "split": [1, 0, 0]}, "rev")
    file = tmp_path / "data" / "exports" / f"job-{job.id}" / "trials-jsonl.jsonl"
    assert (job.state, job.message) == ("done", None)
    assert job.result is not None
    assert (job.result["file"], job.result["bytes"]) == (str(file), file.stat().st_size)
    assert (job.result["made"][0]["layer"], job.result["made"][0]["articles"]) == ("all", 1)
    assert (job.step, job.steps) in ((1, 0), (1, 1))


def test_a_refusal_is_stored_as_its_sentence(world: World, run: Run, tmp_path: Path) -> None:
    world.project(ann="annotator", rev="reviewer")
    world.article()
    job = run(EXPORT, {"format": "jsonl", "layer": "gold"}, "rev")
    assert job.state == "failed"
    assert "No article is finished yet" in str(job.message)
    assert list((tmp_path / "data" / "exports" / f"job-{job.id}").iterdir()) == []
    with world.database.write() as session:
        session.get_one(Membership, (1, world.people["rev"])).role = "annotator"
    job = run(EXPORT, {"format": "jsonl"}, "rev")
    assert (job.state, "role does not allow" in str(job.message)) == ("failed", True)


def test_tokens_make_articles_ready(world: World, run: Run) -> None:
    world.project(ann="annotator")
    ids = [world.article(external_id=f"a{n}", ready=n == 0) for n in range(3)]
    job = run(TOKENS, {})
    assert (job.state, job.result) == ("done", {"articles": 2})
    with world.database.read() as session:
        assert all(session.get_one(Article, id_).ready_at for id_ in ids)


def test_the_same_files_make_the_same_archive(tmp_path: Path) -> None:
    made = []
    for place in ("one", "two"):
        folder = tmp_path / place / "trials-spacy"
        (folder / "configs").mkdir(parents=True)
        for name in ("train.spacy", "configs/ner.cfg")[:: 1 if place == "one" else -1]:
            (folder / name).write_text(name)
        made.append(child._zip(folder))
    assert made[0].read_bytes() == made[1].read_bytes()
    assert made[0].name == "trials-spacy.zip"
    with zipfile.ZipFile(made[0]) as archive:
        assert archive.namelist() == ["trials-spacy/configs/ner.cfg", "trials-spacy/train.spacy"]
        assert archive.infolist()[0].external_attr >> 16 == 0o644
