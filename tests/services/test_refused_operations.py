"""Every operation that does not hold: its status, code and sentence, and an unchanged database."""

from dataclasses import replace

import pytest

from annotator.domain.operations import (
    BlockExtent,
    ChangeSpan,
    DeleteSpan,
    FinishLayer,
    MoveSpan,
    Operation,
    RestoreSpan,
    TextExtent,
)
from annotator.domain.permissions import LOCAL, Actor
from annotator.services import labels
from annotator.storage.tables import Annotation
from annotator.storage.tables import Operation as OperationRow
from tests.rows import count, fingerprint
from tests.services.steps import EIGHT, SENTENCE, SEVEN, add, one
from tests.world import World, new_id


@pytest.fixture
def ann(world: World) -> Actor:
    world.project(ann="annotator", bob="annotator")
    world.article()
    return world.actor("ann")


def test_what_does_not_hold_is_refused_and_changes_nothing(world: World, ann: Actor) -> None:
    bob = world.actor("bob")
    world.article(external_id="astral", text="A 😀 b.\n\nNo more.")
    here, there, gone = add(), add("POPULATION", SEVEN), add("OUTCOME", SEVEN)
    theirs = add("CONDITION", SENTENCE)
    world.apply(ann, 1, here, there, gone)
    one(world, ann, DeleteSpan(new_id(), gone.annotation, 1))
    one(world, ann, add("POPULATION"))
    one(world, bob, theirs)
    one(world, ann, add("POPULATION", TextExtent(0, 1)), article=2)
    with world.database.write() as session:
        labels.add_label(session, LOCAL, slug="trials", name="NEW_ONE")
        labels.change_label(session, LOCAL, slug="trials", name="FUTURE", state="off")
        labels.change_label(session, LOCAL, slug="trials", name="OUTCOME", state="retired")
    world.project("other", ann="annotator")
    with world.database.write() as session:
        labels.add_label(session, LOCAL, slug="other", name="ELSEWHERE")
    uuid = here.annotation
    big = {"value": "x" * 501}
    cases: list[tuple[Operation, str, str, str]] = [
        (add(quote="eight"), "rejected", "wrong-quote", "“Eight”, not “eight”"),
        (add(extent=TextExtent(0, 999)), "rejected", "outside-text", "reaches outside"),
        (add(extent=TextExtent(-3, 5)), "rejected", "outside-text", "reaches outside"),
        (add(extent=TextExtent(5, 5)), "rejected", "zero-length", "marks no character"),
        (add(extent=TextExtent(9, 5)), "rejected", "reversed-range", "marks no character"),
        (add(extent=TextExtent(18, 20)), "rejected", "blank", "only blanks"),
        (add(extent=BlockExtent(2, 0, 1, 5)), "rejected", "reversed-range", "before it starts"),
        (add(extent=BlockExtent(0, 0, 7, 5)), "rejected", "outside-text", "no such block"),
        (add(extent=BlockExtent(0, 0, 0, 99)), "rejected", "outside-text", "outside the block"),
        (add("NO_SUCH_LABEL"), "rejected", "unknown-label", "no label “NO_SUCH_LABEL”"),
        (add("ELSEWHERE"), "rejected", "unknown-label", "no label “ELSEWHERE”"),
        (add("FUTURE"), "rejected", "label-off", "FUTURE is off"),
        (add("OUTCOME"), "rejected", "label-off", "OUTCOME is retired"),
        (add(values={"mood": "good"}), "rejected", "unknown-value", "no value “mood”"),
        (add(values={"mood": None}), "rejected", "unknown-value", "no value “mood”"),
        (add("NEW_ONE", values={"value": 1}), "rejected", "unknown-value", "NEW_ONE has no value"),
        (add(extent=SEVEN, values={"value": float("nan")}), "rejected", "bad-value", "a number"),
        (add(extent=SEVEN, values={"role": "boss"}), "rejected", "bad-value", "one of in study"),
        (add(extent=SEVEN, note="x" * 2001), "rejected", "too-long", "at most 2,000"),
        (add(extent=SEVEN, note="a\0"), "rejected", "unstorable-character", "cannot be stored"),
        (replace(add(extent=SEVEN), annotation="no uuid"), "rejected", "bad-id", "UUID"),
        (replace(add(extent=SEVEN), annotation="A" * 36), "rejected", "bad-id", "UUID"),
        (replace(add(extent=SEVEN), annotation=uuid), "rejected", "id-taken", "another mark"),
        (
            replace(add(extent=SEVEN), annotation=theirs.annotation),
            "rejected",
            "id-taken",
            "another mark",
        ),
        (replace(add(extent=SEVEN), id="not-a-uuid"), "rejected", "invalid", "lower-case UUID"),
        (replace(add(extent=SEVEN), id="\0" * 36), "rejected", "invalid", "lower-case UUID"),
        (DeleteSpan(new_id(), theirs.annotation, 1), "rejected", "not-found", "no such mark"),
        (DeleteSpan(new_id(), new_id(), 1), "rejected", "not-found", "no such mark"),
        (DeleteSpan(new_id(), "\ud800", 1), "rejected", "not-found", "no such mark"),
        (RestoreSpan(new_id(), theirs.annotation), "rejected", "not-found", "no such mark"),
        (DeleteSpan(new_id(), uuid, 2), "stale", "stale", "changed elsewhere"),
        (DeleteSpan(new_id(), gone.annotation, 2), "stale", "stale", "deleted meanwhile"),
        (MoveSpan(new_id(), uuid, 0, SEVEN), "stale", "stale", "changed elsewhere"),
        (MoveSpan(new_id(), uuid, 1, SEVEN, "Seven"), "rejected", "wrong-quote", "not “Seven”"),
        (MoveSpan(new_id(), uuid, 1, TextExtent(18, 20)), "rejected", "blank", "only blanks"),
        (
            MoveSpan(new_id(), there.annotation, 1, EIGHT),
            "rejected",
            "duplicate",
            "same words as POPULATION",
        ),
        (ChangeSpan(new_id(), uuid, 9, values={"value": 1}), "stale", "stale", "elsewhere"),
        (ChangeSpan(new_id(), uuid, 1, label="POPULATION"), "rejected", "duplicate", "POPULATION"),
        (ChangeSpan(new_id(), uuid, 1, label="FUTURE"), "rejected", "label-off", "is off"),
        (ChangeSpan(new_id(), uuid, 1, label="NOPE"), "rejected", "unknown-label", "NOPE"),
        (ChangeSpan(new_id(), uuid, 1, values={"value": "8"}), "rejected", "bad-value", "number"),
        (ChangeSpan(new_id(), uuid, 1, values={"value": True}), "rejected", "bad-value", "number"),
        (ChangeSpan(new_id(), uuid, 1, values=big), "rejected", "bad-value", "number"),
        (
            ChangeSpan(new_id(), uuid, 1, label="RESULT_VALUE", values={"unit": "x" * 501}),
            "rejected",
            "bad-value",
            "1 to 500 characters",
        ),
        (ChangeSpan(new_id(), uuid, 1, values={"role": ""}), "rejected", "bad-value", "one of"),
        (ChangeSpan(new_id(), uuid, 1, values={"dose": "1"}), "rejected", "unknown-value", "dose"),
        (ChangeSpan(new_id(), uuid, 1, note="x" * 2001), "rejected", "too-long", "2,000"),
    ]
    before = fingerprint(world.database)
    for operation, status, code, words in cases:
        ack = one(world, ann, operation)
        assert (ack.id, ack.status, ack.code) == (operation.id, status, code), (operation, ack)
        assert words in (ack.sentence or ""), ack.sentence
    assert fingerprint(world.database) == before
    inside = one(world, ann, add(extent=BlockExtent(0, 3, 0, 4)), article=2)
    assert (inside.status, inside.code) == ("rejected", "inside-character")
    together = world.apply(ann, 1, *(operation for operation, *_ in cases))
    assert [ack.code for ack in together.acks] == [code for _, _, code, _ in cases]
    assert fingerprint(world.database) == before


def test_a_finished_layer_takes_no_change(world: World, ann: Actor) -> None:
    operation = add()
    one(world, ann, operation)
    one(world, ann, FinishLayer(new_id()))
    before = fingerprint(world.database)
    for late in (
        add("POPULATION"),
        DeleteSpan(new_id(), operation.annotation, 1),
        ChangeSpan(new_id(), operation.annotation, 1, note="late"),
        RestoreSpan(new_id(), operation.annotation),
    ):
        ack = one(world, ann, late)
        assert (ack.status, ack.code) == ("rejected", "layer-closed")
        assert "reopen" in (ack.sentence or "")
    assert fingerprint(world.database) == before


def test_a_refused_operation_stops_no_other(world: World, ann: Actor) -> None:
    good, bad, after = add(), add("NO_SUCH"), add("POPULATION")
    acks = world.apply(ann, 1, good, bad, after).acks
    assert [ack.status for ack in acks] == ["ok", "rejected", "ok"]
    assert count(world.database, Annotation) == 2
    assert count(world.database, OperationRow) == 2


def test_a_refused_operation_is_tried_anew(world: World, ann: Actor) -> None:
    one(world, ann, add())
    early = add("LATER_ON")
    assert one(world, ann, early).code == "unknown-label"
    with world.database.write() as session:
        labels.add_label(session, LOCAL, slug="trials", name="LATER_ON")
    assert one(world, ann, early).status == "ok"


def test_an_untouched_article_stays_untouched_where_all_is_refused(
    world: World, ann: Actor
) -> None:
    before = fingerprint(world.database)
    for operation in (
        add("NO_SUCH"),
        add(quote="x"),
        DeleteSpan(new_id(), new_id(), 1),
        add(values={"mood": "x"}),
    ):
        applied = world.apply(ann, 1, operation)
        assert applied.acks[0].status == "rejected"
        assert (applied.layer, applied.seq) == (None, 0)
    assert fingerprint(world.database) == before


def test_nobody_finishes_past_a_change_that_was_not_stored(world: World, ann: Actor) -> None:
    finish = FinishLayer(new_id())
    applied = world.apply(ann, 1, add(), add("NO_SUCH"), finish)
    assert [ack.status for ack in applied.acks] == ["ok", "rejected", "rejected"]
    assert applied.acks[2].code == "unfinished"
    applied = world.apply(ann, 1, finish)
    assert (applied.acks[0].status, applied.acks[0].state) == ("ok", "done")
