"""``annotator project``: making projects and saying who is in them."""

import json
from pathlib import Path

from sqlalchemy import select

from annotator.storage.engine import Database
from annotator.storage.tables import Label, Membership, Project
from tests.cli.conftest import Annotator
from tests.rows import count, fingerprint
from tests.world import World

SCHEME = {
    "name": "tiny",
    "version": 1,
    "labels": [
        {
            "name": "COUNT",
            "code": "N",
            "layer": "flat",
            "on": True,
            "colour": 0,
            "style": "solid",
        }
    ],
}


def test_a_project_is_made_blind_for_two_readers_without_labels_or_members(
    annotator: Annotator, database: Database
) -> None:
    ran = annotator("project", "create", "trials")
    assert (ran.code, ran.out, ran.err) == (0, "Project trials was made.\n", "")
    with database.read() as session:
        project = session.scalars(select(Project)).one()
    assert (project.slug, project.name, project.language) == ("trials", "trials", "en")
    assert (project.annotators_per_article, project.blind) == (2, True)
    assert count(database, Membership) == count(database, Label) == 0


def test_a_project_takes_a_scheme_and_settings(
    annotator: Annotator, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "tiny.json"
    file.write_text(json.dumps(SCHEME))
    ran = annotator("project", "create", "full", "--scheme", "biomedical-claims")
    assert ran.out == "Project full was made with the scheme biomedical-claims.\n"
    options = ("--scheme", file, "--annotators-per-article", 3, "--open", "--title", "My words")
    assert annotator("project", "create", "own", *options).code == 0
    listed = json.loads(annotator("project", "list", "--json").out)
    assert sorted(listed["projects"], key=lambda item: item["name"]) == [
        {"name": "full", "title": "full", "articles": 0},
        {"name": "own", "title": "My words", "articles": 0},
    ]
    shown = json.loads(annotator("project", "show", "own", "--json").out)
    assert shown == {
        "name": "own",
        "title": "My words",
        "articles": 0,
        "annotators_per_article": 3,
        "blind": False,
        "scheme_version": 1,
        "labels": ["COUNT"],
        "members": [],
    }
    assert count(database, Label, Label.project_id == 1) == 22


def test_members_and_articles_are_shown(annotator: Annotator, world: World) -> None:
    world.project()
    world.article()
    world.person("ann")
    world.person("max")
    assert annotator("project", "member", "trials", "ann", "annotator").code == 0
    ran = annotator("project", "member", "trials", "max", "manager")
    assert (ran.code, ran.out) == (0, "max is manager in trials.\n")
    lines = annotator("project", "show", "trials").out.splitlines()
    assert lines[:3] == ["trials: trials", "1 articles, 2 annotators each", "blind"]
    assert "PATIENT_COUNT (3)" in lines[3]
    assert lines[4:] == ["manager: max", "annotator: ann"]
    assert annotator("project", "list").out == "trials\t1 articles\ttrials\n"


def test_what_cannot_be_a_project_is_refused_and_nothing_is_made(
    annotator: Annotator, world: World, tmp_path: Path
) -> None:
    world.project(ann="annotator")
    broken, not_json = tmp_path / "broken.json", tmp_path / "words.json"
    broken.write_text(json.dumps(SCHEME | {"labels": [{"name": "x"}]}))
    not_json.write_text("words")
    before = fingerprint(world.database)
    for arguments, code, words in (
        (("create", "trials"), 1, "There is a project “trials” already"),
        (("create", "My Project"), 1, "is not a project name"),
        (("create", "new"), 1, "is not a project name"),
        (("create", "x", "--annotators-per-article", 0), 1, "by 1 to 20 annotators"),
        (("create", "x", "--annotators-per-article", "two"), 2, "not a valid integer"),
        (("create", "x", "--scheme", "no-such"), 1, "The scheme no-such cannot be read"),
        (("create", "x", "--scheme", not_json), 1, "is not JSON"),
        (("create", "x", "--scheme", broken), 1, "Label x"),
        (("create",), 2, "Missing argument 'NAME'"),
        (("show", "nothing"), 1, "There is no such project"),
        (("member", "trials", "nobody", "manager"), 1, "There is no account “nobody”"),
        (("member", "nothing", "ann", "manager"), 1, "There is no such project"),
        (("member", "trials", "ann", "king"), 2, "'king' is not one of"),
        (("paint",), 2, "No such command 'paint'"),
    ):
        ran = annotator("project", *arguments)
        assert (ran.code, ran.out) == (code, ""), ran
        assert words in ran.err, ran.err
    assert fingerprint(world.database) == before
