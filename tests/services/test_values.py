"""Values of annotations in the database: set, kept, read back for the present label."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from annotator.domain.corpus import NOT_STATED
from annotator.domain.errors import Invalid
from annotator.services.scheme import SchemeLabel, load_scheme
from annotator.services.values import (
    check_values,
    insert_values,
    read_values,
    set_values,
    store_proposals,
    value_rows,
)
from annotator.storage.tables import Annotation, Value
from tests.rows import count, fingerprint
from tests.services.steps import add, one
from tests.world import World


@pytest.fixture
def marked(world: World) -> World:
    """A world in which ann marked “Eight” as a patient count."""
    world.project(ann="annotator")
    world.article()
    one(world, world.actor("ann"), add())
    return world


def label(world: World, name: str = "PATIENT_COUNT") -> SchemeLabel:
    with world.database.read() as session:
        return load_scheme(session, 1, 1).by_name[name]


def change(world: World, values: Mapping[str, Any], **how: Any) -> Any:
    with world.database.write() as session:
        return set_values(session, 1, 1, label(world), values, **how)


def read(world: World, name: str = "PATIENT_COUNT") -> dict[str, tuple[Any, bool]]:
    with world.database.read() as session:
        scheme = load_scheme(session, 1, 1)
        return read_values(session, scheme, {1: scheme.by_name[name].id}).get(1, {})


def test_values_are_set_changed_and_unset(marked: World) -> None:
    assert change(marked, {"value": 9, "of": 12.5, "unit": NOT_STATED}) == (
        {"value": 8, "of": None, "unit": None},
        {"value": 9, "of": 12.5, "unit": NOT_STATED},
    )
    assert read(marked) == {
        "value": (9, True),
        "role": ("in study, stage not stated", False),
        "of": (12.5, True),
        "unit": (NOT_STATED, True),
    }
    assert change(marked, {"value": NOT_STATED, "of": None, "unit": "people"})[0] == {
        "value": 9,
        "of": 12.5,
        "unit": NOT_STATED,
    }
    assert read(marked) == {
        "value": (NOT_STATED, True),
        "role": ("in study, stage not stated", False),
        "unit": ("people", True),
    }


def test_unset_and_not_stated_are_two_states(marked: World) -> None:
    change(marked, {"value": None, "role": NOT_STATED})
    with marked.database.read() as session:
        row = session.scalars(select(Value)).one()
    assert (row.not_stated, row.option_id, row.number, row.text) == (True, None, None, None)


def test_numbers_survive_the_database(marked: World) -> None:
    for number in (0, -1, 0.1, 1e22, 2**53 - 1, 1e299, -2.5e-300):
        change(marked, {"value": number})
        assert read(marked)["value"] == (number, True)


def test_a_dry_change_tells_and_writes_nothing(marked: World) -> None:
    before = fingerprint(marked.database)
    assert change(marked, {"value": 9}, dry=True) == ({"value": 8}, {"value": 9})
    assert change(marked, {}) == ({}, {})
    assert fingerprint(marked.database) == before


def test_what_does_not_fit_is_refused_before_anything_is_written(marked: World) -> None:
    before = fingerprint(marked.database)
    for values, code in (
        ({"value": 9, "mood": "good"}, "unknown-value"),
        ({"mood": None}, "unknown-value"),
        ({"value": 9, "role": "king"}, "bad-value"),
        ({"value": "nine"}, "bad-value"),
    ):
        with pytest.raises(Invalid) as refused:
            change(marked, values)
        assert refused.value.code == code
        with pytest.raises(Invalid):
            check_values(label(marked), values)
    assert fingerprint(marked.database) == before


def test_values_belong_to_the_label_that_asks_for_them(marked: World) -> None:
    assert read(marked, "RESULT_VALUE") == {}
    with marked.database.write() as session:
        rows = value_rows(1, 1, label(marked, "RESULT_VALUE"), {"unit": "mg"}, unconfirmed=["unit"])
        insert_values(session, rows)
        insert_values(session, [])
    assert read(marked, "RESULT_VALUE") == {"unit": ("mg", False)}
    assert set(read(marked)) == {"value", "role"}


def test_proposals_leave_alone_what_is_set(marked: World) -> None:
    change(marked, {"value": 9, "role": None})
    with marked.database.write() as session:
        store_proposals(session, 1, 1, label(marked), "12 were treated")
    assert read(marked) == {"value": (9, True), "role": ("treated", False)}
    assert count(marked.database, Annotation) == 1
