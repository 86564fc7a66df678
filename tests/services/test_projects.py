"""Projects and members below the pages: locks, quotas, who may open what."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.domain.errors import DomainError, Forbidden, Invalid, NotFound
from annotator.domain.permissions import LOCAL
from annotator.services import projects
from annotator.storage.tables import Article, Layer, Membership, Project, now
from tests.world import World


def at_once(world: World, *changes: Callable[[Session], None]) -> list[str]:
    """Runs changes in threads that start together; the outcome of each, sorted."""
    gate, outcomes = threading.Barrier(len(changes)), []

    def run(change: Callable[[Session], None]) -> None:
        gate.wait()
        try:
            with world.database.write() as session:
                change(session)
            outcomes.append("done")
        except DomainError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=run, args=(change,)) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_a_project_is_opened_only_to_those_who_may(world: World) -> None:
    project = world.project(ann="annotator")
    ann, out = world.actor("ann"), world.person("out")
    with world.database.read() as session:
        assert projects.open_project(session, ann, "trials", "project:see").id == project.id
        with pytest.raises(Forbidden):
            projects.open_project(session, ann, "trials", "scheme:edit")
        for slug in ("trials", "nothing", "tri\0als", "Trials", ""):
            with pytest.raises(NotFound, match="no such project"):
                projects.open_project(session, out, slug, "project:see")


def test_two_projects_of_one_name_at_the_same_time_are_one(world: World) -> None:
    outcomes = at_once(
        world, *[lambda session: projects.create_project(session, LOCAL, slug="twin")] * 3
    )
    assert outcomes == ["done", "name-taken", "name-taken"]


def test_a_name_with_an_address_of_its_own_is_refused(world: World) -> None:
    for slug in ("new", "", "-", "a--", "ä", "x" * 65, "a/b"):
        with pytest.raises(Invalid), world.database.write() as session:
            projects.create_project(session, LOCAL, slug=slug)
    with world.database.read() as session:
        assert session.scalars(select(Project)).all() == []


def test_two_managers_cannot_remove_each_other(world: World) -> None:
    world.project(mia="manager", max="manager")
    mia, max_ = world.actor("mia"), world.actor("max")
    outcomes = at_once(
        world,
        lambda session: projects.remove_member(session, mia, slug="trials", user="max"),
        lambda session: projects.remove_member(session, max_, slug="trials", user="mia"),
    )
    assert outcomes == ["done", "last-manager"]
    with world.database.read() as session:
        assert session.scalars(select(Membership.role)).all() == ["manager"]


def test_the_same_person_added_twice_at_once_is_one_member(world: World) -> None:
    world.project(mia="manager", max="manager")
    world.person("ann")
    actors = [world.actor("mia"), world.actor("max")]
    outcomes = at_once(
        world,
        *[
            lambda session, who=who: projects.set_member(
                session, who, slug="trials", user="ann", role="annotator"
            )
            for who in actors
        ],
    )
    assert outcomes == ["done", "done"]
    with world.database.read() as session:
        assert len(projects.list_members(session, LOCAL, slug="trials")) == 3


def test_who_leaves_frees_the_places_of_unfinished_work_only(world: World) -> None:
    world.project(ann="annotator")
    first, second = world.article(), world.article(external_id="a2")
    ann = world.actor("ann")
    world.finish(ann, first)
    world.mark(ann, second, "PATIENT_COUNT", 20, 25)
    with world.database.write() as session:
        projects.remove_member(session, LOCAL, slug="trials", user="ann")
    with world.database.read() as session:
        slots = session.execute(select(Layer.state, Layer.slot).order_by(Layer.article_id)).all()
    assert slots == [("done", 1), ("open", None)]


def test_the_list_counts_ones_own_layers_and_no_withdrawn_article(world: World) -> None:
    world.project(ann="annotator", mia="manager")
    world.project("second", mia="manager")
    article, gone = world.article(), world.article(external_id="a2")
    world.finish(world.actor("ann"), article)
    world.finish(world.actor("ann"), gone)
    with world.database.write() as session:
        session.get_one(Article, gone).withdrawn_at = now()
    root = world.person("root", "admin")
    with world.database.read() as session:
        ann = projects.list_projects(session, world.actor("ann"))
        everybody = projects.list_projects(session, root)
    assert [(c.slug, c.role, c.articles, c.mine_open, c.mine_done) for c in ann] == [
        ("trials", "annotator", 1, 0, 1)
    ]
    assert [(c.slug, c.role) for c in everybody] == [("second", None), ("trials", None)]
