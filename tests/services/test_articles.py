"""Taking articles in: what is kept of them, what makes them ready, what is refused."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from annotator.domain import corpus
from annotator.domain.blocks import MAX_BLOCK
from annotator.domain.blocks import Block as TextBlock
from annotator.domain.errors import Conflict, Invalid
from annotator.domain.permissions import LOCAL
from annotator.domain.spans import MAX_ARTICLE_LENGTH
from annotator.services.articles import count_articles, store_article, text_and_blocks
from annotator.services.corpus_rows import read_articles
from annotator.services.projects import open_project
from annotator.services.scheme import load_scheme
from annotator.services.tokens import Tokens
from annotator.storage.tables import Article, Batch, Block, Event, now
from tests.rows import count, fingerprint
from tests.world import TEXT, World

RECORD = corpus.Article(id="a1", text=TEXT, title="Cells calm a storm")


def store(world: World, record: corpus.Article, tokens: Tokens | None = None) -> int:
    with world.database.write() as session:
        project = open_project(session, LOCAL, "trials", "article:import")
        return store_article(session, LOCAL, project, record, tokens=tokens).id


def test_text_is_kept_code_point_for_code_point_but_for_mark_and_line_ends(world: World) -> None:
    world.project()
    raw = "\ufeffA 😀\r\n\r\nBody\u2028\u00a0e\u0301.\r\rLast\n"
    article_id = store(world, replace(RECORD, text=raw))
    text = "A 😀\n\nBody\u2028\u00a0e\u0301.\n\nLast\n"
    with world.database.read() as session:
        article = session.get_one(Article, article_id)
        assert session.scalars(select(Article.text)).one() == text
        language, found, blocks = text_and_blocks(session, article_id)
    assert (language, found) == ("en", text)
    assert [text[block.start : block.end] for block in blocks] == [
        "A 😀",
        "Body\u2028\u00a0e\u0301.",
        "Last",
    ]
    assert (article.bom_removed, article.line_ends_replaced) == (True, 4)
    assert article.length == len(text)
    assert article.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_given_blocks_and_batches_are_kept(world: World) -> None:
    world.project()
    blocks = (TextBlock("heading", 0, 18, 2), TextBlock("caption", 20, len(TEXT)))
    store(world, replace(RECORD, blocks=blocks, batch="one"))
    store(world, replace(RECORD, id="a2", batch="one"))
    store(world, replace(RECORD, id="a3", batch="two"))
    with world.database.read() as session:
        rows = session.execute(
            select(Block.kind, Block.level, Block.start, Block.end).where(Block.article_id == 1)
        )
        assert rows.all() == [("heading", 2, 0, 18), ("caption", 0, 20, len(TEXT))]
        assert session.scalars(select(Batch.name).order_by(Batch.id)).all() == ["one", "two"]


def test_a_given_block_is_cut_at_sentence_ends_where_it_is_too_long(world: World) -> None:
    world.project()
    sentence = "Eight patients got better. "
    text = f"A title\n\n{sentence * 400}".rstrip()
    blocks = (TextBlock("title", 0, 7), TextBlock("table", 9, len(text)))
    article_id = store(world, replace(RECORD, text=text, blocks=blocks))
    with world.database.read() as session:
        _, _, found = text_and_blocks(session, article_id)
    assert [block.kind for block in found] == ["title", "table", "table", "table"]
    assert "".join(text[block.start : block.end] for block in found[1:]) == text[9:]
    assert all(block.end - block.start <= MAX_BLOCK for block in found)
    assert all(text[block.start : block.end].endswith("better. ") for block in found[1:-1])


def test_meta_comes_out_as_it_went_in(world: World) -> None:
    world.project()
    metas: list[dict[str, object]] = [
        {
            "url": "https://example.org",
            "publisher": "P",
            "published": "2026-02-14",
            "doi": "10.1/x",
        },
        {"published": "2026", "journal": {"name": "β", "volume": [1, 2.5, None]}},
        {"published": "2026-W07-6", "url": ["a", "b"], "doi": 5},
        {"published": "20260214", "url": "", "publisher": None},
        {},
    ]
    for number, meta in enumerate(metas):
        store(world, replace(RECORD, id=f"a{number}", meta=meta))
    with world.database.read() as session:
        scheme = load_scheme(session, 1, 1)
        layers: dict[int, list[int]] = {number + 1: [] for number in range(len(metas))}
        found = [article.meta for _, article in read_articles(session, scheme, {}, layers)]
        first = session.get_one(Article, 1)
    assert found == metas
    assert (first.url, first.published, first.meta) == (
        "https://example.org",
        date(2026, 2, 14),
        {},
    )


def test_what_cannot_be_an_article_is_refused(world: World) -> None:
    world.project()
    store(world, RECORD)
    before = fingerprint(world.database)
    gap = (TextBlock("body", 0, 18),)
    for record, error, code in (
        (replace(RECORD, text="other"), Conflict, "duplicate-id"),
        (RECORD, Conflict, "duplicate-id"),
        (replace(RECORD, id=""), Invalid, "bad-id"),
        (replace(RECORD, id=" \n"), Invalid, "bad-id"),
        (replace(RECORD, id="x" * 201), Invalid, "bad-id"),
        (replace(RECORD, id="a\0"), Invalid, "bad-id"),
        (replace(RECORD, id="a2", text=" "), Invalid, "empty-text"),
        (replace(RECORD, id="a2", text="a\0"), Invalid, "unstorable-character"),
        (replace(RECORD, id="a2", text="a\ud800"), Invalid, "unstorable-character"),
        (replace(RECORD, id="a2", title="a\0"), Invalid, "unstorable-character"),
        (replace(RECORD, id="a2", batch="a\ud800"), Invalid, "unstorable-character"),
        (replace(RECORD, id="a2", meta={"url": "a\ud800"}), Invalid, "unstorable-character"),
        (replace(RECORD, id="a2", meta={"n": float("nan")}), Invalid, "bad-meta"),
        (replace(RECORD, id="a2", language="English, I think"), Invalid, "bad-language"),
        (replace(RECORD, id="a2", language=""), Invalid, "bad-language"),
        (replace(RECORD, id="a2", blocks=gap), Invalid, "bad-blocks"),
        (replace(RECORD, id="a2", text="x" * (MAX_ARTICLE_LENGTH + 1)), Invalid, "too-long"),
    ):
        with pytest.raises(error) as refused:
            store(world, record)
        assert refused.value.code == code, record.id
    assert fingerprint(world.database) == before


def test_the_same_id_may_be_in_another_project(world: World) -> None:
    world.project()
    world.project("other")
    assert world.article() != world.article("other")
    with world.database.write() as session:
        session.get_one(Article, 1).withdrawn_at = now()
    with world.database.read() as session:
        assert [count_articles(session, project) for project in (1, 2, 3)] == [0, 1, 0]
    assert count(world.database, Event, Event.kind == "article.imported") == 2
