"""Each operation once, however often and from however many sides it is sent."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select

from annotator.domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from annotator.domain.operations import (
    ChangeSpan,
    DeleteSpan,
    FinishLayer,
    Operation,
    ReopenLayer,
    SkipLayer,
)
from annotator.domain.permissions import Actor
from annotator.services.once import once
from annotator.services.operations import MOST_OPERATIONS, Applied, apply_operations
from annotator.storage.tables import Annotation, Event, Layer
from annotator.storage.tables import Operation as OperationRow
from tests.crowd import together
from tests.rows import count, counts, fingerprint
from tests.services.steps import EIGHT, HOPES, SEVEN, add, one
from tests.world import World, new_id


@pytest.fixture
def ann(world: World) -> Actor:
    world.project(ann="annotator", bob="annotator")
    world.article()
    return world.actor("ann")


def test_a_retry_gets_the_first_answer_and_changes_nothing(world: World, ann: Actor) -> None:
    first = add()
    steps: list[Operation] = [
        first,
        ChangeSpan(new_id(), first.annotation, 1, values={"value": 8}),
        add("POPULATION"),
        DeleteSpan(new_id(), first.annotation, 2),
        FinishLayer(new_id()),
        ReopenLayer(new_id(), "one more"),
        SkipLayer(new_id(), "duplicate"),
    ]
    acks = world.apply(ann, 1, *steps).acks
    assert [ack.status for ack in acks] == ["ok"] * len(steps)
    before = fingerprint(world.database)
    for step, ack in zip(steps, acks, strict=True):
        assert one(world, ann, step) == ack
    assert world.apply(ann, 1, *steps, *steps).acks == acks + acks
    assert fingerprint(world.database) == before


def test_one_request_at_once_from_eight_sides_is_one_row(world: World, ann: Actor) -> None:
    # The first begins the layer, the second finds it there: two ways to wait for each other.
    for number, operation in enumerate((add(values={"value": 9}), add("POPULATION")), start=1):
        applied = together([partial(world.apply, ann, 1, operation)] * 8)
        answers = [found.acks for found in applied if isinstance(found, Applied)]
        assert len(answers) == 8, applied
        assert all(acks == answers[0] for acks in answers)
        assert answers[0][0].status == "ok"
        assert count(world.database, Annotation) == number
        assert count(world.database, OperationRow) == number
        assert count(world.database, Event, Event.kind == "annotation.added") == number
    assert count(world.database, Layer) == 1
    assert count(world.database, Event, Event.kind == "layer.begun") == 1


def test_the_same_span_at_once_from_eight_pages_is_one_row(world: World, ann: Actor) -> None:
    one(world, ann, add("POPULATION", HOPES))
    operations = [add() for _ in range(8)]
    applied = together([partial(world.apply, ann, 1, operation) for operation in operations])
    acks = [found.acks[0] for found in applied if isinstance(found, Applied)]
    assert [ack.status for ack in acks] == ["ok"] * 8, applied
    assert len({ack.annotation for ack in acks}) == 1
    assert count(world.database, Annotation) == 2
    assert count(world.database, Event, Event.kind == "annotation.added") == 2


def test_changes_at_once_lose_nothing(world: World, ann: Actor) -> None:
    first = add()
    one(world, ann, first)
    changes = [ChangeSpan(new_id(), first.annotation, 1, note=str(n)) for n in range(6)]
    applied = together([partial(world.apply, ann, 1, change) for change in changes])
    statuses = sorted(found.acks[0].status for found in applied if isinstance(found, Applied))
    assert statuses == ["ok"] + ["stale"] * 5, applied
    with world.database.read() as session:
        assert session.scalars(select(Annotation.rev)).one() == 2
        assert session.scalars(select(Layer.seq)).one() == 2


def test_readers_at_once_do_not_wait_for_each_other_for_ever(world: World) -> None:
    names = [f"p{number}" for number in range(4)]
    world.project(quota=4, **dict.fromkeys(names, "annotator"))
    article = world.article()
    actors = [world.actor(name) for name in names]
    for actor in actors[:2]:
        world.mark(actor, article, "CONDITION", SEVEN.start, SEVEN.end)

    def work(actor: Actor) -> list[str]:
        labels = ("PATIENT_COUNT", "POPULATION", "OUTCOME")
        steps = [add(label, extent) for label in labels for extent in (EIGHT, HOPES)]
        return [one(world, actor, step, article).status for step in steps]

    done = together([partial(work, actor) for actor in actors])
    assert done == [["ok"] * 6] * 4
    assert count(world.database, Annotation) == 26


def test_an_id_is_one_persons(world: World, ann: Actor) -> None:
    operation = add()
    one(world, ann, operation)
    bob = world.actor("bob")
    theirs = add()
    same_id = type(theirs)(operation.id, theirs.annotation, theirs.extent, theirs.label)
    assert one(world, bob, same_id).annotation == theirs.annotation
    assert count(world.database, OperationRow) == 2


def test_an_id_used_for_something_else_is_refused(world: World, ann: Actor) -> None:
    second = world.article(external_id="a2")
    form = new_id()
    with world.database.write() as session:
        once(session, ann, form, "something", dict)
    operation = add()
    one(world, ann, operation)
    before = fingerprint(world.database)
    elsewhere = one(world, ann, operation, second)
    other_kind = one(world, ann, DeleteSpan(operation.id, operation.annotation, 1))
    of_a_form = one(world, ann, FinishLayer(form))
    for ack in (elsewhere, other_kind, of_a_form):
        assert (ack.status, ack.code) == ("rejected", "operation-id")
        assert "Nothing was stored" in (ack.sentence or "")
    assert fingerprint(world.database) == before


def test_a_request_that_is_not_theirs_is_refused_whole(world: World, ann: Actor) -> None:
    world.person("stranger")
    world.person("boss", "admin")
    world.project("other", bob="annotator")
    far = world.article("other")
    before = fingerprint(world.database)
    cases: list[tuple[str, str, int, type[DomainError]]] = [
        ("ann", "no-such", 1, NotFound),
        ("ann", "No Slug!", 1, NotFound),
        ("stranger", "trials", 1, NotFound),
        ("boss", "trials", 1, Forbidden),
        ("ann", "trials", 99, NotFound),
        ("ann", "other", 1, NotFound),
        ("ann", "trials", far, NotFound),
    ]
    for who, slug, article, error in cases:
        with pytest.raises(error):
            world.apply(world.actor(who), article, add(), slug=slug)
    assert fingerprint(world.database) == before


def test_too_many_operations_are_refused_whole(world: World, ann: Actor) -> None:
    before = fingerprint(world.database)
    with pytest.raises(Invalid, match="at most 500"):
        world.apply(ann, 1, *[FinishLayer(new_id())] * (MOST_OPERATIONS + 1))
    assert fingerprint(world.database) == before


def test_where_the_quota_is_full_nothing_is_begun(world: World, ann: Actor) -> None:
    world.project("few", quota=1, ann="annotator", bob="annotator")
    article = world.article("few")
    world.mark(world.actor("ann"), article, "POPULATION", 0, 5, slug="few")
    before = fingerprint(world.database)
    with pytest.raises(Conflict, match="Enough people") as refused:
        world.apply(world.actor("bob"), article, add(), slug="few")
    assert refused.value.code == "quota-full"
    assert fingerprint(world.database) == before


def test_an_article_without_tokens_is_not_begun(world: World, ann: Actor) -> None:
    waiting = world.article(external_id="a2", ready=False)
    before = fingerprint(world.database)
    with pytest.raises(Conflict, match="still being prepared") as refused:
        world.apply(ann, waiting, add())
    assert refused.value.code == "not-ready"
    assert fingerprint(world.database) == before


def test_no_operations_are_no_change(world: World, ann: Actor) -> None:
    before = fingerprint(world.database)
    assert world.apply(ann, 1).acks == []
    assert fingerprint(world.database) == before


def test_an_error_in_the_request_takes_everything_back(world: World, ann: Actor) -> None:
    before = counts(world.database)

    def fail(action: Callable[[], object]) -> None:
        with world.database.write() as session:
            apply_operations(session, ann, slug="trials", article_id=1, operations=[add()])
            action()

    with pytest.raises(ZeroDivisionError):
        fail(lambda: 1 // 0)
    assert counts(world.database) == before
