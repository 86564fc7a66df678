"""Whoever changes members or labels, and whoever works meanwhile: nobody waits in a circle."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event, select

from annotator.domain.errors import Conflict, DomainError, NotFound, Unavailable
from annotator.domain.operations import ReopenLayer, SkipLayer, TextExtent
from annotator.domain.permissions import LOCAL, Actor
from annotator.services import labels, projects, scheme_store
from annotator.services.differences import Wanted
from annotator.services.events import verify_chain
from annotator.services.layers import draw_next
from annotator.services.revisions import put_annotation
from annotator.storage.engine import Database
from annotator.storage.tables import AskedLabel, Label, Layer, Membership, Project
from tests.crowd import together
from tests.rows import count
from tests.services.records import mark, record, take
from tests.services.steps import add
from tests.world import World, default_scheme, new_id

ROUNDS = 2
TRIALS = "trials"
Action = Callable[[int], object]


@pytest.fixture
def mixed(world: World) -> Iterator[World]:
    """A world in which a moment passes before each statement, so that transactions mix."""
    if world.database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")

    def wait(*_: object) -> None:
        time.sleep(0.002)

    event.listen(world.database._writer, "before_cursor_execute", wait)
    yield world
    event.remove(world.database._writer, "before_cursor_execute", wait)


def written(database: Database, change: Callable[..., object], **given: object) -> None:
    with database.write() as session:
        change(session, LOCAL, slug=TRIALS, **given)


def rename(database: Database, number: int) -> None:
    names = ("AGE", "AGES") if number % 2 == 0 else ("AGES", "AGE")
    written(database, labels.change_label, name=names[0], new_name=names[1])


def switch(database: Database, number: int) -> None:
    on = ["PATIENT_COUNT", "POPULATION", "OUTCOME"][: 2 + number % 2]
    written(database, labels.switch_labels, on=on)


def append(database: Database, number: int) -> None:
    written(database, labels.add_label, name=f"NEW_{number}")


def leave(database: Database, _number: int) -> None:
    written(database, projects.remove_member, user="bob")
    written(database, projects.set_member, user="bob", role="annotator")


def promote(database: Database, number: int) -> None:
    role = ("reviewer", "annotator")[number % 2]
    written(database, projects.set_member, user="bob", role=role)


def settle(database: Database, number: int) -> None:
    settings = {"name": f"N{number}", "annotators_per_article": 9, "blind": True}
    written(database, projects.change_project, **settings)


def works(world: World, folder: Path) -> list[Action]:
    """What people do meanwhile; ``bob`` is who managers are busy with."""
    ann, bob = world.actor("ann"), world.actor("bob")
    first, second, third = (world.article(external_id=f"a{n}") for n in range(3))
    fresh = [world.article(external_id=f"fresh{n}") for n in range(ROUNDS * 2)]
    for actor, article in ((bob, first), (ann, second), (ann, third)):
        world.mark(actor, article, "OUTCOME", 20, 25)

    def span(number: int, label: str = "PATIENT_COUNT") -> object:
        return add(label, TextExtent(20, 26 + number))

    def begin(number: int) -> None:
        world.apply(bob, fresh[number], span(number), span(number, "POPULATION"))

    def put(number: int) -> None:
        wanted = Wanted(start=20, end=25, label="PATIENT_COUNT")
        with world.database.write() as session:
            put_annotation(
                session, ann, slug=TRIALS, article_id=fresh[-1 - number], uuid=new_id(),
                wanted=wanted,
            )  # fmt: skip

    def draw(_number: int) -> None:
        with world.database.write() as session:
            draw_next(session, bob, slug=TRIALS)

    def again(number: int) -> None:
        world.apply(ann, third, SkipLayer(new_id(), "duplicate"))
        world.apply(ann, third, ReopenLayer(new_id()), span(number))

    def load(number: int) -> None:
        place = folder / str(number)
        place.mkdir()
        marks = [mark("Eight", f"made_{number}", by=name) for name in ("cat", "bob")]
        lines = [record(f"fresh{number}", *marks), record(f"filed{number}", *marks)]
        refused = [r.sentence for r in take(world.database, place, lines).refused]
        if any("could not take" in sentence for sentence in refused):
            raise Unavailable(refused[0])

    return [
        lambda n: world.apply(bob, first, span(n)),
        lambda n: world.apply(ann, second, span(n), span(n, "POPULATION"), span(n, "AGE")),
        begin,
        put,
        draw,
        again,
        load,
    ]


@pytest.mark.parametrize("change", [rename, switch, append, leave, promote, settle])
def test_nobody_waits_in_a_circle(
    mixed: World, tmp_path: Path, change: Callable[[Database, int], None]
) -> None:
    mixed.project(quota=9, ann="annotator", bob="annotator", cat="annotator", mia="manager")
    actions = [partial(change, mixed.database), *works(mixed, tmp_path)]
    for number in range(ROUNDS):
        found = together([partial(action, number) for action in actions])
        assert [error for error in found if not _is_told(error)] == []
    with mixed.database.read() as session:
        assert list(verify_chain(session)) == []
        holders = select(Layer.id).where(Layer.slot.is_not(None), Layer.state == "open")
        strangers = holders.where(
            Layer.user_id.not_in(
                select(Membership.user_id).where(Membership.project_id == Layer.project_id)
            )
        )
        assert session.scalars(strangers).all() == []


def _is_told(found: object) -> bool:
    """A result, or a refusal that a person is told; not a circle, which the database breaks."""
    refused = isinstance(found, DomainError) and not isinstance(found, Unavailable)
    return refused or not isinstance(found, Exception)


def test_somebody_taken_out_meanwhile_begins_nothing(world: World) -> None:
    world.project(ann="annotator", mia="manager")
    article = world.article()
    ann: Actor = world.actor("ann")
    written(world.database, projects.remove_member, user="ann")
    for begin in (
        lambda: world.apply(ann, article, add()),
        lambda: _draw(world, ann),
    ):
        with pytest.raises(NotFound, match="not open to you"):
            begin()
    assert count(world.database, Layer) == 0


def _draw(world: World, actor: Actor) -> None:
    with world.database.write() as session:
        draw_next(session, actor, slug=TRIALS)


def test_a_scheme_applied_twice_at_once_makes_one_version(world: World) -> None:
    written(world.database, _found)

    def apply() -> str:
        written(world.database, scheme_store.apply_scheme, scheme=default_scheme())
        return "applied"

    found = together([apply] * 4)
    refused = [error for error in found if isinstance(error, Conflict)]
    assert (found.count("applied"), len(refused)) == (1, 3)
    with world.database.read() as session:
        assert session.scalars(select(Project.scheme_version)).one() == 1
        assert set(session.scalars(select(AskedLabel.version))) == {1}
    assert count(world.database, Label) == len(default_scheme().labels)


def _found(session, actor: Actor, *, slug: str) -> None:
    projects.create_project(session, actor, slug=slug)
