"""Texts in memory: what is kept, what is let go, and what a transaction may not leave there."""

import pytest

from annotator.services import texts
from annotator.storage.engine import Database
from annotator.storage.tables import Article
from tests.web.pages import counted
from tests.world import TEXT, World


def load(database: Database, article_id: int) -> texts.ArticleText:
    with database.read() as session:
        article = session.get_one(Article, article_id)
        ready = article.ready_at is not None
        return texts.load_text(session, article.id, sha256=article.sha256, ready=ready)


def test_a_text_is_read_once(world: World) -> None:
    world.project()
    article = world.article()
    first = load(world.database, article)
    assert first.text == TEXT
    assert [TEXT[b.start : b.end][:5] for b in first.blocks] == ["Cells", "Eight", "The t"]
    with counted(world.database) as statements:
        assert load(world.database, article) is first
    assert len([said for said in statements if "articles.text" in said or "blocks" in said]) == 0


def test_an_article_without_tokens_is_not_kept(world: World) -> None:
    world.project()
    article = world.article(ready=False)
    assert load(world.database, article) is not load(world.database, article)


def test_the_least_recently_used_goes_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.project()
    ids = [world.article(external_id=f"a{n}", text=f"{n} {TEXT}") for n in range(3)]
    monkeypatch.setattr(texts, "MOST_CHARACTERS", 2 * len(TEXT) + 10)
    first, second = (load(world.database, id_) for id_ in ids[:2])
    assert load(world.database, ids[0]) is first
    load(world.database, ids[2])
    assert load(world.database, ids[0]) is first
    assert load(world.database, ids[1]) is not second
    monkeypatch.setattr(texts, "MOST_CHARACTERS", 10)
    alone = world.article(external_id="long")
    assert load(world.database, alone) is not load(world.database, alone)
