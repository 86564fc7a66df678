"""Taking records in: each whole or not at all, and a rerun goes on."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from annotator.domain.blocks import MAX_BLOCK
from annotator.domain.blocks import Block as TextBlock
from annotator.domain.errors import Forbidden, NotFound
from annotator.domain.permissions import LOCAL
from annotator.nlp.tokenizer import token_runs
from annotator.services.corpora import read_corpus
from annotator.services.events import verify_chain
from annotator.services.imports import ImportReport
from annotator.storage.tables import Annotation, Article, Batch, Block, Label, Layer, User
from tests.crowd import together
from tests.rows import count, fingerprint
from tests.services.records import mark, record, take
from tests.world import TEXT, World, word_runs

REFUSED = [
    ("a stranger's layer", record("b", mark("Eight", by="eve")), "“eve” is not a member"),
    ("nobody's layer", record("b", mark("Eight", by="")), "names nobody as its annotator"),
    ("a reserved name", record("b", mark("Eight", by="majority")), "cannot be a person's layer"),
    ("another quote", record("b", mark("Eight") | {"quote": "Nine"}), "is “Eight”, not “Nine”"),
    ("no character", record("b", mark("Eight") | {"end": 20}), "marks no character"),
    ("behind the text", record("b", mark("Eight") | {"end": 999}), "outside the text"),
    ("before the text", record("b", mark("Eight") | {"start": -1}), "outside the text"),
    (
        "blanks",
        record("b", {"start": 18, "end": 20, "label": "OUTCOME", "annotator": "ann"}),
        "bla",
    ),
    ("an id that is none", record("b", mark("Eight", id="x")), "“x” is not a lower-case UUID"),
    ("a label that cannot be", record("b", mark("Eight", "no label")), "no label"),
    ("an unfit value", record("b", mark("Eight", values={"value": "many"})), "takes a number"),
    ("an unknown value", record("b", mark("Eight", values={"mood": 1})), "no value “mood”"),
    ("an empty text", {"id": "b", "text": " \n"}, "The text is empty"),
    ("a NUL in the text", {"id": "b", "text": "a\0"}, "a NUL character"),
    ("a NUL in the title", record("b", title="a\0b"), "a NUL character"),
    ("a NUL in a name", record("b", done=["a\0"]), "a NUL character"),
    ("a long language", record("b", language="e" * 17), "the short name of a language"),
    ("a long id", record("b" * 201), "1 to 200 characters"),
    ("blocks with a gap", record("b", blocks=[[0, 5, "body"]]), "belongs to no block"),
    ("an unlisted reason", record("b", skipped={"ann": "boring"}), "not a reason for skipping"),
    ("done and skipped", record("b", done=["ann"], skipped={"ann": "other"}), "cannot both"),
    (
        "a relation to nothing",
        record("b", relations=[{"type": "same_as", "from": "x", "to": "y", "annotator": "ann"}]),
        "no such mark",
    ),
    (
        "an unknown question",
        record("b", answers=[{"question": "mood", "answer": "x", "annotator": "ann"}]),
        "asks no question “mood”",
    ),
    (
        "two answers",
        record("b", answers=[{"question": "harms", "answer": "found", "annotator": "ann"}] * 2),
        "answers harms twice",
    ),
    (
        "an answer that points nowhere",
        record(
            "b",
            answers=[
                {"question": "harms", "answer": "found", "annotator": "ann", "annotation": "x"}
            ],
        ),
        "points at no annotation",
    ),
    ("no JSON", '{"text": "cut', "The line"),
    ("no record", "[1]", "The line is no object"),
]


def test_a_refused_record_leaves_nothing_and_the_others_are_taken(
    world: World, tmp_path: Path
) -> None:
    world.project(ann="annotator")
    before = fingerprint(world.database)
    report = take(world.database, tmp_path, [bad for _, bad, _ in REFUSED])
    assert fingerprint(world.database) == before
    assert [refusal.line for refusal in report.refused] == list(range(1, len(REFUSED) + 1))
    for (what, _, sentence), refusal in zip(REFUSED, report.refused, strict=True):
        assert sentence in refusal.sentence, what
    good = [record("a1", mark("Eight")), '{"text": "cut', record("a2", mark("seven"))]
    report = take(world.database, tmp_path, good)
    assert (report.articles, report.annotations) == (2, 2)
    assert [(r.file, r.line) for r in report.refused] == [("records.jsonl", 2)]
    with world.database.read() as session:
        assert list(session.scalars(select(Article.external_id))) == ["a1", "a2"]
        assert list(verify_chain(session)) == []


def test_a_text_that_has_no_tokens_is_one_refused_record(world: World, tmp_path: Path) -> None:
    world.project(ann="annotator")

    def tokenise(text: str, blocks: Sequence[TextBlock], _language: str) -> list[str]:
        if "seven" not in text:
            raise ValueError("This text is too much.")
        return word_runs(text, list(blocks))

    bad = {"id": "b", "text": "Other words."}
    lines = [record("a1", mark("Eight")), bad, record("a2")]
    report = take(world.database, tmp_path, lines, tokenise=tokenise)
    assert (report.articles, [refused.id for refused in report.refused]) == (2, ["b"])
    assert "cannot be cut into words" in report.refused[0].sentence
    assert count(world.database, Article) == 2


def test_a_block_of_a_record_that_is_too_long_is_cut(world: World, tmp_path: Path) -> None:
    world.project(ann="annotator")
    text = "Eight patients got better. " * 45_000
    line = {
        "id": "long",
        "text": text,
        "blocks": [[0, len(text), "body"]],
        "annotations": [mark("Eight") | {"start": 999 * 27, "end": 999 * 27 + 5}],
    }
    report = take(world.database, tmp_path, [line], tokenise=token_runs)
    assert (report.refused, report.articles, report.annotations) == ([], 1, 1)
    with world.database.read() as session:
        longest = session.scalar(select(func.max(Block.end - Block.start)))
        assert longest is not None
        assert longest <= MAX_BLOCK
        annotation = session.scalars(select(Annotation)).one()
        query = select(Block).where(Block.position == annotation.first_block)
        block = session.scalars(query).one()
        assert block.start <= annotation.start < annotation.end <= block.end
    again = take(world.database, tmp_path, [line], tokenise=token_runs)
    assert (again.there_already, again.refused) == (1, [])


def test_a_rerun_takes_only_what_is_missing(world: World, tmp_path: Path) -> None:
    world.project(ann="annotator")
    lines = [record(f"a{number}", mark("Eight")) for number in range(3)]
    assert take(world.database, tmp_path, lines[:2]).articles == 2
    before = fingerprint(world.database)
    again = take(world.database, tmp_path, lines[:2])
    assert (again.articles, again.there_already, again.refused) == (0, 2, [])
    assert fingerprint(world.database) == before
    rest = take(world.database, tmp_path, lines)
    assert (rest.articles, rest.there_already, rest.annotations) == (1, 2, 1)


def test_another_text_under_a_known_id_is_refused(world: World, tmp_path: Path) -> None:
    world.project()
    take(world.database, tmp_path, [record("a1")])
    before = fingerprint(world.database)
    report = take(world.database, tmp_path, [{"id": "a1", "text": "Other words."}, record("a2")])
    assert "another text under the id “a1”" in report.refused[0].sentence
    assert report.refused[0].id == "a1"
    assert report.articles == 1
    assert fingerprint(world.database) != before
    same = take(world.database, tmp_path, [{"id": "a1", "text": TEXT.replace("\n", "\r\n")}])
    assert (same.there_already, same.refused) == (1, [])


def test_a_dry_run_tells_everything_and_changes_nothing(world: World, tmp_path: Path) -> None:
    world.project(ann="annotator")
    before = fingerprint(world.database)
    lines = [record("a1", mark("Eight", "NEW_LABEL")), record("a2", mark("Eight", by="eve"))]
    told = take(world.database, tmp_path, lines, dry_run=True)
    assert (told.articles, told.annotations, told.labels_created) == (1, 1, ["NEW_LABEL"])
    assert (len(told.refused), told.dry_run) == (1, True)
    assert fingerprint(world.database) == before
    done = take(world.database, tmp_path, lines)
    assert (done.articles, done.labels_created) == (1, ["NEW_LABEL"])


def test_unknown_labels_are_made_unless_refused(world: World, tmp_path: Path) -> None:
    world.project(ann="annotator")
    lines = [record("a1", mark("Eight", "NEW_LABEL")), record("a2", mark("Eight"))]
    report = take(world.database, tmp_path, lines, labels="refuse")
    assert "no label NEW_LABEL" in report.refused[0].sentence
    assert report.articles == 1
    report = take(world.database, tmp_path, lines, labels="create")
    assert (report.labels_created, report.there_already) == (["NEW_LABEL"], 1)
    with world.database.read() as session:
        label = session.scalars(select(Label).where(Label.name == "NEW_LABEL")).one()
        assert label.state == "on"


def test_labels_are_made_under_the_names_that_the_file_has(world: World, tmp_path: Path) -> None:
    world.project(ann="annotator")
    names = ["Chemical", "disease", "B-cell", "gene.or_protein", "DISEASE", "d" * 40]
    marks = [mark("Eight", name) for name in names]
    report = take(world.database, tmp_path, [record("a1", *marks, done=["ann"])])
    assert (report.refused, report.labels_created) == ([], names)
    with world.database.read() as session:
        rows = session.execute(
            select(Label.name, Label.code)
            .join(Annotation, Annotation.label_id == Label.id)
            .order_by(Annotation.id)
        ).all()
        corpus = read_corpus(session, LOCAL, slug="trials", layer="ann")
    assert [row.name for row in rows] == names
    assert len({row.code for row in rows}) == len(names)
    assert set(names) <= {label.name for label in corpus.labels}
    report = take(world.database, tmp_path, [record("a2", mark("Eight", "two words"))])
    assert "“two words” is not a label's name" in report.refused[0].sentence


def test_the_same_file_taken_twice_at_once_is_there_once(world: World, tmp_path: Path) -> None:
    world.project(ann="annotator", bob="annotator")
    lines = [
        record(f"a{n}", mark("Eight", f"new_{n}"), mark("seven", by="bob"), batch=f"b{n}")
        for n in range(6)
    ]
    folders = [tmp_path / str(number) for number in range(3)]
    for folder in folders:
        folder.mkdir()
    reports = together([partial(take, world.database, folder, lines) for folder in folders])
    assert all(isinstance(report, ImportReport) for report in reports), reports
    assert [report.refused for report in reports] == [[]] * 3
    assert sum(report.articles for report in reports) == len(lines)
    assert sum(report.annotations for report in reports) == len(lines) * 2
    assert count(world.database, Layer) == len(lines) * 2
    assert count(world.database, Batch) == len(lines)


def test_all_annotations_become_the_layer_of_one_person(world: World, tmp_path: Path) -> None:
    world.project(ann="annotator", bob="annotator")
    one = record(
        "a1",
        mark("Eight", by="stranger"),
        mark("Eight", by="other"),
        mark("seven", by=""),
        answers=[
            {"question": "harms", "answer": "found", "annotator": name} for name in ("x", "y")
        ],
        done=["x"],
        skipped={"y": "other"},
    )
    report = take(world.database, tmp_path, [one], owner="bob")
    assert report.refused == []
    with world.database.read() as session:
        layer, name = session.execute(select(Layer, User.name).join(User)).one()
        assert (name, layer.state, layer.slot) == ("bob", "done", 1)
        quotes = select(Annotation.quote).order_by(Annotation.start)
        assert list(session.scalars(quotes)) == ["Eight", "seven"]
    report = take(world.database, tmp_path, [record("a2", mark("Eight"))], owner="eve")
    assert "“eve” is not a member" in report.refused[0].sentence


def test_batches_are_named_by_the_record_else_by_the_import(world: World, tmp_path: Path) -> None:
    world.project()
    take(world.database, tmp_path, [record("a1", batch="own"), record("a2")], batch="given")
    with world.database.read() as session:
        query = select(Article.external_id, Batch.name).join(Batch).order_by(Article.id)
        assert session.execute(query).all() == [("a1", "own"), ("a2", "given")]


@pytest.mark.parametrize(
    ("name", "error"), [("ann", Forbidden), ("eve", NotFound), ("rev", Forbidden)]
)
def test_only_managers_import(
    world: World, tmp_path: Path, name: str, error: type[Exception]
) -> None:
    world.project(ann="annotator", rev="reviewer", mia="manager")
    world.person("eve")
    with pytest.raises(error):
        take(world.database, tmp_path, [record()], actor=world.actor(name))
    assert count(world.database, Article) == 0
    report: ImportReport = take(world.database, tmp_path, [record()], actor=world.actor("mia"))
    assert report.articles == 1


def test_layers_of_an_article_that_is_there_are_taken(world: World, tmp_path: Path) -> None:
    world.project(ann="annotator", bob="annotator")
    take(world.database, tmp_path, [record("a1"), record("a2", mark("Eight"))])
    lines = [record("a1", mark("Eight"), done=["ann"]), record("a2", mark("Eight", by="bob"))]
    report = take(world.database, tmp_path, lines)
    assert (report.articles, report.annotations, report.refused) == (0, 2, [])
    assert count(world.database, Layer) == 3
    again = take(world.database, tmp_path, lines)
    assert (again.there_already, again.annotations) == (2, 0)


def test_labels_made_on_the_way_were_asked_of_the_whole_file(world: World, tmp_path: Path) -> None:
    world.project(ann="annotator")
    lines = [
        record("a0", done=["ann"]),
        record("a1", mark("Eight", "AAA"), done=["ann"]),
        record("a2", mark("Eight", "BBB"), done=["ann"]),
    ]
    take(world.database, tmp_path, lines)
    with world.database.read() as session:
        corpus = read_corpus(session, LOCAL, slug="trials", layer="ann")
        assert {"AAA", "BBB"} <= {label.name for label in corpus.labels}
        assert corpus.labels_left_out == {}
