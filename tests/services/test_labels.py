"""Labels below the scheme page: codes, looks, keys, versions and events."""

import threading

import pytest
from sqlalchemy import func, select

from annotator.domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from annotator.domain.permissions import LOCAL
from annotator.services import labels
from annotator.services.labels import add_label, change_label, count_uses, switch_labels
from annotator.services.projects import create_project
from annotator.services.scheme import read_scheme
from annotator.storage.tables import AskedLabel, Event, Label, Project
from tests.world import World


def bare(world: World, slug: str = "bare") -> None:
    with world.database.write() as session:
        create_project(session, LOCAL, slug=slug)


def test_codes_and_looks_are_made_without_repeats(world: World) -> None:
    bare(world)
    names = ["PATIENT_COUNT", "PLACEBO_CONTROL", "PAIN", "PAINFUL", "PAINLESS", "P", "A_9"]
    with world.database.write() as session:
        made = [add_label(session, LOCAL, slug="bare", name=name) for name in names]
        assert [label.code for label in made] == ["PC", "PC1", "PAI", "PAI1", "PAI2", "P", "A9"]
        assert len({(label.colour, label.style) for label in made}) == len(made)
        assert [label.number for label in made] == list(range(7))
        for number in range(40):
            add_label(session, LOCAL, slug="bare", name=f"L_{number}")


def test_each_change_makes_a_version_that_says_what_it_asks(world: World) -> None:
    bare(world)
    with world.database.write() as session:
        for name in ("A", "B"):
            add_label(session, LOCAL, slug="bare", name=name)
        change_label(session, LOCAL, slug="bare", name="A", definition="First.")
        change_label(session, LOCAL, slug="bare", name="A", definition="First.", key="")
        change_label(session, LOCAL, slug="bare", name="A", state="off")
        switch_labels(session, LOCAL, slug="bare", on=["B"])
        switch_labels(session, LOCAL, slug="bare", on=["A"])
    with world.database.read() as session:
        assert session.scalars(select(Project.scheme_version)).one() == 5
        rows = session.execute(
            select(AskedLabel.version, Label.name)
            .join(Label, Label.id == AskedLabel.label_id)
            .order_by(AskedLabel.version, Label.name)
        ).all()
        assert rows == [(1, "A"), (2, "A"), (2, "B"), (3, "A"), (3, "B"), (4, "B"), (5, "A")]
        kinds = session.scalars(
            select(Event.kind).where(Event.kind.like("scheme.%")).order_by(Event.id)
        ).all()
        assert kinds == [
            "scheme.label_added",
            "scheme.label_added",
            "scheme.label_changed",
            "scheme.label_changed",
            "scheme.labels_switched",
        ]


def test_a_retired_label_gives_its_letter_back_and_stays_retired(world: World) -> None:
    world.project()
    with world.database.write() as session:
        change_label(session, LOCAL, slug="trials", name="AGE", state="retired")
        change_label(session, LOCAL, slug="trials", name="HEDGE", key="n")
        switch_labels(session, LOCAL, slug="trials", on=["AGE", "HEDGE"])
    with world.database.read() as session:
        scheme = read_scheme(session, LOCAL, slug="trials")
    assert [(label.name, label.key) for label in scheme.on] == [("HEDGE", "n")]
    assert (scheme.by_name["AGE"].state, scheme.by_name["AGE"].own_key) == ("retired", None)


def test_renaming_moves_no_mark(world: World) -> None:
    world.project(ann="annotator")
    world.mark(world.actor("ann"), world.article(), "PATIENT_COUNT", 20, 25)
    with world.database.write() as session:
        change_label(session, LOCAL, slug="trials", name="PATIENT_COUNT", new_name="HEADS")
    with world.database.read() as session:
        label = read_scheme(session, LOCAL, slug="trials").by_name["HEADS"]
        assert count_uses(session, label_project(session)) == {label.id: 1}


def label_project(session) -> int:
    return session.scalars(select(Project.id)).one()


def test_refusals(world: World) -> None:
    world.project(ann="annotator")
    calls = [
        (Invalid, lambda s: add_label(s, LOCAL, slug="trials", name="two words")),
        (Conflict, lambda s: add_label(s, LOCAL, slug="trials", name="AGE")),
        (Conflict, lambda s: add_label(s, LOCAL, slug="trials", name="X", code="EFF")),
        (Invalid, lambda s: add_label(s, LOCAL, slug="trials", name="X", key="j")),
        (Conflict, lambda s: add_label(s, LOCAL, slug="trials", name="X", key="w")),
        (Invalid, lambda s: add_label(s, LOCAL, slug="trials", name="X", definition="x" * 2001)),
        (NotFound, lambda s: change_label(s, LOCAL, slug="trials", name="X", state="on")),
        (NotFound, lambda s: change_label(s, LOCAL, slug="trials", name="A\0", state="on")),
        (Invalid, lambda s: switch_labels(s, LOCAL, slug="trials", on=["X"])),
        (Forbidden, lambda s: add_label(s, world.actor("ann"), slug="trials", name="X")),
    ]
    for error, call in calls:
        with pytest.raises(error), world.database.write() as session:
            call(session)
    with world.database.read() as session:
        assert session.scalars(select(Project.scheme_version)).one() == 1
        assert session.scalar(select(func.count()).select_from(Label)) == 22


def test_labels_added_at_the_same_time_get_numbers_of_their_own(world: World) -> None:
    bare(world)
    gate, refused = threading.Barrier(3), []

    def add(name: str) -> None:
        gate.wait()
        try:
            with world.database.write() as session:
                labels.add_label(session, LOCAL, slug="bare", name=name)
        except DomainError as error:
            refused.append(error)

    threads = [threading.Thread(target=add, args=(name,)) for name in ("A", "B", "C")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == []
    with world.database.read() as session:
        assert sorted(session.scalars(select(Label.number))) == [0, 1, 2]
        assert session.scalars(select(Project.scheme_version)).one() == 3
