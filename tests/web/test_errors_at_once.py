"""Two changes at once, and more people than the database answers: a sentence, nothing half-done."""

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from annotator.storage.engine import Database
from annotator.storage.tables import Label, Membership, Project
from annotator.web.lifecycle import writing
from annotator.web.policy import ROUTES
from tests.crowd import together
from tests.rows import count, fingerprint
from tests.web.pages import SignIn, form, words
from tests.world import World, new_id


@pytest.fixture
def doubled(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """A route whose second row meets the first, as if somebody else had just put it there."""

    def double() -> str:
        with writing() as session:
            project = session.scalars(select(Project)).one()
            project.name = "Half-done"
            row = {"project_id": project.id, "user_id": world.people["ann"], "role": "manager"}
            session.execute(insert(Membership), [row])
        return "done"

    world.project(ann="annotator")
    app.add_url_rule("/double", "double", double, methods=["POST"])
    monkeypatch.setitem(ROUTES, "double", "signed-in")
    return "/double"


def test_a_change_that_meets_another_is_refused_whole(
    doubled: str, world: World, sign_in: SignIn
) -> None:
    client = sign_in("ann")
    before = fingerprint(world.database)
    rows = [({"data": form()}, 409, "simultaneous"), ({"json": {}}, 503, "busy")]
    for sent, status, code in rows:
        answer = client.post(doubled, headers={"HX-Request": "true"}, **sent)
        assert (answer.status_code, f'data-code="{code}"' in answer.text) == (status, True)
        assert "at the same moment" in words(answer.text)
        assert answer.headers.get("Retry-After") == (None if status == 409 else "2")
    assert fingerprint(world.database) == before


@pytest.mark.parametrize(
    ("path", "sent", "model", "statuses"),
    [
        ("scheme/labels", {"name": "NEW_ONE", "code": "", "layer": "flat"}, Label, {303, 409}),
        ("members", {"user": "eve", "role": "annotator"}, Membership, {303}),
    ],
)
def test_the_same_thing_added_at_once_is_there_once(
    world: World,
    sign_in: SignIn,
    path: str,
    sent: dict[str, str],
    model: type,
    statuses: set[int],
) -> None:
    world.project(mia="manager")
    world.person("eve")
    clients = [sign_in("mia") for _ in range(4)]
    before = count(world.database, model)
    answers = together(
        [
            lambda client=client: client.post(f"/projects/trials/{path}", data=form(**sent))
            for client in clients
        ]
    )
    assert {answer.status_code for answer in answers} == statuses
    assert count(world.database, model) == before + 1


def exhaust(database: Database) -> list[Session]:
    """Every connection that readers share, taken."""
    database._reader.pool._timeout = 0.05
    taken = []
    try:
        for _ in range(100):
            session = Session(database._reader)
            session.execute(select(1))
            taken.append(session)
    except PoolTimeout:
        return taken
    raise AssertionError("the pool has no end")


def test_who_gets_no_connection_is_asked_to_come_again(
    world: World, app: Flask, sign_in: SignIn
) -> None:
    world.project(ann="annotator")
    client = sign_in("ann")
    taken = exhaust(world.database)
    try:
        page = client.get("/projects/trials")
        token = {"Authorization": f"Bearer {new_id()}"}
        problem = app.test_client().get("/api/v1/projects", headers=token)
    finally:
        for session in taken:
            session.close()
    assert (page.status_code, page.headers["Retry-After"]) == (503, "2")
    assert "try again in a few seconds" in words(page.text)
    assert (problem.status_code, problem.headers["Retry-After"]) == (503, "2")
    assert problem.json["code"] == "busy"
    assert client.get("/projects/trials").status_code == 200
