"""``annotator user``: accounts from the command line."""

import json

from sqlalchemy import insert, select

from annotator.services.accounts import hash_token, password_matches
from annotator.storage.engine import Database
from annotator.storage.tables import ApiToken, Event, SignInSession, User, now
from tests.cli.conftest import Annotator
from tests.rows import count, fingerprint

PASSWORD = "a long password"


def test_an_account_is_made_with_the_password_that_was_typed(
    annotator: Annotator, database: Database
) -> None:
    ran = annotator("user", "add", "ada", "--password-stdin", typed=f"{PASSWORD}\r\nmore\n")
    assert (ran.code, ran.out, ran.err) == (0, "Account ada (member) was made.\n", "")
    ran = annotator("user", "add", "bo", "--role", "admin", "--password-stdin", typed=PASSWORD)
    assert ran.code == 0
    with database.read() as session:
        users = session.scalars(select(User).order_by(User.id)).all()
        event = session.scalars(select(Event).order_by(Event.id)).first()
    assert [(user.name, user.role) for user in users] == [("ada", "member"), ("bo", "admin")]
    assert all(password_matches(user.password_hash, PASSWORD) for user in users)
    assert event is not None
    assert (event.kind, event.via, event.actor_id) == ("account.added", "cli", None)


def test_what_cannot_be_an_account_is_refused(annotator: Annotator, database: Database) -> None:
    annotator("user", "add", "ada", "--password-stdin", typed=PASSWORD)
    before = fingerprint(database)
    for arguments, typed, code, words in (
        (("add", "ada"), PASSWORD, 1, "There is an account “ada” already"),
        (("add", "Ada B"), PASSWORD, 1, "is not a user name"),
        (("add", "gold"), PASSWORD, 1, "is not a user name"),
        (("add", "bo"), "short", 1, "has 10 to 200 characters; this one has 5"),
        (("add", "bo"), "", 1, "this one has 0"),
        (("password", "nobody"), PASSWORD, 1, "There is no account “nobody”"),
        (("password", "ada"), "short", 1, "has 10 to 200"),
        (("add", "bo", "--role", "king"), PASSWORD, 2, "is not one of 'admin', 'member'"),
        (("add",), PASSWORD, 2, "Missing argument 'NAME'"),
    ):
        ran = annotator("user", *arguments, "--password-stdin", typed=typed)
        assert (ran.code, ran.out) == (code, "")
        assert words in ran.err
        assert "Traceback" not in ran.err
    for arguments in (
        ("disable", "nobody"),
        ("enable", "nobody"),
        ("token", "nobody"),
        ("token", "nobody", "--list"),
        ("token", "nobody", "--revoke", "1"),
    ):
        ran = annotator("user", *arguments)
        assert (ran.code, ran.out) == (1, "")
        assert "There is no account “nobody”" in ran.err
    assert fingerprint(database) == before


def test_a_new_password_ends_all_sessions(annotator: Annotator, database: Database) -> None:
    annotator("user", "add", "ada", "--password-stdin", typed=PASSWORD)
    with database.write() as session:
        row = {"token_hash": "x", "user_id": 1, "created_at": now(), "seen_at": now()}
        session.execute(insert(SignInSession), [row])
    ran = annotator("user", "password", "ada", "--password-stdin", typed="another long one\n")
    assert ran.code == 0
    assert "all sessions of ada were ended" in ran.out
    assert count(database, SignInSession) == 0
    with database.read() as session:
        user = session.scalars(select(User)).one()
    assert password_matches(user.password_hash, "another long one")


def test_a_token_is_printed_alone_and_kept_as_a_hash(
    annotator: Annotator, database: Database
) -> None:
    annotator("user", "add", "ada", "--password-stdin", typed=PASSWORD)
    ran = annotator("user", "token", "ada")
    assert (ran.code, ran.err, len(ran.out.split())) == (0, "", 1)
    with database.read() as session:
        token = session.scalars(select(ApiToken)).one()
    assert token.token_hash == hash_token(ran.out.strip())


def test_a_disabled_account_is_shut_with_its_tokens(
    annotator: Annotator, database: Database
) -> None:
    annotator("user", "add", "ada", "--password-stdin", typed=PASSWORD)
    annotator("user", "token", "ada")
    ran = annotator("user", "disable", "ada")
    assert ran.code == 0
    assert "all work stays" in ran.out
    with database.read() as session:
        assert session.scalars(select(User)).one().disabled_at is not None
        assert session.scalars(select(ApiToken)).one().revoked_at is not None


def test_tokens_are_listed_and_revoked_by_their_number(
    annotator: Annotator, database: Database
) -> None:
    annotator("user", "add", "ada", "--password-stdin", typed=PASSWORD)
    assert annotator("user", "token", "ada", "--list").out == ""
    secrets = [annotator("user", "token", "ada").out.strip() for _ in range(2)]
    ran = annotator("user", "token", "ada", "--list")
    assert [line.split("\tmade ")[0] for line in ran.out.splitlines()] == ["1", "2"]
    assert not any(secret in ran.out for secret in secrets)
    ran = annotator("user", "token", "ada", "--revoke", "1")
    assert (ran.code, ran.out) == (0, "Token 1 was revoked.\n")
    before = fingerprint(database)
    for arguments, code, words in (
        (("--revoke", "1"), 1, "no valid token 1"),
        (("--revoke", "7"), 1, "no valid token 7"),
        (("--revoke", "x"), 2, "not a valid integer"),
        (("--revoke", "9" * 20), 2, "is not in the range"),
        (("--revoke", "2", "--list"), 2, "cannot go together"),
    ):
        ran = annotator("user", "token", "ada", *arguments)
        assert (ran.code, ran.out) == (code, "")
        assert words in ran.err
    assert fingerprint(database) == before
    told = json.loads(annotator("user", "token", "ada", "--list", "--json").out)
    assert [token["id"] for token in told["tokens"]] == [2]
    annotator("user", "password", "ada", "--password-stdin", typed="another long one\n")
    assert json.loads(annotator("user", "token", "ada", "--list", "--json").out) == {"tokens": []}


def test_a_disabled_account_is_enabled_again(annotator: Annotator, database: Database) -> None:
    annotator("user", "add", "ada", "--password-stdin", typed=PASSWORD)
    ran = annotator("user", "enable", "ada")
    assert (ran.code, "is not disabled" in ran.err) == (1, True)
    annotator("user", "disable", "ada")
    ran = annotator("user", "enable", "ada")
    assert ran.code == 0
    assert "may sign in again" in ran.out
    with database.read() as session:
        assert session.scalars(select(User)).one().disabled_at is None
