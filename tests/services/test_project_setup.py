"""Starting a project with labels, and the schemes that come with the program."""

import pytest

from annotator.domain.errors import Conflict, Forbidden, Invalid
from annotator.domain.permissions import LOCAL, Actor
from annotator.services.project_setup import (
    CORE_PROFILE,
    profiles,
    set_up_project,
    shipped_scheme,
)
from annotator.services.projects import list_members
from annotator.services.scheme import read_scheme
from tests.rows import fingerprint
from tests.world import World


def make(world: World, actor: Actor, slug: str = "made", scheme: str = "biomedical-claims") -> None:
    with world.database.write() as session:
        set_up_project(
            session,
            actor,
            slug=slug,
            name="Made",
            scheme=shipped_scheme(scheme),
            annotators_per_article=2,
            blind=True,
        )


def test_whoever_makes_a_project_manages_it_and_the_local_operator_stays_out(world: World) -> None:
    make(world, world.person("root", "admin"))
    make(world, LOCAL, "second")
    with world.database.read() as session:
        assert [m.name for m in list_members(session, LOCAL, slug="made")] == ["root"]
        assert list_members(session, LOCAL, slug="second") == []
        assert len(read_scheme(session, LOCAL, slug="second").on) == 10


def test_what_is_refused_leaves_nothing_behind(world: World) -> None:
    make(world, LOCAL)
    ann = world.person("ann")
    before = fingerprint(world.database)
    rows = [(ann, "other", "biomedical-claims", Forbidden), (LOCAL, "other", "x", Invalid)]
    for actor, slug, scheme, error in [*rows, (LOCAL, "made", "biomedical-claims", Conflict)]:
        with pytest.raises(error):
            make(world, actor, slug, scheme)
    assert fingerprint(world.database) == before


def test_profiles_name_labels_of_their_scheme() -> None:
    names = {label.name for label in shipped_scheme("biomedical-claims").labels}
    found = {profile.name: profile.on for profile in profiles()}
    assert {"trial abstracts", CORE_PROFILE} <= set(found)
    assert all(set(on) <= names for on in found.values())
    assert len(found[CORE_PROFILE]) == 10
