"""What the annotate page shows, and whose it is to read."""

import pytest
from sqlalchemy import update

from annotator.domain.errors import NotFound
from annotator.services.layers import own_layer
from annotator.services.reading import read_article
from annotator.storage.tables import Article, now
from tests.services.steps import EIGHT, HOPES, SENTENCE, add, one
from tests.world import TEXT, World


def test_blocks_are_slices_of_the_text_with_their_tokens(world: World) -> None:
    text = "A 😀 title\n\n  Body\u2028with \u00a0 blanks e\u0301.  \n\n\n\nLast one."
    world.project(ann="annotator")
    article = world.article(text=text)
    with world.database.read() as session:
        read = read_article(session, world.actor("ann"), slug="trials", article_id=article)
    assert [block.text for block in read.blocks] == [
        text[block.start : block.end] for block in read.blocks
    ]
    assert [block.kind for block in read.blocks] == ["title", "body", "body"]
    assert [block.position for block in read.blocks] == [0, 1, 2]
    assert all(block.tokens for block in read.blocks)
    assert read.layer is None
    assert read.article.length == len(text)


def test_annotations_come_with_the_blocks_they_touch_in_order(world: World) -> None:
    world.project(ann="annotator", bob="annotator")
    world.article()
    ann, bob = world.actor("ann"), world.actor("bob")
    whole = add("EFFICACY_CLAIM", type(EIGHT)(20, len(TEXT)))
    marks = [add("OUTCOME", HOPES), add(), add("EFFICACY_CLAIM", SENTENCE), whole]
    for mark in marks:
        one(world, ann, mark)
    one(world, bob, add("CONDITION"))
    with world.database.read() as session:
        read = read_article(session, ann, slug="trials", article_id=1)
    outcome, eight, sentence, crossing = (mark.annotation for mark in marks)
    assert [[a.uuid for a in block.annotations] for block in read.blocks] == [
        [],
        [crossing, eight, sentence],
        [crossing, outcome],
    ]
    assert read.layer is not None
    assert read.layer.seq == 4


def test_annotators_read_what_they_began_and_what_needs_readers(world: World) -> None:
    world.project(quota=1, ann="annotator", bob="annotator", rev="reviewer")
    world.project("other", eva="annotator")
    full, waiting, gone = (
        world.article(external_id="f"),
        world.article(external_id="w", ready=False),
        world.article(external_id="g"),
    )
    ann = world.actor("ann")
    one(world, ann, add(), full)
    with world.database.write() as session:
        session.execute(update(Article).where(Article.id == gone).values(withdrawn_at=now()))
    allowed = {("ann", full), ("rev", full), ("rev", waiting)}
    for name in ("ann", "bob", "rev", "eva"):
        for article in (full, waiting, gone, 99):
            with world.database.read() as session:
                actor = world.actor(name)
                if (name, article) in allowed:
                    read_article(session, actor, slug="trials", article_id=article)
                    continue
                with pytest.raises(NotFound):
                    read_article(session, actor, slug="trials", article_id=article)


def test_a_reviewer_reads_their_own_layer_not_another(world: World) -> None:
    world.project(ann="annotator", rev="reviewer")
    article = world.article()
    one(world, world.actor("ann"), add(), article)
    rev = world.actor("rev")
    with world.database.read() as session:
        read = read_article(session, rev, slug="trials", article_id=article)
        assert own_layer(session, rev, article) is None
    assert read.layer is None
    assert [block.annotations for block in read.blocks] == [[], [], []]
