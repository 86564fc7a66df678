"""What the database itself refuses, whoever asks: the last wall behind the services."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from annotator.storage.engine import Database
from annotator.storage.tables import Base, User, now
from tests.rows import table
from tests.storage.sound_rows import Row, row, two_projects
from tests.world import World

REFUSED: list[tuple[str, Row]] = [
    ("annotations", {"label_id": "@other.label"}),
    ("annotations", {"label_id": 9999}),
    ("annotations", {"project_id": "@other.project"}),
    ("annotations", {"article_id": "@second.article"}),
    ("annotations", {"layer_id": "@other.layer"}),
    ("annotations", {"start_offset": 5, "end_offset": 5}),
    ("annotations", {"start_offset": 6, "end_offset": 5}),
    ("annotations", {"start_offset": -1, "end_offset": 5}),
    ("annotations", {"first_block": 2, "last_block": 1}),
    ("annotations", {"rev": 0}),
    ("annotations", {"uuid": "@uuid"}),
    ("annotations", {"start_offset": 20, "end_offset": 25}),
    ("annotations", {"quote": None}),
    ("annotation_values", {"text": "eight"}),
    ("annotation_values", {"number": None}),
    ("annotation_values", {"not_stated": True}),
    ("annotation_values", {"number": None, "option_id": "@option", "not_stated": True}),
    ("annotation_values", {"number": None, "option_id": "@option"}),
    ("annotation_values", {"attribute_id": "@other.attribute"}),
    ("annotation_values", {"project_id": "@other.project"}),
    ("annotation_values", {"attribute_id": "@set.attribute"}),
    ("annotation_values", {"confirmed": None}),
    ("layers", {"slot": 1}),
    ("layers", {"slot": 0}),
    ("layers", {"user_id": "@user"}),
    ("layers", {"user_id": None}),
    ("layers", {"user_id": 9999}),
    ("layers", {"kind": "gold"}),
    ("layers", {"kind": "other"}),
    ("layers", {"state": "away"}),
    ("layers", {"state": "skipped"}),
    ("layers", {"skip_reason": "duplicate"}),
    ("layers", {"article_id": "@other.article"}),
    ("layers", {"project_id": "@other.project"}),
    ("relations", {"target_id": "@other.annotation"}),
    ("relations", {"type_id": "@other.relation_type"}),
    ("relations", {"layer_id": "@other.layer"}),
    ("answers", {"attribute_id": "@set.attribute"}),
    ("answers", {"option_id": "@option"}),
    ("answers", {"annotation_id": "@second.annotation"}),
    ("answers", {"layer_id": "@other.layer"}),
    ("articles", {"external_id": "a1"}),
    ("articles", {"length": 0}),
    ("articles", {"project_id": 9999}),
    ("articles", {"previous_id": "@other.article"}),
    ("articles", {"batch_id": 9999}),
    ("blocks", {"position": 0}),
    ("blocks", {"kind": "poem"}),
    ("blocks", {"start_offset": 9, "end_offset": 9}),
    ("blocks", {"article_id": 9999}),
    ("labels", {"name": "PATIENT_COUNT"}),
    ("labels", {"code": "EFF"}),
    ("labels", {"number": 0}),
    ("labels", {"key": "w"}),
    ("labels", {"layer": "deep"}),
    ("labels", {"state": "lost"}),
    ("labels", {"colour": 8}),
    ("labels", {"style": "wavy"}),
    ("attributes", {"name": "value"}),
    ("attributes", {"label_id": None}),
    ("attributes", {"label_id": "@other.label"}),
    ("attributes", {"kind": "picture"}),
    ("attributes", {"target": "question"}),
    ("projects", {"slug": "trials"}),
    ("projects", {"annotators_per_article": 0}),
    ("memberships", {"role": "admin"}),
    ("memberships", {"user_id": "@user"}),
    ("users", {"name": "ann"}),
    ("users", {"role": "annotator"}),
    ("jobs", {"state": "asleep"}),
    ("events", {"via": "post"}),
    ("events", {"seq": None}),
    ("events", {"seq": 1}),
    ("events", {"article_id": "@other.article"}),
    ("operations", {"id": "@operation"}),
    ("operations", {"user_id": 9999}),
    ("sessions", {"user_id": 9999}),
]
"""A table and what is changed in a row that it takes."""


@pytest.fixture
def named(world: World) -> Mapping[str, Any]:
    return two_projects(world)


def test_rows_that_contradict_others_are_refused(
    database: Database, named: Mapping[str, Any]
) -> None:
    taken = []
    with database.write() as session:
        for name, change in REFUSED:
            nested = session.begin_nested()
            try:
                session.execute(insert(table(name)).values(**row(name, named, change)))
                taken.append((name, change))
            except DBAPIError:
                nested.rollback()
            else:
                nested.rollback()
    assert taken == []


def test_the_same_rows_without_the_contradiction_are_taken(
    database: Database, named: Mapping[str, Any]
) -> None:
    for name in {name for name, _ in REFUSED}:
        with database.write() as session:
            session.execute(insert(table(name)).values(**row(name, named, {})))


def test_a_deleted_mark_leaves_its_place_to_another(
    database: Database, named: Mapping[str, Any]
) -> None:
    gone = {"start_offset": 20, "end_offset": 25, "deleted_at": now()}
    with database.write() as session:
        session.execute(insert(table("annotations")).values(**row("annotations", named, gone)))


def test_times_are_utc_whatever_the_database(database: Database, world: World) -> None:
    elsewhere = datetime(2026, 2, 14, 1, 30, tzinfo=timezone(timedelta(hours=5)))
    world.person("ann")
    with database.write() as session:
        session.scalars(select(User)).one().disabled_at = elsewhere
    with database.read() as session:
        found = session.scalars(select(User.disabled_at)).one()
    assert found == elsewhere
    assert found is not None
    assert found.tzinfo is UTC
    assert now().microsecond % 1000 == 0


def test_every_constraint_has_a_name_of_its_own() -> None:
    names = [
        str(constraint.name)
        for found in Base.metadata.tables.values()
        for constraint in found.constraints
    ]
    assert "None" not in names
    assert len(names) == len(set(names))
    # PostgreSQL cuts longer names, and two could become one.
    assert [name for name in names if len(name) > 63] == []
