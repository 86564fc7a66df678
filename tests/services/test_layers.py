"""Who works on which article: drawing, the quota of readers, done, reopened, skipped."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from annotator.domain.errors import Forbidden, NotFound
from annotator.domain.operations import FinishLayer, LayerOperation, ReopenLayer, SkipLayer
from annotator.domain.permissions import LOCAL, Actor
from annotator.services import labels, projects
from annotator.services.layers import draw_next
from annotator.services.operations import apply_operations
from annotator.storage.tables import Article, Event, Layer, now
from tests.crowd import together
from tests.rows import count, fingerprint
from tests.services.steps import add, one
from tests.world import World, new_id


def draw(world: World, actor: Actor, slug: str = "trials") -> int | None:
    with world.database.write() as session:
        return draw_next(session, actor, slug=slug)


def layer_of(world: World, name: str, article: int = 1) -> Layer:
    with world.database.read() as session:
        query = select(Layer).where(
            Layer.user_id == world.people[name], Layer.article_id == article
        )
        return session.scalars(query).one()


def articles(world: World, number: int, **options: object) -> list[int]:
    return [world.article(external_id=f"a{n}", **options) for n in range(number)]  # type: ignore[arg-type]


def test_next_is_the_same_article_until_it_is_done(world: World) -> None:
    world.project(quota=1, ann="annotator", bob="annotator")
    first, second, third = articles(world, 3)
    ann, bob = world.actor("ann"), world.actor("bob")
    assert [draw(world, ann), draw(world, ann)] == [first, first]
    assert count(world.database, Event, Event.kind == "layer.begun") == 1
    assert draw(world, bob) == second
    world.finish(ann, first)
    assert draw(world, ann) == third
    world.finish(ann, third)
    world.finish(bob, second)
    before = fingerprint(world.database)
    assert draw(world, ann) is None
    assert fingerprint(world.database) == before


def test_what_was_sent_back_comes_first(world: World) -> None:
    world.project(ann="annotator")
    first, second, third = articles(world, 3)
    ann = world.actor("ann")
    for article in (first, second):
        world.mark(ann, article, "POPULATION", 0, 5)
    world.finish(ann, second)
    with world.database.write() as session:
        session.execute(update(Layer).where(Layer.article_id == second).values(state="sent_back"))
    assert draw(world, ann) == second
    world.finish(ann, second)
    assert draw(world, ann) == first
    world.finish(ann, first)
    assert draw(world, ann) == third


def test_what_is_not_ready_withdrawn_or_elsewhere_is_not_drawn(world: World) -> None:
    world.project(ann="annotator")
    world.project("other", bob="annotator")
    waiting = world.article(external_id="w", ready=False)
    gone = world.article(external_id="g")
    world.article("other")
    good = world.article(external_id="x")
    with world.database.write() as session:
        session.execute(update(Article).where(Article.id == gone).values(withdrawn_at=now()))
    ann = world.actor("ann")
    assert draw(world, ann) == good
    world.finish(ann, good)
    assert draw(world, ann) is None
    with world.database.write() as session:
        session.execute(update(Article).where(Article.id == waiting).values(ready_at=now()))
    assert draw(world, ann) == waiting


def test_an_article_that_is_withdrawn_while_open_is_not_offered(world: World) -> None:
    world.project(ann="annotator")
    first, second = articles(world, 2)
    ann = world.actor("ann")
    assert draw(world, ann) == first
    with world.database.write() as session:
        session.execute(update(Article).where(Article.id == first).values(withdrawn_at=now()))
    assert draw(world, ann) == second


def test_only_members_who_annotate_draw(world: World) -> None:
    world.project(ann="annotator")
    world.article()
    with pytest.raises(NotFound):
        draw(world, world.person("stranger"))
    with pytest.raises(Forbidden):
        draw(world, world.person("boss", "admin"))


def test_reviewers_and_managers_read_beside_the_quota(world: World) -> None:
    world.project(quota=1, ann="annotator", rev="reviewer", man="manager")
    [article] = articles(world, 1)
    assert [draw(world, world.actor(name)) for name in ("rev", "man", "ann")] == [article] * 3
    assert [layer_of(world, name).slot for name in ("rev", "man", "ann")] == [None, None, 1]


@pytest.mark.parametrize("quota", [1, 3])
def test_sixteen_people_never_exceed_the_quota(world: World, quota: int) -> None:
    names = [f"p{number:02}" for number in range(16)]
    world.project(quota=quota, **dict.fromkeys(names, "annotator"))
    articles(world, 6)
    actors = [world.actor(name) for name in names]

    def read_on(actor: Actor) -> int:
        drawn = 0
        while (article := draw(world, actor)) is not None:
            world.finish(actor, article)
            drawn += 1
        return drawn

    drawn = together([partial(read_on, actor) for actor in actors])
    with world.database.read() as session:
        rows = session.execute(select(Layer.article_id, Layer.slot)).all()
    by_article = {article: sorted(s for a, s in rows if a == article) for article, _ in rows}
    assert by_article == {article: list(range(1, quota + 1)) for article in range(1, 7)}
    assert sum(n for n in drawn if isinstance(n, int)) == 6 * quota, drawn


def test_two_pages_of_one_person_get_the_same_article(world: World) -> None:
    world.project(quota=1, ann="annotator")
    articles(world, 6)
    ann = world.actor("ann")
    assert together([partial(draw, world, ann)] * 6) == [1] * 6
    assert count(world.database, Layer) == 1


def test_a_skipped_article_frees_its_place_and_is_not_offered_again(world: World) -> None:
    world.project(quota=1, ann="annotator", bob="annotator")
    first, second = articles(world, 2)
    ann, bob = world.actor("ann"), world.actor("bob")
    assert draw(world, ann) == first
    skip = SkipLayer(new_id(), "other", " a menu ")
    assert one(world, ann, skip, first).state == "skipped"
    layer = layer_of(world, "ann")
    assert (layer.state, layer.slot, layer.skip_reason, layer.note) == (
        "skipped",
        None,
        "other",
        "a menu",
    )
    assert draw(world, ann) == second
    # As many skipped it as there should be readers, so nobody else is asked to open it.
    assert draw(world, bob) is None
    with world.database.write() as session:
        projects.change_project(
            session, LOCAL, slug="trials", name="", annotators_per_article=2, blind=True
        )
    assert draw(world, bob) == first
    assert layer_of(world, "bob").slot == 1


def test_a_skipped_article_is_taken_up_again(world: World) -> None:
    world.project(quota=1, ann="annotator", bob="annotator")
    [article] = articles(world, 1)
    ann, bob = world.actor("ann"), world.actor("bob")
    one(world, ann, SkipLayer(new_id(), "truncated"), article)
    world.mark(bob, article, "POPULATION", 0, 5)
    assert one(world, ann, ReopenLayer(new_id()), article).state == "open"
    layer = layer_of(world, "ann")
    assert (layer.skip_reason, layer.note, layer.finished_at, layer.slot) == (None,) * 4


def test_people_who_reopen_at_once_share_the_places(world: World) -> None:
    names = [f"p{number}" for number in range(6)]
    world.project(quota=3, **dict.fromkeys(names, "annotator"))
    [article] = articles(world, 1)
    for name in names:
        with world.database.write() as session:
            session.add(
                Layer(
                    project_id=1,
                    article_id=article,
                    kind="annotator",
                    user_id=world.people[name],
                    state="skipped",
                    skip_reason="duplicate",
                )
            )
    actors = [world.actor(name) for name in names]
    acks = together([partial(one, world, a, ReopenLayer(new_id()), article) for a in actors])
    assert [getattr(ack, "status", ack) for ack in acks] == ["ok"] * 6
    slots = [layer_of(world, name).slot for name in names]
    assert sorted(slot for slot in slots if slot) == [1, 2, 3]


def test_done_and_empty_is_recorded_with_what_was_asked(world: World) -> None:
    world.project(ann="annotator")
    [article] = articles(world, 1)
    ann = world.actor("ann")
    world.finish(ann, article)
    layer = layer_of(world, "ann")
    assert (layer.state, layer.asked_version, layer.seq) == ("done", 1, 1)
    assert layer.finished_at is not None
    assert now() - layer.finished_at < timedelta(minutes=5)
    assert one(world, ann, ReopenLayer(new_id(), "forgot one"), article).status == "ok"
    layer = layer_of(world, "ann")
    assert (layer.state, layer.asked_version, layer.finished_at, layer.slot) == (
        "open",
        None,
        None,
        1,
    )
    with world.database.read() as session:
        rows = session.execute(select(Event.kind, Event.reason).where(Event.layer_id == layer.id))
        assert rows.all() == [
            ("layer.begun", None),
            ("layer.finished", None),
            ("layer.reopened", "forgot one"),
        ]


def test_a_finished_layer_answers_to_the_scheme_it_was_shown(world: World) -> None:
    world.project(ann="annotator")
    ann = world.actor("ann")
    with world.database.write() as session:
        labels.add_label(session, LOCAL, slug="trials", name="LATER_ON")
    cases = [(1, 1), (2, 2), (None, 2), (3, None), (-1, None)]
    for article, (asked, kept) in zip(articles(world, 5), cases, strict=True):
        world.mark(ann, article, "POPULATION", 0, 5)
        with world.database.write() as session:
            applied = apply_operations(
                session,
                ann,
                slug="trials",
                article_id=article,
                operations=[FinishLayer(new_id())],
                asked_version=asked,
            )
        layer = layer_of(world, "ann", article)
        assert layer.asked_version == kept
        assert (layer.state, applied.acks[0].code) == (
            ("open", "unknown-version") if kept is None else ("done", None)
        )


def test_a_step_that_does_not_start_here_is_refused(world: World) -> None:
    world.project(ann="annotator")
    ann = world.actor("ann")
    finish, skip = FinishLayer(new_id()), SkipLayer(new_id(), "duplicate")
    cases: list[tuple[list[LayerOperation], LayerOperation, str]] = [
        ([finish], FinishLayer(new_id()), "wrong-state"),
        ([FinishLayer(new_id())], SkipLayer(new_id(), "duplicate"), "wrong-state"),
        ([skip], FinishLayer(new_id()), "wrong-state"),
        ([], ReopenLayer(new_id()), "wrong-state"),
        ([], SkipLayer(new_id(), "boring"), "unknown-reason"),
        ([], SkipLayer(new_id(), "other", " "), "note-missing"),
        ([], SkipLayer(new_id(), "other", "x" * 2001), "too-long"),
        ([], SkipLayer(new_id(), "other", "a\0b"), "unstorable-character"),
    ]
    for article, (steps, last, code) in zip(articles(world, len(cases)), cases, strict=True):
        world.mark(ann, article, "POPULATION", 0, 5)
        for step in steps:
            assert one(world, ann, step, article).status == "ok"
        before = fingerprint(world.database)
        ack = one(world, ann, last, article)
        assert (ack.status, ack.code) == ("rejected", code)
        assert fingerprint(world.database) == before


def test_who_leaves_the_project_frees_open_places_and_keeps_the_work(world: World) -> None:
    world.project(quota=1, ann="annotator", bob="annotator")
    first, second = articles(world, 2)
    ann = world.actor("ann")
    world.mark(ann, first, "POPULATION", 0, 5)
    world.finish(ann, first)
    assert draw(world, ann) == second
    with world.database.write() as session:
        projects.remove_member(session, LOCAL, slug="trials", user="ann")
    assert (layer_of(world, "ann", first).slot, layer_of(world, "ann", second).slot) == (1, None)
    assert draw(world, world.actor("bob")) == second
    with pytest.raises(NotFound):
        world.apply(world.actor("ann"), second, add())
