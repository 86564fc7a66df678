"""One operation on one span: what is stored, what is told to the trail, what is refused."""

from typing import Any

import pytest
from sqlalchemy import select

from annotator.domain.corpus import NOT_STATED
from annotator.domain.operations import (
    Ack,
    BlockExtent,
    ChangeSpan,
    DeleteSpan,
    MoveSpan,
    RestoreSpan,
)
from annotator.domain.permissions import Actor
from annotator.services.operations import changed_blocks
from annotator.services.reading import ReadAnnotation, read_article
from annotator.storage.engine import Database
from annotator.storage.tables import Annotation, Event
from tests.rows import count
from tests.services.steps import EIGHT, HOPES, add, one
from tests.world import TEXT, World, new_id


@pytest.fixture
def ann(world: World) -> Actor:
    world.project(ann="annotator", bob="annotator")
    world.article()
    return world.actor("ann")


def shown(world: World, actor: Actor) -> dict[str, ReadAnnotation]:
    with world.database.read() as session:
        read = read_article(session, actor, slug="trials", article_id=1)
    return {a.uuid: a for block in read.blocks for a in block.annotations}


def values_of(world: World, actor: Actor, uuid: str) -> dict[str, tuple[object, bool]]:
    found = shown(world, actor)[uuid].values
    return {name: (value, confirmed) for name, value, confirmed in found}


def events(database: Database, kind: str) -> list[tuple[Any, Any]]:
    with database.read() as session:
        rows = session.execute(
            select(Event.before, Event.after).where(Event.kind == kind).order_by(Event.id)
        )
        return [(before, after) for before, after in rows]


def test_a_span_is_stored_with_its_place_and_quote(world: World, ann: Actor) -> None:
    operation = add(quote="Eight")
    ack = one(world, ann, operation)
    assert ack == Ack(operation.id, "ok", annotation=operation.annotation, rev=1)
    with world.database.read() as session:
        row = session.scalars(select(Annotation)).one()
    assert (row.uuid, row.start, row.end, row.quote) == (
        operation.annotation,
        EIGHT.start,
        EIGHT.end,
        "Eight",
    )
    assert (row.first_block, row.last_block, row.rev, row.origin) == (1, 1, 1, "page")
    assert events(world.database, "annotation.added") == [
        (
            None,
            {"label": "PATIENT_COUNT", "start": EIGHT.start, "end": EIGHT.end, "quote": "Eight"},
        )
    ]


def test_a_span_may_cross_blocks(world: World, ann: Actor) -> None:
    crossing = BlockExtent(1, 55, 2, 3)
    joined = TEXT.split("\n\n")[1][55:] + TEXT.split("\n\n")[2][:3]
    operation = add("EFFICACY_CLAIM", crossing, quote=joined)
    assert one(world, ann, operation).status == "ok"
    with world.database.read() as session:
        row = session.scalars(select(Annotation)).one()
        blocks = read_article(session, ann, slug="trials", article_id=1).blocks
    assert row.quote == TEXT[row.start : row.end]
    assert (row.first_block, row.last_block) == (1, 2)
    assert [[a.uuid for a in block.annotations] for block in blocks] == [
        [],
        [operation.annotation],
        [operation.annotation],
    ]


def test_guesses_are_unconfirmed_until_they_are_set(world: World, ann: Actor) -> None:
    operation = add()
    one(world, ann, operation)
    values = values_of(world, ann, operation.annotation)
    assert values == {"value": (8, False), "role": ("in study, stage not stated", False)}
    confirm = ChangeSpan(new_id(), operation.annotation, 1, values={"value": 8})
    assert one(world, ann, confirm).rev == 2
    assert values_of(world, ann, operation.annotation)["value"] == (8, True)
    unset = {"value": None, "role": NOT_STATED, "qualifier": "exact"}
    one(world, ann, ChangeSpan(new_id(), operation.annotation, 2, values=unset))
    assert values_of(world, ann, operation.annotation) == {
        "role": (NOT_STATED, True),
        "qualifier": ("exact", True),
    }
    assert events(world.database, "annotation.changed")[1] == (
        {"value": 8, "role": "in study, stage not stated", "qualifier": None},
        unset,
    )


def test_values_sent_with_a_span_are_confirmed(world: World, ann: Actor) -> None:
    operation = add(values={"value": 9, "role": None}, note="  as printed ")
    one(world, ann, operation)
    found = shown(world, ann)[operation.annotation]
    assert found.values == (("value", 9, True),)
    assert found.note == "as printed"


def test_another_label_keeps_the_values_of_the_first(world: World, ann: Actor) -> None:
    operation = add()
    one(world, ann, operation)
    one(world, ann, ChangeSpan(new_id(), operation.annotation, 1, values={"role": "treated"}))
    one(world, ann, ChangeSpan(new_id(), operation.annotation, 2, label="RESULT_VALUE"))
    assert values_of(world, ann, operation.annotation) == {"value": (8, False)}
    back = ChangeSpan(new_id(), operation.annotation, 3, label="PATIENT_COUNT")
    assert one(world, ann, back).rev == 4
    assert values_of(world, ann, operation.annotation) == {
        "value": (8, False),
        "role": ("treated", True),
    }


def test_note_and_doubt_are_kept_and_taken_back(world: World, ann: Actor) -> None:
    operation = add()
    one(world, ann, operation)
    one(world, ann, ChangeSpan(new_id(), operation.annotation, 1, note="why?", unsure=True))
    found = shown(world, ann)[operation.annotation]
    assert (found.note, found.unsure) == ("why?", True)
    one(world, ann, ChangeSpan(new_id(), operation.annotation, 2, note="", unsure=False))
    found = shown(world, ann)[operation.annotation]
    assert (found.note, found.unsure) == (None, False)


def test_a_span_is_moved_deleted_and_restored(world: World, ann: Actor) -> None:
    operation = add()
    one(world, ann, operation)
    uuid = operation.annotation
    move = MoveSpan(new_id(), uuid, 1, HOPES, "hopes")
    assert one(world, ann, move).rev == 2
    assert (shown(world, ann)[uuid].quote, shown(world, ann)[uuid].first_block) == ("hopes", 2)
    assert one(world, ann, DeleteSpan(new_id(), uuid, 2)).rev == 3
    assert shown(world, ann) == {}
    assert count(world.database, Annotation) == 1
    assert one(world, ann, RestoreSpan(new_id(), uuid)).rev == 4
    assert shown(world, ann)[uuid].rev == 4
    assert one(world, ann, RestoreSpan(new_id(), uuid)).rev == 4
    assert [
        [len(events(world.database, f"annotation.{kind}"))]
        for kind in ("added", "moved", "deleted", "restored")
    ] == [[1], [1], [1], [1]]


def test_every_accepted_change_of_a_span_is_a_revision(world: World, ann: Actor) -> None:
    operation = add()
    one(world, ann, operation)
    same = MoveSpan(new_id(), operation.annotation, 1, EIGHT)
    assert one(world, ann, same).rev == 2
    label = ChangeSpan(new_id(), operation.annotation, 2, label="PATIENT_COUNT")
    assert one(world, ann, label).rev == 3


def test_the_same_extent_and_label_is_one_span(world: World, ann: Actor) -> None:
    first, second = add(), add()
    one(world, ann, first)
    ack = one(world, ann, second)
    assert (ack.status, ack.annotation, ack.rev) == ("ok", first.annotation, 1)
    assert count(world.database, Annotation) == 1
    assert one(world, ann, add("POPULATION")).status == "ok"
    assert count(world.database, Annotation) == 2


def test_a_place_is_free_again_once_its_span_was_deleted(world: World, ann: Actor) -> None:
    first, second = add(), add()
    one(world, ann, first)
    one(world, ann, DeleteSpan(new_id(), first.annotation, 1))
    assert one(world, ann, second).annotation == second.annotation
    ack = one(world, ann, RestoreSpan(new_id(), first.annotation))
    assert (ack.status, ack.code) == ("rejected", "duplicate")


def test_changed_blocks_are_told_since_a_number(world: World, ann: Actor) -> None:
    first, second = add(), add("FUTURE", HOPES)
    applied = world.apply(ann, 1, first, second)
    assert applied.layer is not None
    steps = [
        MoveSpan(new_id(), first.annotation, 1, HOPES),
        DeleteSpan(new_id(), second.annotation, 1),
    ]
    for number, blocks in enumerate([{1, 2}, {2}], start=applied.seq):
        moved = world.apply(ann, 1, steps[number - applied.seq])
        assert moved.seq == number + 1
        with world.database.read() as session:
            assert changed_blocks(session, applied.layer.id, since=number) == blocks
    with world.database.read() as session:
        assert changed_blocks(session, applied.layer.id, since=0) == {1, 2}
        assert changed_blocks(session, applied.layer.id, since=4) == set()
