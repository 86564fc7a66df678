"""A corpus from the page: asked for, watched, downloaded, ready to train on."""

import hashlib
import json
import zipfile

from playwright.sync_api import expect

from tests.browser.pages import SIDEWAYS, TELEPHONE, axe_faults
from tests.browser.stage import TEXT, Stage

EXPORT_LIMIT = 60_000.0
"""Milliseconds: the corpus is written by a process of its own, which loads spaCy first."""


def test_an_export_is_started_watched_and_downloaded(stage: Stage) -> None:
    world = stage.world
    name = stage.person()
    slug, articles = stage.project(TEXT, TEXT.replace("Eight", "Nine"), **{name: "manager"})
    reader = world.actor(name)
    for article in articles:
        world.mark(reader, article, "CONDITION", TEXT.index("lupus"), TEXT.index("lupus") + 5, slug)
        world.finish(reader, article, slug)
    page = stage.context(name).new_page()
    page.goto(f"/projects/{slug}/exports")
    expect(page.get_by_text("Nothing was exported yet.")).to_be_visible()
    with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
        page.get_by_role("button", name="Make the export").click()
    button = page.get_by_role("button", name="Download")
    expect(button).to_be_visible(timeout=EXPORT_LIMIT)
    expect(page.get_by_role("heading", name="Layer: default")).to_be_visible()
    enter, train, evaluate = page.locator("pre code").inner_text().split("\n")
    assert enter.startswith("cd ")
    assert "-m spacy train configs/ner.cfg --output model-ner" in train
    assert "-m spacy evaluate model-ner/model-best test.spacy" in evaluate
    assert axe_faults(page) == []
    with page.expect_download() as started:
        button.click()
    with zipfile.ZipFile(started.value.path()) as archive:
        names = {entry.split("/", 1)[1]: entry for entry in archive.namelist() if entry[-1] != "/"}
        told = json.loads(archive.read(names["manifest.json"]))["sha256"]
        assert set(told) == set(names) - {"manifest.json"}
        assert {"train.spacy", "configs/ner.cfg", "report.json"} <= set(told)
        for file, digest in told.items():
            assert hashlib.sha256(archive.read(names[file])).hexdigest() == digest
    page.set_viewport_size(TELEPHONE)
    assert page.evaluate(SIDEWAYS) == []
    page.goto(f"/projects/{slug}/exports")
    expect(page.get_by_role("link", name="spacy")).to_have_count(1)


def test_an_export_of_nothing_says_what_is_missing(stage: Stage) -> None:
    name = stage.person()
    slug, _ = stage.project(TEXT, **{name: "manager"})
    page = stage.context(name).new_page()
    page.goto(f"/projects/{slug}/exports")
    page.get_by_role("button", name="Make the export").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("No article is finished yet.", timeout=EXPORT_LIMIT)
    expect(page.get_by_role("button", name="Download")).to_have_count(0)
