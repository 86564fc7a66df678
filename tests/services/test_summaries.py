"""What a layer holds, and how far a person got."""

from sqlalchemy import insert, select

from annotator.domain.operations import ChangeSpan, DeleteSpan
from annotator.services.scheme import load_scheme
from annotator.services.summaries import LayerSummary, finished_count, summarise_layer
from annotator.storage.tables import Answer, Attribute, AttributeOption, Layer
from tests.services.steps import HOPES, SEVEN, add, one
from tests.world import World, new_id


def summary(world: World) -> LayerSummary:
    with world.database.read() as session:
        layer = session.scalars(select(Layer)).one()
        return summarise_layer(session, layer, load_scheme(session, 1, 1))


def test_marks_are_counted_by_label_in_scheme_order(world: World) -> None:
    world.project(ann="annotator")
    world.article()
    ann = world.actor("ann")
    gone = add("OUTCOME", HOPES)
    for mark in (add("FUTURE", HOPES), add(), add("PATIENT_COUNT", SEVEN), gone):
        one(world, ann, mark)
    one(world, ann, DeleteSpan(new_id(), gone.annotation, 1))
    found = summary(world)
    assert [(label.name, count) for label, count in found.counts] == [
        ("PATIENT_COUNT", 2),
        ("FUTURE", 1),
    ]
    assert found.total == 3


def test_guesses_count_until_they_are_confirmed_and_only_of_the_present_label(
    world: World,
) -> None:
    world.project(ann="annotator")
    world.article()
    ann = world.actor("ann")
    mark, gone = add(), add("PATIENT_COUNT", SEVEN)
    one(world, ann, mark)
    one(world, ann, gone)
    assert summary(world).guesses == 4
    one(world, ann, DeleteSpan(new_id(), gone.annotation, 1))
    assert summary(world).guesses == 2
    one(world, ann, ChangeSpan(new_id(), mark.annotation, 1, values={"value": 8}))
    assert summary(world).guesses == 1
    one(world, ann, ChangeSpan(new_id(), mark.annotation, 2, label="POPULATION"))
    assert summary(world).guesses == 0
    one(world, ann, ChangeSpan(new_id(), mark.annotation, 3, label="PATIENT_COUNT"))
    assert summary(world).guesses == 1


def test_questions_without_an_answer_are_named(world: World) -> None:
    world.project(ann="annotator")
    article = world.article()
    world.mark(world.actor("ann"), article, "POPULATION", 0, 5)
    unanswered = summary(world).unanswered
    assert len(unanswered) == 16
    with world.database.write() as session:
        harms = session.scalars(select(Attribute).where(Attribute.name == "harms")).one()
        option = session.scalars(
            select(AttributeOption.id).where(AttributeOption.attribute_id == harms.id).limit(1)
        ).one()
        row = {"layer_id": 1, "attribute_id": harms.id, "project_id": 1, "option_id": option}
        session.execute(insert(Answer), [row])
    assert set(unanswered) - set(summary(world).unanswered) == {harms.title}


def test_finished_articles_are_counted_by_person_and_project(world: World) -> None:
    world.project(ann="annotator", bob="annotator")
    world.project("other", ann="annotator")
    ann, bob = world.actor("ann"), world.actor("bob")
    first, second = world.article(), world.article(external_id="a2")
    far = world.article("other")
    world.finish(ann, first)
    world.finish(bob, first)
    world.mark(ann, second, "POPULATION", 0, 5)
    world.finish(ann, far, slug="other")
    with world.database.read() as session:
        assert [finished_count(session, actor, 1) for actor in (ann, bob)] == [1, 1]
        assert finished_count(session, ann, 2) == 1
