"""Giving a project its scheme."""

import pytest
from sqlalchemy import select

from annotator.domain.errors import Conflict, Forbidden
from annotator.domain.permissions import LOCAL
from annotator.services.projects import create_project
from annotator.services.scheme_store import apply_scheme
from annotator.storage.tables import Event, Project
from tests.rows import fingerprint
from tests.world import World, default_scheme


def test_a_project_takes_one_scheme_from_those_who_may(world: World) -> None:
    world.project(ann="annotator")
    with world.database.write() as session:
        create_project(session, LOCAL, slug="bare")
    ann = world.actor("ann")
    before = fingerprint(world.database)
    for actor, slug, error in ((LOCAL, "trials", Conflict), (ann, "trials", Forbidden)):
        with pytest.raises(error), world.database.write() as session:
            apply_scheme(session, actor, slug=slug, scheme=default_scheme())
    assert fingerprint(world.database) == before
    with world.database.read() as session:
        project = session.scalars(select(Project).where(Project.slug == "trials")).one()
        assert project.scheme_version == 1
        applied = session.scalars(select(Event).where(Event.kind == "scheme.applied")).one()
        assert (applied.subject, applied.project_id) == ("biomedical-claims", project.id)
