"""The queue below its page: what is left, and who skipped what."""

import pytest
from sqlalchemy import update

from annotator.domain.errors import Forbidden
from annotator.domain.operations import SkipLayer
from annotator.services.layers import draw_next
from annotator.services.queue import list_skips, read_queue
from annotator.storage.tables import Article, now
from tests.world import World, new_id


def test_what_is_left_is_what_next_can_lead_to(world: World) -> None:
    world.project(ann="annotator", ben="annotator", quota=1)
    ids = [world.article(external_id=f"a{number}") for number in range(3)]
    ann, ben = world.actor("ann"), world.actor("ben")
    world.finish(ben, ids[0])
    expected = [2, 1, 0]
    for left in expected:
        with world.database.read() as session:
            assert read_queue(session, ann, slug="trials").left == left
        with world.database.write() as session:
            article = draw_next(session, ann, slug="trials")
        assert (article is None) == (left == 0)
        if article is not None:
            with world.database.read() as session:
                assert read_queue(session, ann, slug="trials").left == left
            world.finish(ann, article)


def test_withdrawn_articles_are_in_nobody_s_queue(world: World) -> None:
    world.project(ann="annotator", mia="manager")
    article = world.article()
    ann = world.actor("ann")
    world.apply(ann, article, SkipLayer(new_id(), "duplicate"))
    with world.database.write() as session:
        session.execute(update(Article).values(withdrawn_at=now()))
    with world.database.read() as session:
        for person in (ann, world.actor("mia")):
            queue = read_queue(session, person, slug="trials")
            assert (queue.rows, queue.counts, queue.left, queue.waiting) == ([], {}, 0, 0)
        assert list_skips(session, world.actor("mia"), slug="trials") == []


def test_skips_are_for_those_who_see_others_newest_first(world: World) -> None:
    world.project(ann="annotator", ben="annotator", rea="reviewer")
    first, second = world.article(), world.article(external_id="a2")
    world.apply(world.actor("ann"), first, SkipLayer(new_id(), "other", "Cut off."))
    world.apply(world.actor("ben"), second, SkipLayer(new_id(), "truncated"))
    with world.database.read() as session:
        skips = list_skips(session, world.actor("rea"), slug="trials")
        with pytest.raises(Forbidden):
            list_skips(session, world.actor("ann"), slug="trials")
    assert [(s.person, s.reason, s.note) for s in skips] == [
        ("ben", "truncated", None),
        ("ann", "other", "Cut off."),
    ]
