"""Pasting an article: what is stored, under which title and id, and how it was cut."""

import re

from sqlalchemy import select

from annotator.storage.tables import Article, Job
from tests.web.pages import SignIn, form, words
from tests.world import TEXT, World

IMPORT = "/projects/trials/import"


def stored(world: World) -> list[Article]:
    with world.database.read() as session:
        return list(session.scalars(select(Article).order_by(Article.id)))


def text_of(world: World, article_id: int) -> str:
    with world.database.read() as session:
        text = session.scalar(select(Article.text).where(Article.id == article_id))
        assert text is not None
        return text


def test_a_pasted_text_is_stored_once_and_its_tokens_asked_for(
    world: World, sign_in: SignIn
) -> None:
    world.project(mia="manager")
    client = sign_in("mia")
    raw = "\u00a0Ärzte 😀 \u2028 x\u0301\n\n\nZweiter Absatz.  "
    sent = form(title="Über Ärzte", text=raw.replace("\n", "\r\n"), language="de")
    answers = [client.post(IMPORT, data=sent) for _ in range(2)]
    (article,) = stored(world)
    assert {answer.location for answer in answers} == {
        f"/projects/trials/articles/{article.id}?did=article-stored"
    }
    assert (article.external_id, article.title, article.language) == (
        "uber-arzte",
        "Über Ärzte",
        "de",
    )
    assert text_of(world, article.id) == raw
    assert (article.line_ends_replaced, article.ready_at) == (0, None)
    with world.database.read() as session:
        job = session.scalars(select(Job)).one()
        assert (job.kind, job.state) == ("tokens", "queued")


def test_the_page_after_it_names_the_blocks_and_their_kinds(world: World, sign_in: SignIn) -> None:
    world.project(mia="manager")
    client = sign_in("mia")
    text = f"Health Daily\n\n3 May 2026\n\n{TEXT}\n\nShare this story"
    answer = client.post(IMPORT, data=form(title="", text=text, language="en"))
    page = client.get(answer.location)
    assert page.status_code == 200
    assert "The article was stored" in words(page.text.replace("<main", "<div", 1))
    link = re.search(r'href="([^"]*)">See its blocks', page.text)
    assert link
    blocks = words(client.get(link[1]).text)
    assert "Title 12 Health Daily Furniture 10 3 May 2026" in blocks
    assert "Furniture 16 Share this story" in blocks


def test_titles_come_from_the_form_or_from_the_first_line(world: World, sign_in: SignIn) -> None:
    world.project(mia="manager")
    client = sign_in("mia")
    rows = [
        ("", TEXT, "Cells calm a storm", "cells-calm-a-storm"),
        ("", TEXT, "Cells calm a storm", "cells-calm-a-storm-2"),
        ("Mine", TEXT, "Mine", "mine"),
        ("", "One sentence that ends.", None, "one-sentence-that-ends"),
        ("", "漢字だけの文章です。", None, "article"),
    ]
    for title, text, _title, _id in rows:
        sent = form(title=title, text=text, language="en")
        assert client.post(IMPORT, data=sent).status_code == 303
    assert [(a.title, a.external_id) for a in stored(world)] == [row[2:] for row in rows]


def test_a_text_that_is_there_already_is_told(world: World, sign_in: SignIn) -> None:
    world.project(mia="manager")
    client = sign_in("mia")
    for _ in range(2):
        answer = client.post(IMPORT, data=form(title="", text=TEXT, language="en"))
    assert answer.location.endswith("?did=article-stored-again")
    assert "holds the same text" in client.get(answer.location).text


def test_a_refused_text_is_shown_again(world: World, sign_in: SignIn) -> None:
    world.project(mia="manager")
    answer = sign_in("mia").post(
        IMPORT, data=form(title="T <i>", text="\nNul \0 here", language="en")
    )
    assert answer.status_code == 422
    assert "a NUL character at character 6" in words(answer.text)
    assert 'value="T &lt;i&gt;"' in answer.text
    assert "Nul \0 here</textarea>" in answer.text


def test_more_than_a_request_may_carry_is_413(world: World, sign_in: SignIn) -> None:
    world.project(mia="manager")
    client = sign_in("mia")
    sent = form(title="", text="x" * 10_000_000, language="en")
    for headers in ({}, {"X-CSRF-Token": ""}):
        answer = client.post(IMPORT, data=sent, headers=headers)
        assert answer.status_code == 413
        assert "more than one request may carry" in words(answer.text)
    assert stored(world) == []
