"""What becomes of a record's layers: states, places in the quota, labels, values."""

import json
from pathlib import Path

from sqlalchemy import func, select

from annotator.storage.tables import Annotation, Answer, Article, Event, Layer, Relation, User
from tests.services.records import mark, record, take
from tests.world import World, new_id


def test_marks_in_a_file_of_another_system_land_where_they_stood(
    world: World, tmp_path: Path
) -> None:
    world.project(ann="annotator")
    text = "\ufeffTitle here\r\n\r\nEight people 😀 came.\r\nNine left."
    blocks = [[1, 11, "title"], [15, 35, "body"], [37, 47, "body"]]
    spans = [(15, 20), (37, 41), (30, 41)]
    marks = [{"start": s, "end": e, "label": "OUTCOME", "annotator": "ann"} for s, e in spans]
    given = {"id": "a1", "text": text, "annotations": marks, "blocks": blocks}
    assert take(world.database, tmp_path, [given]).refused == []
    with world.database.read() as session:
        quotes = session.scalars(select(Annotation.quote).order_by(Annotation.id))
        assert list(quotes) == ["Eight", "Nine", "came.\nNine"]
        article = session.scalars(select(Article)).one()
        assert (article.bom_removed, article.line_ends_replaced) == (True, 3)


def test_layers_get_their_state_and_their_place(world: World, tmp_path: Path) -> None:
    world.project(quota=2, ann="annotator", bob="annotator", cat="annotator", mia="manager")
    one = record(
        "a1",
        mark("Eight", by="ann"),
        mark("Eight", by="mia"),
        mark("seven", by="gold"),
        done=["ann", "bob", "gold"],
        skipped={"cat": "duplicate"},
    )
    assert take(world.database, tmp_path, [one]).refused == []
    with world.database.read() as session:
        rows = session.execute(
            select(
                func.coalesce(User.name, Layer.source),
                Layer.kind,
                Layer.state,
                Layer.slot,
                Layer.asked_version,
                Layer.skip_reason,
            ).outerjoin(User, User.id == Layer.user_id)
        ).all()
        assert sorted(tuple(row) for row in rows) == [
            ("ann", "annotator", "done", 1, 1, None),
            ("bob", "annotator", "done", 2, 1, None),
            ("cat", "annotator", "skipped", None, None, "duplicate"),
            ("gold", "gold", "done", None, 1, None),
            ("mia", "annotator", "open", None, None, None),
        ]
        events = select(Event.subject, Event.after).where(Event.kind == "layer.imported")
        told = {row.subject: row.after for row in session.execute(events)}
        assert len(told["ann"]["annotations"]) == 1
        assert told["bob"] == {"state": "done", "annotations": []}


def test_values_relations_and_answers_come_with_their_marks(world: World, tmp_path: Path) -> None:
    world.project(ann="annotator")
    count, people = new_id(), new_id()
    link = {"type": "same_as", "from": count, "to": people, "annotator": "ann"}
    one = record(
        "a1",
        mark("Eight", id=count, values={"value": 8}, unconfirmed=["value"], note="n", unsure=True),
        mark("Eight", id=new_id()),
        mark("seven", id=people, values={"value": "not stated"}),
        relations=[link, link],
        answers=[
            {
                "question": "number_of_people",
                "answer": "found",
                "annotator": "ann",
                "annotation": count,
            },
            {"question": "harms", "answer": "not reported", "annotator": "ann"},
        ],
    )
    assert take(world.database, tmp_path, [one]).refused == []
    with world.database.read() as session:
        rows = session.scalars(select(Annotation).order_by(Annotation.start)).all()
        assert [row.uuid for row in rows] == [count, people]
        assert (rows[0].note, rows[0].unsure, rows[0].origin) == ("n", True, "import")
        relation = session.scalars(select(Relation)).one()
        assert (relation.source_id, relation.target_id) == (rows[0].id, rows[1].id)
        answers = session.scalars(select(Answer.annotation_id).order_by(Answer.attribute_id))
        assert list(answers) == [rows[0].id, None]


def test_a_relation_to_a_twin_is_one_to_the_mark_that_stayed(world: World, tmp_path: Path) -> None:
    world.project(ann="annotator", mia="manager")
    ids = [new_id() for _ in range(3)]
    one = record(
        "a1",
        mark("Eight", by="x", id=ids[0]),
        mark("Eight", by="y", id=ids[1]),
        mark("seven", by="y", id=ids[2]),
        relations=[
            {"type": "same_as", "from": ids[1], "to": ids[2], "annotator": "y"},
            {"type": "same_as", "from": ids[0], "to": ids[2], "annotator": "x"},
        ],
        answers=[
            {"question": "harms", "answer": "found", "annotator": by, "annotation": id_}
            for by, id_ in (("x", ids[0]), ("y", ids[1]))
        ],
        skipped={"x": "truncated", "y": "duplicate"},
    )
    report = take(world.database, tmp_path, [one], owner="mia")
    assert (report.refused, report.annotations) == ([], 2)
    with world.database.read() as session:
        rows = session.scalars(select(Annotation).order_by(Annotation.start)).all()
        assert [row.uuid for row in rows] == [ids[0], ids[2]]
        relation = session.scalars(select(Relation)).one()
        assert (relation.source_id, relation.target_id) == (rows[0].id, rows[1].id)
        assert session.scalars(select(Answer.annotation_id)).one() == rows[0].id
        assert session.scalars(select(Layer.skip_reason)).one() == "truncated"


def test_an_id_is_taken_once_in_a_project(world: World, tmp_path: Path) -> None:
    world.project(ann="annotator")
    world.project("other", ann="annotator")
    given = mark("Eight", id=new_id())
    twice = record("a1", given, mark("seven", id=given["id"]))
    lines = [twice, record("a2", given), record("a3", given)]
    report = take(world.database, tmp_path, lines)
    assert [r.sentence.split(".")[0] for r in report.refused] == [
        "Two annotations have the same id",
        f"The id {given['id']} is taken already",
    ]
    assert take(world.database, tmp_path, [json.dumps(lines[1])], slug="other").refused == []
