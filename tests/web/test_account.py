"""One's own account: a new password, and what it ends."""

import pytest
from flask import Flask

from annotator.services import sessions
from tests.web.pages import SignIn, fingerprint, form, words
from tests.world import PASSWORD, World

NEW = "another long password"


def enter(app: Flask, name: str, password: str) -> int:
    client = app.test_client()
    page = client.get("/sign-in", base_url="https://localhost").text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    sent = {"username": name, "password": password, "csrf": token}
    return client.post("/sign-in", data=sent, base_url="https://localhost").status_code


def test_a_new_password_replaces_the_old_one_and_ends_other_sessions(
    world: World, app: Flask, sign_in: SignIn
) -> None:
    world.person("ann")
    here, elsewhere = sign_in("ann"), sign_in("ann")
    sent = form(old=PASSWORD, new=NEW, again=NEW)
    for _ in range(2):
        answer = here.post("/account", data=sent)
        assert answer.location == "/account?did=password-changed"
    assert "password was changed" in words(here.get(answer.location).text)
    assert elsewhere.get("/account").status_code == 303
    assert enter(app, "ann", PASSWORD) == 422
    assert enter(app, "ann", NEW) == 303


def test_refusals_say_why_and_never_show_a_password(world: World, sign_in: SignIn) -> None:
    world.person("ann")
    client = sign_in("ann")
    rows = [
        (form(old=PASSWORD, new=NEW, again=NEW + "x"), 422, "differ"),
        (form(old=PASSWORD, new="short", again="short"), 422, "10 to 200 characters"),
        (form(old=PASSWORD, new="x" * 201, again="x" * 201), 422, "10 to 200 characters"),
    ]
    before = fingerprint(world.database)
    for sent, status, sentence in rows:
        answer = client.post("/account", data=sent)
        assert (answer.status_code, sentence in words(answer.text)) == (status, True)
        assert sent["new"] not in answer.text
    assert fingerprint(world.database) == before


def test_guessing_the_present_password_is_slowed_down(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "FAILURES_PER_NAME", 2)
    world.person("ann")
    client = sign_in("ann")
    with world.database.read() as session:
        before = session.connection().exec_driver_sql("SELECT password_hash FROM users").all()
    wrong = {"old": "not the password", "new": NEW, "again": NEW}
    for status in (403, 403, 429):
        assert client.post("/account", data=form(**wrong)).status_code == status
    right = form(old=PASSWORD, new=NEW, again=NEW)
    assert client.post("/account", data=right).status_code == 429
    with world.database.read() as session:
        after = session.connection().exec_driver_sql("SELECT password_hash FROM users").all()
    assert after == before
