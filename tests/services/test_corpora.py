"""Which layers a corpus takes, what it leaves out, and which labels it can vouch for."""

from collections.abc import Callable

import pytest

from annotator.domain import corpus
from annotator.domain.errors import Forbidden, Invalid, NotFound
from annotator.domain.operations import ChangeSpan, ReopenLayer, SkipLayer
from annotator.domain.permissions import LOCAL, Actor
from annotator.services import corpora, labels
from annotator.storage.tables import Article, Layer, now
from tests.services.steps import EIGHT, HOPES, SEVEN
from tests.world import World, new_id

Rule = str | None


def taken(
    world: World, layer: Rule, actor: Actor = LOCAL
) -> tuple[corpus.Corpus, dict[str, list[str]]]:
    """The corpus, and by article what it holds: “label quote”."""
    with world.database.read() as session:
        found = corpora.read_corpus(session, actor, slug="trials", layer=layer)
        held = {a.id: [f"{m.label} {m.quote}" for m in a.annotations] for a in found.articles()}
        return found, held


def settle(world: World, article: int) -> None:
    """Give an article gold that holds nothing."""
    with world.database.write() as session:
        session.add(
            Layer(
                project_id=1,
                article_id=article,
                kind="gold",
                source="gold",
                state="done",
                asked_version=1,
            )
        )


@pytest.fixture
def read(world: World) -> Callable[..., None]:
    """Has a person mark and finish an article."""

    def do(name: str, article: int, *marks: tuple[str, object]) -> None:
        actor = world.actor(name)
        for label, extent in marks:
            world.mark(actor, article, label, extent.start, extent.end)
        world.finish(actor, article)

    return do


COUNT = ("PATIENT_COUNT", EIGHT)
ALSO = ("PATIENT_COUNT", SEVEN)
LATER = ("OUTCOME", HOPES)


def test_rules_choose_the_layers_and_count_what_is_left_out(
    world: World, read: Callable[..., None]
) -> None:
    world.project(quota=3, ann="annotator", bob="annotator", cat="annotator")
    ids = [world.article(external_id=f"a{number}") for number in range(6)]
    read("ann", ids[0], COUNT, ALSO)
    read("bob", ids[0], COUNT)
    read("cat", ids[0], COUNT, LATER)
    read("ann", ids[1], ALSO)
    settle(world, ids[1])
    read("ann", ids[2])
    world.apply(world.actor("ann"), ids[3], SkipLayer(new_id(), "duplicate", ""))
    world.mark(world.actor("ann"), ids[4], "OUTCOME", 0, 5)
    read("ann", ids[5], COUNT)
    with world.database.write() as session:
        session.get_one(Article, ids[5]).withdrawn_at = now()
    rows = [
        (None, {"a1": []}, {"finished but without gold": 2, "open": 1}),
        ("gold", {"a1": []}, {"finished but without gold": 2, "open": 1}),
        (
            "majority",
            {"a0": ["PATIENT_COUNT Eight"], "a1": ["PATIENT_COUNT seven"], "a2": []},
            {"open": 1},
        ),
        (
            "ann",
            {
                "a0": ["PATIENT_COUNT Eight", "PATIENT_COUNT seven"],
                "a1": ["PATIENT_COUNT seven"],
                "a2": [],
            },
            {"open": 1},
        ),
        ("bob", {"a0": ["PATIENT_COUNT Eight"]}, {"open": 4}),
    ]
    for layer, held, left_out in rows:
        found, holds = taken(world, layer)
        assert holds == held, layer
        assert found.left_out == {"withdrawn": 1, **left_out} | (
            {} if layer == "bob" else {"skipped": 1}
        ), layer
        assert set(found.rules) == set(held), layer
    assert taken(world, "majority")[0].rules["a0"] == "majority of 3"
    with world.database.read() as session:
        assert corpora.finished_annotators(session, LOCAL, slug="trials") == ["ann", "bob", "cat"]
        whole = corpora.read_whole_project(session, LOCAL, slug="trials")
        assert [a.id for a in whole.articles()] == ["a0", "a1", "a2", "a3", "a4"]
        states = {a.id: (a.done, dict(a.skipped)) for a in whole.articles()}
    assert states["a0"] == (("ann", "bob", "cat"), {})
    assert states["a1"] == (("gold", "ann"), {})
    assert states["a3"] == ((), {"ann": "duplicate"})


def test_with_one_reader_an_article_the_default_is_that_reader(
    world: World, read: Callable[..., None]
) -> None:
    world.project(quota=1, zoe="annotator", amy="manager")
    article, second = world.article(), world.article(external_id="a2")
    read("zoe", article, COUNT)
    read("amy", article, LATER)
    read("amy", second, LATER)
    found, held = taken(world, None)
    assert held == {"a1": ["PATIENT_COUNT Eight"], "a2": ["OUTCOME hopes"]}
    assert found.rules == {"a1": "only annotator: zoe", "a2": "only annotator: amy"}


def test_a_person_whose_name_begins_like_a_rule_is_a_person(
    world: World, read: Callable[..., None]
) -> None:
    world.project(**{"majority-fan": "annotator"})
    read("majority-fan", world.article(), COUNT)
    [article] = taken(world, "majority-fan")[0].articles()
    assert [a.annotator for a in article.annotations] == ["majority-fan"]


def test_only_labels_that_every_taken_layer_was_asked_are_in(
    world: World, read: Callable[..., None]
) -> None:
    world.project(quota=1, ann="annotator")
    first, second = world.article(), world.article(external_id="a2")
    read("ann", first, COUNT, ALSO, LATER)
    on = [label.name for label in default_on(world) if label.name != "PATIENT_COUNT"]
    with world.database.write() as session:
        labels.switch_labels(session, LOCAL, slug="trials", on=[*on, "DURATION"])
    read("ann", second, ("DURATION", EIGHT), LATER)
    found, held = taken(world, None)
    names = [label.name for label in found.labels]
    assert "OUTCOME" in names
    assert not {"PATIENT_COUNT", "DURATION"} & set(names)
    assert held == {"a1": ["OUTCOME hopes"], "a2": ["OUTCOME hopes"]}
    assert found.labels_left_out == {"PATIENT_COUNT": 2, "DURATION": 1}
    world.apply(world.actor("ann"), second, ReopenLayer(new_id()))
    assert taken(world, None)[0].labels_left_out == {}


def default_on(world: World) -> list[labels.Label]:
    from annotator.services.scheme import load_scheme

    with world.database.read() as session:
        return load_scheme(session, 1, 1).on


def test_values_of_a_former_label_stay_out(world: World, read: Callable[..., None]) -> None:
    world.project(quota=1, ann="annotator")
    article, ann = world.article(), world.actor("ann")
    sid = world.mark(ann, article, "PATIENT_COUNT", EIGHT.start, EIGHT.end)
    world.apply(ann, article, ChangeSpan(new_id(), sid, 1, values={"value": 8}))
    world.apply(ann, article, ChangeSpan(new_id(), sid, 2, label="DURATION"))
    world.apply(ann, article, ChangeSpan(new_id(), sid, 2, label="OUTCOME"))
    world.finish(ann, article)
    [found] = taken(world, None)[0].articles()
    assert [a.label for a in found.annotations] == ["OUTCOME"]
    assert "value" not in found.annotations[0].values
    with world.database.read() as session:
        [whole] = corpora.read_whole_project(session, LOCAL, slug="trials").articles()
    assert whole.annotations == found.annotations


def test_an_export_of_nothing_says_what_there_is(world: World, read: Callable[..., None]) -> None:
    world.project(ann="annotator")
    with (
        pytest.raises(Invalid, match="has no article, so there is nothing"),
        world.database.read() as session,
    ):
        corpora.read_whole_project(session, LOCAL, slug="trials")
    article = world.article()
    with pytest.raises(Invalid, match=r"with gold.*No article is finished yet"):
        taken(world, None)
    read("ann", article, COUNT)
    for layer, wanted in ((None, "with gold"), ("gold", "in layer “gold”")):
        with pytest.raises(Invalid, match=f"{wanted}.*by layer: ann 1.*majority or all"):
            taken(world, layer)
    with pytest.raises(NotFound, match="no account “eve”"):
        taken(world, "eve")
    with pytest.raises(Forbidden):
        taken(world, "ann", world.actor("ann"))
