"""Pasted articles below their page."""

import pytest
from sqlalchemy import select

from annotator.domain.errors import Forbidden, NotFound
from annotator.domain.permissions import LOCAL
from annotator.services.pasting import (
    Manuscript,
    ShownBlock,
    check_manuscript,
    paste_article,
    show_blocks,
)
from annotator.services.tokens import waiting_articles
from annotator.storage.tables import Article
from tests.crowd import together
from tests.world import TEXT, World


def check(text: str = TEXT, title: str = "", language: str = "en") -> Manuscript:
    return check_manuscript(title=title, text=text, language=language)


def test_a_manuscript_is_cleaned_and_cut_before_anything_is_stored() -> None:
    made = check("\ufeffTitle here\r\n\r\nA body that ends.\r\n", language="pt-BR")
    assert made.title == "Title here"
    assert made.clean.text == "Title here\n\nA body that ends.\n"
    assert (made.clean.bom_removed, made.clean.line_ends_replaced) == (True, 3)
    assert [block.kind for block in made.blocks] == ["title", "body"]


def test_ids_are_made_of_words_and_never_twice(world: World) -> None:
    world.project(ann="annotator")
    ids = []
    for _ in range(3):
        with world.database.write() as session:
            pasted = paste_article(session, LOCAL, slug="trials", manuscript=check())
            ids.append(pasted.article_id)
            assert pasted.twin == (len(ids) > 1)
    with world.database.read() as session:
        names = session.scalars(select(Article.external_id).order_by(Article.id)).all()
        assert names == ["cells-calm-a-storm", "cells-calm-a-storm-2", "cells-calm-a-storm-3"]
        assert waiting_articles(session, 1) == ids
    with pytest.raises(Forbidden), world.database.write() as session:
        paste_article(session, world.actor("ann"), slug="trials", manuscript=check())


def test_two_who_paste_the_same_at_once_get_an_article_each(world: World) -> None:
    world.project()

    def paste() -> int:
        with world.database.write() as session:
            return paste_article(session, LOCAL, slug="trials", manuscript=check()).article_id

    found = together([paste] * 4)
    assert [error for error in found if isinstance(error, Exception)] == []
    with world.database.read() as session:
        names = session.scalars(select(Article.external_id)).all()
    assert len(set(names)) == len(names) == 4


def test_blocks_are_shown_with_their_first_words(world: World) -> None:
    world.project()
    world.project("second")
    article = world.article(text=f"A title\n\n{'word ' * 60}.")
    with world.database.read() as session:
        shown = show_blocks(session, LOCAL, slug="trials", article_id=article)
        with pytest.raises(NotFound):
            show_blocks(session, LOCAL, slug="second", article_id=article)
    assert shown.blocks == [
        ShownBlock("title", 7, "A title"),
        ShownBlock("body", 301, ("word " * 60)[:160]),
    ]
