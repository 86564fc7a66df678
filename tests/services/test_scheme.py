"""Reading a project's scheme: order, keys, one version at a time, what it asked."""

from typing import Never

import pytest

from annotator.domain.errors import Invalid, NotFound
from annotator.domain.permissions import LOCAL
from annotator.services.labels import add_label, change_label
from annotator.services.scheme import ProjectScheme, asked_names, load_scheme, read_scheme
from annotator.storage.tables import Project
from tests.world import World, default_scheme


def now_at(world: World) -> ProjectScheme:
    with world.database.read() as session:
        return read_scheme(session, LOCAL, slug="trials")


def test_the_scheme_is_what_the_file_says(world: World) -> None:
    world.project()
    scheme, file = now_at(world), default_scheme()
    assert [label.name for label in scheme.labels] == [spec.name for spec in file.labels]
    for label, spec in zip(scheme.labels, file.labels, strict=True):
        assert (label.code, label.layer, label.own_key) == (spec.code, spec.layer, spec.key)
        assert (label.colour, label.style, label.rule) == (spec.colour, spec.style, spec.rule)
        assert [a.name for a in label.attributes] == [a.name for a in spec.attributes]
        for attribute, wanted in zip(label.attributes, spec.attributes, strict=True):
            assert [(o.name, o.cues) for o in attribute.options] == [
                (o.name, o.cues) for o in wanted.options
            ]
    assert [q.name for q in scheme.questions] == [q.name for q in file.questions]
    assert [d.name for d in scheme.documents] == [d.name for d in file.document_labels]
    assert set(scheme.relation_types) == {relation.name for relation in file.relations}


def test_labels_that_may_not_be_given_are_refused(world: World) -> None:
    world.project()
    with world.database.write() as session:
        change_label(session, LOCAL, slug="trials", name="AGE", state="retired")
    scheme = now_at(world)
    assert scheme.usable("PATIENT_COUNT").key == "3"
    for name, code in (("AGE", "label-off"), ("HEDGE", "label-off"), ("OTHER", "unknown-label")):
        with pytest.raises(Invalid) as caught:
            scheme.usable(name)
        assert caught.value.code == code
    label = scheme.by_name["PATIENT_COUNT"]
    with pytest.raises(Invalid):
        label.attribute("nothing")
    with pytest.raises(Invalid, match="not stated"):
        label.attribute("role").option("nothing")


def test_a_change_that_was_taken_back_leaves_no_trace(world: World) -> None:
    world.project()

    def add_and_fail() -> Never:
        with world.database.write() as session:
            add_label(session, LOCAL, slug="trials", name="GHOST")
            project = session.get_one(Project, 1)
            scheme = load_scheme(session, project.id, project.scheme_version)
            assert scheme.usable("GHOST")
            raise NotFound("taken back")

    with pytest.raises(NotFound):
        add_and_fail()
    with world.database.write() as session:
        add_label(session, LOCAL, slug="trials", name="REAL")
        project = session.get_one(Project, 1)
        scheme = load_scheme(session, project.id, project.scheme_version)
        assert scheme.usable("REAL")
    assert "GHOST" not in now_at(world).by_name


def test_what_each_version_asked_is_kept(world: World) -> None:
    world.project()
    with world.database.write() as session:
        change_label(session, LOCAL, slug="trials", name="FUTURE", state="off")
    with world.database.read() as session:
        asked = asked_names(session, 1)
    assert asked[1] - asked[2] == {"FUTURE"}
    assert {"number_of_people", "genre", "PATIENT_COUNT"} <= asked[2]
