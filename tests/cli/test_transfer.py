"""``annotator import``, ``export`` and ``formats``."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from annotator.storage.engine import Database
from annotator.storage.tables import Annotation, Article, Label, Layer, User
from tests.cli.conftest import Annotator
from tests.rows import count, fingerprint
from tests.world import TEXT, World

EIGHT = TEXT.index("Eight")
MARK = {
    "id": "00000000-0000-4000-8000-000000000001",
    "start": EIGHT,
    "end": EIGHT + 5,
    "label": "PATIENT_COUNT",
    "quote": "Eight",
    "annotator": "ann",
    "values": {"value": 8},
}


def lines(path: Path, *records: object) -> Path:
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in records) + "\n")
    return path


def test_formats_are_listed_with_what_they_carry(run: Annotator, tmp_path: Path) -> None:
    ran = run("formats")
    assert (ran.code, ran.err) == (0, "")
    listed = {tuple(line.split("\t")[:2]) for line in ran.out.splitlines()}
    assert {("import", "text"), ("import", "jsonl"), ("export", "jsonl"), ("export", "spacy")} <= (
        listed
    )
    told = json.loads(run("formats", "--json").out)
    assert {entry["name"] for entry in told["import"]} == {n for w, n in listed if w == "import"}
    assert all(entry["carries"] and entry["cannot"] for entry in told["export"])
    assert not (tmp_path / "data").exists()


def test_a_folder_of_texts_is_taken_and_taken_once(
    annotator: Annotator, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.project()
    texts = tmp_path / ".here" / "texts"
    (texts / "deep").mkdir(parents=True)
    (texts / ".hidden").mkdir()
    (texts / "one.txt").write_bytes("\ufeffA title\r\n\r\nEight patients.\r\n".encode())
    (texts / "deep" / "two.txt").write_text("Another title\n\nβ 😀 \u2028 x.")
    (texts / ".hidden" / "three.txt").write_text("No\n\nNo.")
    (texts / ".DS_Store").write_bytes(b"\0\1")
    monkeypatch.chdir(texts / "deep")
    before = fingerprint(world.database)
    ran = annotator("import", "trials", "../../texts", "--dry-run")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "2 articles with 0 annotations would be imported\n"
    assert fingerprint(world.database) == before
    ran = annotator("import", "trials", "../../texts", "--batch", "first", "--json")
    assert ran.code == 0
    report = json.loads(ran.out)
    assert (report["articles"], report["refused"], report["dry_run"]) == (2, [], False)
    with world.database.read() as session:
        rows = session.execute(
            select(Article.external_id, Article.text, Article.title, Article.ready_at).order_by(
                Article.external_id
            )
        ).all()
    assert [(row.external_id, row.text, row.title) for row in rows] == [
        ("one", "A title\n\nEight patients.\n", "A title"),
        ("two", "Another title\n\nβ 😀 \u2028 x.", "Another title"),
    ]
    assert all(row.ready_at for row in rows)
    again = annotator("import", "trials", texts)
    assert again.code == 0
    assert "2 articles were there already" in again.out
    assert count(world.database, Article) == 2


def test_a_bad_record_is_named_by_its_line_and_the_others_are_taken(
    annotator: Annotator, world: World, tmp_path: Path
) -> None:
    world.project(ann="annotator")
    file = lines(
        tmp_path / "some.jsonl",
        {"id": "a", "text": TEXT, "annotations": [MARK], "done": ["ann"]},
        '{"id": "b", "text": ',
        {"id": "c", "text": TEXT, "annotations": [MARK | {"id": None, "quote": "Nine"}]},
        {"id": "d", "text": TEXT, "annotations": [MARK | {"id": None, "annotator": "eve"}]},
        {"id": "e", "text": "Fine.\n\nToo."},
    )
    ran = annotator("import", "trials", file)
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "2 articles with 1 annotations imported",
        "3 records refused",
    ]
    told = ran.err.splitlines()
    assert [line.split(": ")[0].rpartition(", ")[2] for line in told] == [
        "line 2",
        "line 3",
        "line 4",
    ]
    assert "“Eight”, not “Nine”" in told[1]
    assert "“eve” is not a member" in told[2]
    assert count(world.database, Article) == 2
    assert count(world.database, Layer, Layer.state == "done") == 1


def test_labels_and_owners_are_as_the_options_say(
    annotator: Annotator, world: World, tmp_path: Path
) -> None:
    world.project(ann="annotator", bob="annotator")
    new = MARK | {"label": "BRAND_NEW", "values": {}}
    file = lines(tmp_path / "some.jsonl", {"id": "a", "text": TEXT, "annotations": [new]})
    before = fingerprint(world.database)
    ran = annotator("import", "trials", file, "--labels", "refuse")
    assert ran.code == 1
    assert "no label BRAND_NEW" in ran.err
    assert fingerprint(world.database) == before
    ran = annotator("import", "trials", file, "--as", "bob", "--dry-run")
    assert "labels would be created: BRAND_NEW" in ran.out
    assert fingerprint(world.database) == before
    ran = annotator("import", "trials", file, "--as", "bob")
    assert ran.code == 0
    assert "labels created: BRAND_NEW" in ran.out
    with world.database.read() as session:
        query = select(User.name).join(Layer, Layer.user_id == User.id)
        assert session.scalars(query).all() == ["bob"]
    assert count(world.database, Label, Label.name == "BRAND_NEW") == 1


def test_a_file_of_no_known_format_keeps_no_other_out(
    annotator: Annotator, world: World, tmp_path: Path
) -> None:
    world.project()
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "a.bin").write_bytes(bytes(range(256)) * 20)
    (texts / "b.txt").write_text("A title\n\nEight patients.")
    (texts / "c.json").write_text('[{"text": "a"}]')
    (texts / "d.txt").write_text("Another title\n\nSeven patients.")
    (texts / "e.txt").symlink_to(texts / "f.txt")
    ran = annotator("import", "trials", texts, "--json")
    assert ran.code == 1
    report = json.loads(ran.out)
    assert report["articles"] == 2
    assert [Path(refused["file"]).name for refused in report["refused"]] == ["a.bin", "c.json"]
    assert all(refused["line"] is None for refused in report["refused"])
    assert f"{texts / 'a.bin'}: What a.bin holds does not settle its format" in ran.err
    assert count(world.database, Article) == 2


def test_the_bar_counts_files(
    annotator: Annotator, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.project()
    shown: list[tuple[int, list[int]]] = []

    @contextmanager
    def bar(_label: str, length: int) -> Iterator[Callable[[int], None]]:
        shown.append((length, []))
        yield shown[-1][1].append

    monkeypatch.setattr("annotator.cli.transfer.progress", bar)
    files = [
        lines(tmp_path / f"{name}.jsonl", *({"id": f"{name}{n}", "text": "A."} for n in range(7)))
        for name in "ab"
    ]
    (tmp_path / "c.bin").write_bytes(b"\0\1")
    annotator("import", "trials", *files, tmp_path / "c.bin")
    assert shown == [(3, [1, 2, 3])]


def test_what_cannot_be_imported_is_refused(
    annotator: Annotator, world: World, tmp_path: Path
) -> None:
    world.project()
    (tmp_path / "empty").mkdir()
    (tmp_path / "some.bin").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "some.txt").write_text("A title\n\nText.")
    before = fingerprint(world.database)
    for arguments, words in (
        (("trials", tmp_path / "empty"), "There is no file to import"),
        (("trials", tmp_path / "some.bin"), "does not settle its format"),
        (("trials", tmp_path / "some.txt", "--format", "runes"), "“runes”"),
        (("nothing", tmp_path / "some.txt"), "There is no such project"),
        (("trials", tmp_path / "some.bin", "--format", "text"), "is not valid UTF-8"),
    ):
        ran = annotator("import", *arguments)
        assert ran.code == 1
        assert words in ran.err, ran.err
        assert "Traceback" not in ran.err
    assert fingerprint(world.database) == before


def test_a_corpus_goes_out_and_comes_in_byte_for_byte(
    annotator: Annotator, run: Annotator, world: World, tmp_path: Path
) -> None:
    world.project(ann="annotator", bob="annotator")
    world.article()
    ann, bob = world.actor("ann"), world.actor("bob")
    world.mark(ann, 1, "PATIENT_COUNT", EIGHT, EIGHT + 5)
    world.mark(ann, 1, "POPULATION", EIGHT, EIGHT + 20)
    world.finish(ann, 1)
    world.mark(bob, 1, "CONDITION", EIGHT, EIGHT + 5)
    first, second = tmp_path / "a.jsonl", tmp_path / "out" / "b.jsonl"
    ran = annotator("export", "trials", "--format", "jsonl", "--output", first)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[1] == ". (layer all): 1 articles, 3 annotations"
    run("project", "create", "trials", "--scheme", "biomedical-claims")
    for name in ("ann", "bob"):
        run("user", "add", name, "--password-stdin", typed="a long password")
        run("project", "member", "trials", name, "annotator")
    assert run("import", "trials", first, "--labels", "refuse").code == 0
    ran = run("export", "trials", "--format", "jsonl", "--output", second, "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["output"] == str(second)
    assert first.read_bytes() == second.read_bytes()
    assert json.loads(first.read_text())["done"] == ["ann"]
    of_ann = annotator(
        "export", "trials", "--format", "jsonl", "--layer", "ann", "--output", tmp_path / "c.jsonl"
    )
    assert ". (layer ann): 1 articles, 2 annotations" in of_ann.out


def test_what_cannot_be_exported_is_refused_and_leaves_nothing(
    annotator: Annotator, world: World, database: Database, tmp_path: Path
) -> None:
    world.project(ann="annotator")
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "mine.txt").write_text("mine")
    before = fingerprint(database)
    for options, words in (
        (("trials", "--format", "jsonl"), "has no article"),
        (("nothing", "--format", "jsonl"), "There is no such project"),
        (("trials", "--format", "runes"), "“runes”"),
        (("trials", "--format", "jsonl", "--layer", "gold"), "nothing to export"),
        (("trials", "--format", "jsonl", "--layer", "eve"), "There is no account “eve”"),
        (("trials", "--format", "jsonl", "--split", "1,2,3"), "add up to 1"),
        (("trials", "--format", "jsonl", "--split", "nan,0.5,0.5"), "add up to 1"),
        (("trials", "--format", "jsonl", "--split", "0,0.5,0.5"), "add up to 1"),
        (("trials", "--format", "jsonl", "--window", "3"), "too short to train"),
    ):
        ran = annotator("export", *options, "--output", tmp_path / "deep" / "out.jsonl")
        assert (ran.code, ran.out) == (1, ""), ran
        assert words in ran.err, ran.err
    for format_ in ("jsonl", "spacy"):
        ran = annotator("export", "trials", "--format", format_, "--output", taken)
        assert ran.code == 1
        assert "Nothing was written" in ran.err
    assert fingerprint(database) == before
    assert [path.name for path in taken.iterdir()] == ["mine.txt"]
    assert not list(tmp_path.glob("**/out.jsonl*"))
    assert count(database, Annotation) == 0
