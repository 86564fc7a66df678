"""What becomes of a record's layers: offsets, states, places in the quota, labels, values."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from annotator.domain import corpus
from annotator.domain.text import clean_text
from annotator.services.import_layers import moved_offsets
from annotator.storage.tables import Annotation, Answer, Article, Event, Layer, Relation, User
from tests.services.records import mark, record, take
from tests.world import World, new_id


@pytest.mark.parametrize(
    ("text", "start", "end", "found"),
    [
        ("ab cd", 3, 5, "cd"),
        ("\ufeffab cd", 4, 6, "cd"),
        ("\ufeffab cd", 0, 3, "ab"),
        ("a\r\nb\r\ncd", 6, 8, "cd"),
        ("a\r\nb\r\ncd", 0, 4, "a\nb"),
        ("a\rb\rcd", 4, 6, "cd"),
        ("a\n\r\ncd", 4, 6, "cd"),
        ("\ufeff😀\r\nx\u0301\r\rcd", 8, 10, "cd"),
    ],
)
def test_offsets_move_with_the_line_ends(text: str, start: int, end: int, found: str) -> None:
    annotation = corpus.Annotation(new_id(), start, end, "OUTCOME", text[start:end], "ann", "ann")
    clean = clean_text(text)
    moved = moved_offsets(corpus.Article("a", text, annotations=(annotation,)), clean)
    [there] = moved.annotations
    assert clean.text[there.start : there.end] == there.quote == found


def test_a_span_before_the_text_stays_there() -> None:
    annotation = corpus.Annotation(new_id(), -1, 2, "OUTCOME", "", "ann", "ann")
    record = corpus.Article("a", "\ufeffa\r\nb", annotations=(annotation,))
    assert moved_offsets(record, clean_text(record.text)).annotations[0].start == -1


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
