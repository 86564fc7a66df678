"""One's own account: a new password and what it ends, and the API tokens."""

import sqlite3
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask

from annotator.app import create_app
from annotator.config import Settings
from annotator.domain.permissions import LOCAL
from annotator.services import accounts, throttle
from annotator.storage.engine import Database
from tests.rows import fingerprint
from tests.web.pages import SignIn, form, words
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
    monkeypatch.setattr(throttle, "FAILURES_PER_NAME", 2)
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


def test_no_password_is_hashed_while_others_wait_to_write(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not world.database.is_sqlite:
        pytest.skip("only SQLite has one writer at a time")
    world.person("ann")
    held: list[bool] = []
    for name in ("hash", "verify"):
        slow = getattr(PasswordHasher, name)

        def watched(self: PasswordHasher, *given: str, slow=slow) -> object:
            held.append(world.database._lock._threads._held)
            return slow(self, *given)

        monkeypatch.setattr(PasswordHasher, name, watched)
    client = sign_in("ann")
    assert client.post("/account", data=form(old=PASSWORD, new=NEW, again=NEW)).status_code == 303
    assert len(held) >= 3
    assert not any(held)


def test_a_password_is_given_and_changed_where_a_reader_holds_up_writers(
    tmp_path: Path, sqlite_template: Path
) -> None:
    path = tmp_path / "old.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    # The standard library's SQLite may be too old for WAL; then the journal is another.
    database = Database(f"sqlite:///{path}", module=sqlite3)
    World(database).person("ann")
    app = create_app(Settings(tmp_path, str(database.url)), database)
    assert enter(app, "ann", PASSWORD) == 303
    assert enter(app, "ann", "a wrong one") == 422
    client = app.test_client()
    page = client.get("/sign-in", base_url="https://localhost").text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    sent = {"username": "ann", "password": PASSWORD, "csrf": token}
    client.post("/sign-in", data=sent, base_url="https://localhost")
    page = client.get("/account", base_url="https://localhost").text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    sent = form(old=PASSWORD, new=NEW, again=NEW, csrf=token)
    answer = client.post("/account", data=sent, base_url="https://localhost")
    assert (answer.status_code, answer.location) == (303, "/account?did=password-changed")
    database.dispose()


def test_tokens_are_listed_and_revoked(world: World, app: Flask, sign_in: SignIn) -> None:
    world.person("ann")
    world.person("bob")
    with world.database.write() as session:
        first, second = (accounts.create_token(session, LOCAL, name="ann") for _ in range(2))
        foreign = accounts.create_token(session, LOCAL, name="bob")

    def status(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return app.test_client().get("/api/v1/projects", headers=headers).status_code

    client = sign_in("ann")
    page = client.get("/account").text
    assert all(secret not in page for secret in (first, second, foreign))
    assert (page.count("/account/tokens/"), "/account/tokens/3/" in page) == (2, False)
    before = fingerprint(world.database)
    for number in (3, 4):
        assert client.post(f"/account/tokens/{number}/revoke", data=form()).status_code == 404
    assert fingerprint(world.database) == before
    sent = form()
    for _ in range(2):
        answer = client.post("/account/tokens/1/revoke", data=sent)
        assert answer.location == "/account?did=token-revoked"
    assert "was revoked" in words(client.get(answer.location).text)
    assert (status(first), status(second), status(foreign)) == (401, 200, 200)
    changed = client.post("/account", data=form(old=PASSWORD, new=NEW, again=NEW))
    assert "API tokens have ended" in words(client.get(changed.location).text)
    assert (status(second), status(foreign)) == (401, 200)
    assert "you have no valid token" in words(client.get("/account").text)
