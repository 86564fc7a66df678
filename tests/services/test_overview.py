"""A project at a glance."""

import pytest

from annotator.domain.errors import NotFound
from annotator.domain.operations import SkipLayer
from annotator.domain.permissions import LOCAL
from annotator.services.overview import Progress, read_overview
from tests.world import World, new_id


def test_figures_of_oneself_and_for_reviewers_of_all(world: World) -> None:
    world.project(ann="annotator", ben="annotator", rea="reviewer", quota=2)
    ids = [world.article(external_id=f"a{number}") for number in range(4)]
    world.article(external_id="later", ready=False)
    ann, ben, rea = (world.actor(name) for name in ("ann", "ben", "rea"))
    for person in (ann, ben, rea):
        world.finish(person, ids[0])
    world.finish(rea, ids[1])
    world.finish(ann, ids[1])
    world.mark(ann, ids[2], "PATIENT_COUNT", 20, 25)
    world.apply(ann, ids[3], SkipLayer(new_id(), "duplicate"))
    with world.database.read() as session:
        own = read_overview(session, ann, slug="trials")
        all_ = read_overview(session, rea, slug="trials")
        with pytest.raises(NotFound):
            read_overview(session, world.person("out"), slug="trials")
        assert read_overview(session, LOCAL, slug="trials").role is None
    assert (own.articles, own.waiting, own.labels_on, own.left) == (5, 1, 10, 1)
    assert own.own == {"done": 2, "open": 1, "skipped": 1}
    assert (own.fully_read, own.members) == (None, [])
    assert (all_.fully_read, all_.own) == (1, {"done": 2, "new": 3})
    assert all_.members == [
        Progress("rea", "reviewer", 0, 2, 0),
        Progress("ann", "annotator", 1, 2, 1),
        Progress("ben", "annotator", 0, 1, 0),
    ]
