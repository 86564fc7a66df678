"""Signing in and out, and what a request is admitted to."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from annotator.domain.permissions import LOCAL
from annotator.services import accounts, sessions, throttle
from annotator.storage.tables import SignInSession, now
from tests.rows import fingerprint
from tests.web.pages import SignIn, words
from tests.world import PASSWORD, World

BASE = "https://localhost"


def form_of(client: FlaskClient, **fields: str) -> dict[str, str]:
    page = client.get("/sign-in", base_url=BASE).text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    return {"csrf": token, "username": "ann", "password": PASSWORD, **fields}


def test_signing_in_sets_a_cookie_that_scripts_and_other_hosts_never_get(
    world: World, app: Flask
) -> None:
    world.person("ann")
    client = app.test_client()
    answer = client.post("/sign-in", data=form_of(client), base_url=BASE)
    assert (answer.status_code, answer.location) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-annotator=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_after_signing_in_one_lands_on_a_page_of_this_application(world: World, app: Flask) -> None:
    world.person("ann")
    rows = {
        "/projects/trials?state=new": "/projects/trials?state=new",
        "": "/",
        "https://elsewhere.example/": "/",
        "//elsewhere.example/": "/",
        "/\\elsewhere.example/": "/",
        "\\\\elsewhere.example/": "/",
        "/\t/elsewhere.example/": "/",
        "javascript:alert(1)": "/",
        "/\r\nSet-Cookie: a=b": "/",
    }
    for target, expected in rows.items():
        client = app.test_client()
        page = client.get("/sign-in", query_string={"next": target}, base_url=BASE)
        assert page.status_code == 200
        answer = client.post("/sign-in", data=form_of(client, next=target), base_url=BASE)
        assert (target, answer.location) == (target, expected)


def test_a_wrong_name_and_a_wrong_password_look_alike(world: World, app: Flask) -> None:
    world.person("ann")
    gone = world.person("gone")
    with world.database.write() as session:
        accounts.disable_user(session, LOCAL, name=gone.name)
    client = app.test_client()
    rows = [
        {"password": "wrong password"},
        {"username": "nobody"},
        {"username": "gone"},
        {"username": ""},
        {"username": "an\0n"},
        {"username": "x" * 5000},
    ]
    pages = set()
    for row in rows:
        answer = client.post("/sign-in", data=form_of(client, **row), base_url=BASE)
        assert (row, answer.status_code) == (row, 422)
        assert "Set-Cookie" not in answer.headers
        pages.add(words(answer.text))
    assert len(pages) == 1
    assert "User name or password is not right" in pages.pop()


def test_ten_failures_close_the_door_for_a_while(world: World, app: Flask) -> None:
    world.person("ann")
    client = app.test_client()
    with world.database.write() as session:
        for _ in range(throttle.FAILURES_PER_NAME - 1):
            throttle.count_attempt(session, name="ann", address="192.0.2.1")
    wrong = form_of(client, password="wrong password")
    assert client.post("/sign-in", data=wrong, base_url=BASE).status_code == 422
    answer = client.post("/sign-in", data=form_of(client), base_url=BASE)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "600"
    assert "Wait ten minutes" in words(answer.text)


def test_signing_out_ends_the_session(world: World, sign_in: SignIn) -> None:
    world.person("ann")
    client = sign_in("ann")
    cookie = client.get_cookie("__Host-annotator")
    assert cookie
    assert client.post("/sign-out").location == "/sign-in"
    assert client.get_cookie("__Host-annotator") is None
    client.set_cookie("__Host-annotator", cookie.value, secure=True)
    assert client.get("/").status_code == 303


@pytest.mark.parametrize("column", ["seen_at", "created_at"])
def test_an_old_session_has_ended(world: World, sign_in: SignIn, column: str) -> None:
    world.project(mia="manager")
    client = sign_in("mia")
    with world.database.write() as session:
        moment = now() - sessions.ABSOLUTE_LIMIT - timedelta(minutes=1)
        session.execute(update(SignInSession).values({column: moment}))
    before = fingerprint(world.database)
    answer = client.get("/projects/trials/articles?state=new")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/projects/trials/articles?state%3Dnew"
    answer = client.post("/projects/trials/members", data={"user": "mia", "role": "annotator"})
    assert answer.status_code == 401
    assert "Your session has ended" in words(answer.text)
    assert fingerprint(world.database) == before


def test_a_disabled_account_is_out_at_once(world: World, sign_in: SignIn) -> None:
    world.project(ann="annotator")
    client = sign_in("ann")
    assert client.get("/projects/trials").status_code == 200
    with world.database.write() as session:
        accounts.disable_user(session, LOCAL, name="ann")
    assert client.get("/projects/trials").status_code == 303


def test_a_start_link_signs_in_once(world: World, app: Flask) -> None:
    world.project(ann="annotator")
    with world.database.write() as session:
        secret = sessions.create_start_link(session, LOCAL, name="ann", target="/projects/trials")
    client = app.test_client()
    answer = client.get(f"/start/{secret}", base_url=BASE)
    assert (answer.status_code, answer.location) == (303, "/projects/trials")
    assert client.get("/projects/trials", base_url=BASE).status_code == 200
    again = app.test_client().get(f"/start/{secret}", base_url=BASE)
    assert again.status_code == 404
    assert "used already" in words(again.text)


def test_a_start_link_works_on_its_own_machine_only(world: World, app: Flask) -> None:
    world.project(ann="annotator")
    with world.database.write() as session:
        secret = sessions.create_start_link(session, LOCAL, name="ann", target="/")
    client = app.test_client()
    before = fingerprint(world.database)
    for address in ("192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1", "10.0.0.1", "", "nonsense"):
        answer = client.get(f"/start/{secret}", environ_overrides={"REMOTE_ADDR": address})
        assert (address, answer.status_code) == (address, 403)
        assert "only on the machine that runs the demo" in words(answer.text)
    assert fingerprint(world.database) == before
    for address in ("127.0.0.2", "::1", "::ffff:127.0.0.1"):
        answer = client.get("/start/unknown", environ_overrides={"REMOTE_ADDR": address})
        assert (address, answer.status_code) == (address, 404)


AHEAD = [
    ("GET", {"Sec-Purpose": "prefetch"}),
    ("GET", {"Sec-Purpose": "prefetch;prerender"}),
    ("GET", {"Sec-Purpose": "prefetch;anonymous-client-ip"}),
    ("GET", {"Purpose": "prefetch"}),
    ("GET", {"X-Moz": "prefetch"}),
    ("HEAD", {}),
]


def test_what_is_fetched_ahead_has_no_effect(world: World, app: Flask, sign_in: SignIn) -> None:
    world.project(ann="annotator")
    world.article()
    with world.database.write() as session:
        secret = sessions.create_start_link(session, LOCAL, name="ann", target="/")
    client = sign_in("ann")
    before = fingerprint(world.database)
    for method, headers in AHEAD:
        for path in ("/projects/trials/next", f"/start/{secret}"):
            answer = client.open(path, method=method, headers=headers)
            assert (headers, answer.status_code) == (headers, 204)
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Cache-Control"] == "no-store"
    assert fingerprint(world.database) == before
    assert client.get("/projects/trials/next").location == "/projects/trials/articles/1"
    assert client.get(f"/start/{secret}").status_code == 303
    assert client.get("/", headers={"Sec-Purpose": "prefetch"}).status_code == 200
