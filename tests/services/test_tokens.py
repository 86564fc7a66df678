"""Tokens of articles: an article waits for them, gets them once, and holds up no other."""

import logging

import pytest
from sqlalchemy import select

from annotator.domain.blocks import Block as TextBlock
from annotator.domain.errors import Invalid
from annotator.services.tokens import Tokens, make_tokens, store_tokens, waiting_articles
from annotator.storage.tables import Article, Block
from tests.world import World

BLOCKS = [TextBlock("body", 0, 8)]


def runs(world: World, article_id: int) -> list[tuple[str, str]]:
    query = select(Block.tokens, Block.tokenizer).where(Block.article_id == article_id)
    with world.database.read() as session:
        return [(run, by) for run, by in session.execute(query.order_by(Block.position))]


def test_an_article_waits_until_its_tokens_are_there(world: World) -> None:
    world.project()
    ready, waiting = world.article(), world.article(external_id="a2", ready=False)
    with world.database.read() as session:
        assert waiting_articles(session, 1) == [waiting]
        assert session.get_one(Article, waiting).ready_at is None
        assert session.get_one(Article, ready).ready_at is not None
    with world.database.write() as session:
        store_tokens(session, waiting, Tokens(["0 1", "0 2", "0 3"], "v2"))
    with world.database.read() as session:
        assert waiting_articles(session, 1) == []
        assert session.get_one(Article, waiting).ready_at is not None
    assert runs(world, waiting) == [("0 1", "v2"), ("0 2", "v2"), ("0 3", "v2")]
    assert {by for _, by in runs(world, ready)} == {"test"}


def test_an_article_that_has_tokens_keeps_them(world: World) -> None:
    world.project()
    article = world.article()
    before = runs(world, article)
    with world.database.write() as session:
        store_tokens(session, article, Tokens(["0 1", "0 2", "0 3"], "a late worker's"))
    assert runs(world, article) == before


def test_whatever_a_tokenizer_stumbles_over_is_a_refusal_of_that_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = make_tokens(
        lambda text, blocks, language: [f"0 {len(text)}"], "v1", "A text.", BLOCKS, "en"
    )
    assert made == Tokens(["0 7"], "v1")
    for fault in (ValueError("The words of the text."), RecursionError(), KeyError("x")):

        def stumble(*_: object, fault: Exception = fault) -> list[str]:
            raise fault

        with pytest.raises(Invalid, match=f"cannot be cut into words .{type(fault).__name__}"):
            make_tokens(stumble, "v1", "A text.", BLOCKS, "en")
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 3
    assert all(record.exc_text for record in caplog.records)
