"""Every route names its permission, and holds it: deny by default, for every kind of person."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from annotator.api.policy import ROUTES as API_ROUTES
from annotator.domain.permissions import (
    ACCOUNT_PERMISSIONS,
    LOCAL,
    PROJECT_PERMISSIONS,
    Actor,
    may,
)
from annotator.services import accounts
from annotator.web.policy import ROUTES as WEB_ROUTES
from tests.rows import fingerprint
from tests.web.pages import SignIn, form
from tests.world import World

ROUTES = {**WEB_ROUTES, **API_ROUTES}
PEOPLE = ("anonymous", "out", "ann", "rea", "mia", "root", "gone")
VALUES = {
    "slug": "trials",
    "article_id": 1,
    "job_id": 1,
    "user": "victim",
    "label": "AGE",
    "step": "reopen",
    "annotation_id": "00000000-0000-4000-8000-000000000000",
}
Request = tuple[str, str, str]
"""Method, address and permission."""


def unguarded(app: Flask) -> list[str]:
    """What is wrong with the permissions of the routes of ``app``."""
    faults = []
    for rule in app.url_map.iter_rules():
        permission = ROUTES.get(rule.endpoint)
        if permission is None:
            faults.append(f"{rule.endpoint} has no permission")
        elif permission not in PROJECT_PERMISSIONS | ACCOUNT_PERMISSIONS:
            faults.append(f"{rule.endpoint} names {permission}, which is none")
        elif ("slug" in rule.arguments) != (permission in PROJECT_PERMISSIONS):
            faults.append(f"{rule.endpoint} names {permission}, of the other kind")
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    return faults + [f"{endpoint} is no route" for endpoint in sorted(set(ROUTES) - known)]


def project_requests(app: Flask) -> Iterator[tuple[bool, Request]]:
    """Each method of each route inside a project, and whether it is the API's."""
    adapter = app.url_map.bind("localhost", url_scheme="https")
    for rule in app.url_map.iter_rules():
        if "slug" in rule.arguments:
            values = {name: VALUES[name] for name in rule.arguments}
            url = adapter.build(rule.endpoint, values, method=next(iter(rule.methods or ())))
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule.endpoint.startswith("api."), (method, url, ROUTES[rule.endpoint])


def expected(person: str, actor: Actor | None, permission: str, method: str, *, api: bool) -> int:
    """The status of a refusal; 0 where the permission table lets the person in."""
    if actor is None or person == "gone":
        return 303 if method == "GET" and not api else 401
    if may(actor, permission, 1):
        return 0
    return 403 if may(actor, "project:see", 1) else 404


def build(world: World) -> None:
    world.project(
        ann="annotator", rea="reviewer", mia="manager", gone="annotator", victim="annotator"
    )
    world.person("out")
    world.person("root", "admin")
    world.article()


def test_every_route_names_a_permission(app: Flask) -> None:
    assert unguarded(app) == []


@pytest.mark.parametrize(
    ("rule", "endpoint", "fault"),
    [
        ("/secrets", "secrets.show", "secrets.show has no permission"),
        (
            "/everything",
            "queue.show_queue",
            "queue.show_queue names project:see, of the other kind",
        ),
        ("/projects/<slug>/x", "auth.start", "auth.start names anyone, of the other kind"),
    ],
)
def test_a_route_without_its_permission_is_found(
    app: Flask, rule: str, endpoint: str, fault: str
) -> None:
    app.url_map.add(app.url_rule_class(rule, endpoint=endpoint, methods=["GET"]))
    assert unguarded(app) == [fault]


def test_a_route_without_permission_is_closed(app: Flask, world: World, sign_in: SignIn) -> None:
    world.person("root", "admin")
    app.add_url_rule("/secrets", "secrets", lambda: "secret")
    answer = sign_in("root").get("/secrets")
    assert answer.status_code == 403
    assert "secret" not in re.sub("/secrets", "", answer.text)


def test_each_person_gets_what_the_permission_table_says(
    app: Flask, world: World, sign_in: SignIn
) -> None:
    build(world)
    clients = clients_of(app, world, sign_in)
    requests = list(project_requests(app))
    assert len(requests) > 25
    wanted: list[tuple[str, bool, Request]] = []
    before = fingerprint(world.database)
    for person in PEOPLE:
        actor = None if person == "anonymous" else world.actor(person)
        for api, request in requests:
            method, url, permission = request
            refusal = expected(person, actor, permission, method, api=api)
            if not refusal:
                wanted.append((person, api, request))
                continue
            status = clients[person](api, method, url)
            assert (person, method, url, status) == (person, method, url, refusal)
    assert fingerprint(world.database) == before
    for person, api, (method, url, _permission) in wanted:
        status = clients[person](api, method, url)
        assert status not in (401, 403, 405, 500), (person, method, url, status)
        assert status != 303 or person != "anonymous"
    assert len({person for person, _api, _request in wanted}) == 4


Client = Callable[[bool, str, str], int]


def clients_of(app: Flask, world: World, sign_in: SignIn) -> dict[str, Client]:
    """How each person sends a request: by cookie to pages, by token to the API."""
    found = {}
    for person in PEOPLE:
        anonymous = person == "anonymous"
        client = app.test_client() if anonymous else sign_in(person)
        token = "none"
        if not anonymous:
            with world.database.write() as session:
                token = accounts.create_token(session, LOCAL, name=person)
        found[person] = sender(client, app.test_client(), token)
    with world.database.write() as session:
        accounts.disable_user(session, LOCAL, name="gone")
    return found


def sender(browser: FlaskClient, program: FlaskClient, token: str) -> Client:
    def send(api: bool, method: str, url: str) -> int:
        if api:
            headers = {"Authorization": f"Bearer {token}"}
            return program.open(url, method=method, headers=headers, json={}).status_code
        data = form() if method == "POST" else None
        return browser.open(url, method=method, data=data).status_code

    return send
