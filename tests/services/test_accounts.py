"""Accounts: names, passwords, disabling, tokens."""

import pytest
from sqlalchemy import select

from annotator.domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, NotSignedIn
from annotator.domain.permissions import LOCAL, Actor
from annotator.services import accounts
from annotator.services.sessions import actor_of, resume_session, resume_token, sign_in
from annotator.storage.tables import ApiToken, Event, User
from tests.crowd import together
from tests.rows import count, fingerprint
from tests.world import PASSWORD, World, password_hash


def test_an_account_is_made_with_a_hash_that_only_its_password_fits(world: World) -> None:
    secret = accounts.hash_password(PASSWORD)
    with world.database.write() as session:
        accounts.add_user(session, LOCAL, name="ann.b-c_1", role="member", password_hash=secret)
    with world.database.read() as session:
        user = session.scalars(select(User)).one()
        assert user.password_hash.startswith("$argon2id$")
        assert accounts.password_matches(user.password_hash, PASSWORD)
        assert not accounts.password_matches(user.password_hash, PASSWORD + " ")
        assert not accounts.password_matches("no hash", PASSWORD)
        assert PASSWORD not in str(session.execute(select(Event)).all())


def test_what_cannot_be_an_account_is_refused(world: World) -> None:
    ann = world.person("ann")
    before = fingerprint(world.database)
    rows: list[tuple[type[DomainError], str, str]] = [
        (Invalid, "Ann", "member"),
        (Invalid, "", "member"),
        (Invalid, ".ann", "member"),
        (Invalid, "a\0b", "member"),
        (Invalid, "x" * 65, "member"),
        (Invalid, "gold", "member"),
        (Invalid, "ben", "manager"),
        (Conflict, "ann", "member"),
    ]
    secret = password_hash()
    for error, name, role in rows:
        with pytest.raises(error), world.database.write() as session:
            accounts.add_user(session, LOCAL, name=name, role=role, password_hash=secret)
    for password in ("", "x" * 9, "x" * 201):
        with pytest.raises(Invalid, match="has 10 to 200 characters"):
            accounts.hash_password(password)
    with pytest.raises(Forbidden), world.database.write() as session:
        accounts.add_user(session, ann, name="ben", role="admin", password_hash=secret)
    for name in ("nobody", "", "a\0b"):
        with pytest.raises(NotFound), world.database.read() as session:
            accounts.find_user(session, name)
    assert fingerprint(world.database) == before


def test_an_account_added_twice_at_once_is_there_once(world: World) -> None:
    def add() -> str:
        with world.database.write() as session:
            secret = password_hash()
            accounts.add_user(session, LOCAL, name="ann", role="member", password_hash=secret)
        return "made"

    found = together([add] * 4)
    refused = [error for error in found if isinstance(error, Conflict)]
    assert (found.count("made"), len(refused)) == (1, 3)
    assert count(world.database, Event) == 1


def test_a_new_password_ends_tokens_and_all_sessions_but_the_one_that_asked(world: World) -> None:
    ann = world.person("ann")
    new = accounts.hash_password("something new")
    with world.database.write() as session:
        here, elsewhere = (sign_in(session, user_id=world.people["ann"]) for _ in range(2))
        token = accounts.create_token(session, LOCAL, name="ann")
    kept = accounts.hash_token(here)
    with world.database.read() as session:
        proven = session.scalars(select(User.password_hash)).one()
    with world.database.write() as session:
        accounts.change_password(session, ann, proven=proven, password_hash=new, keep_session=kept)
    with world.database.read() as session:
        assert resume_session(session, here).actor.name == "ann"
        for resume, value in ((resume_session, elsewhere), (resume_token, token)):
            with pytest.raises(NotSignedIn):
                resume(session, value)
    with pytest.raises(Conflict), world.database.write() as session:
        accounts.change_password(
            session, ann, proven=proven, password_hash=password_hash(), keep_session=kept
        )
    with world.database.write() as session:
        token = accounts.create_token(session, LOCAL, name="ann")
        accounts.set_password(session, LOCAL, name="ann", password_hash=password_hash())
    with world.database.read() as session:
        for resume, value in ((resume_session, here), (resume_token, token)):
            with pytest.raises(NotSignedIn):
                resume(session, value)


def test_somebody_whose_password_was_changed_meanwhile_does_not_get_in(world: World) -> None:
    world.person("ann")
    with world.database.write() as session:
        with pytest.raises(Forbidden):
            sign_in(session, user_id=world.people["ann"], password_hash="an older one")
        sign_in(session, user_id=world.people["ann"], password_hash=password_hash())


def test_tokens_are_listed_and_revoked_by_their_owner_or_an_admin(world: World) -> None:
    ann, bob, root = world.person("ann"), world.person("bob"), world.person("root", "admin")
    with world.database.write() as session:
        secrets = [accounts.create_token(session, LOCAL, name="ann") for _ in range(3)]

    def valid(actor: Actor) -> list[int]:
        with world.database.read() as session:
            return [token.id for token in accounts.list_tokens(session, actor, name="ann")]

    first, second, third = valid(ann)
    assert valid(root) == valid(LOCAL) == [first, second, third]
    for actor, token in ((ann, second), (root, third)):
        with world.database.write() as session:
            accounts.revoke_token(session, actor, name="ann", token_id=token)
    before = fingerprint(world.database)
    with pytest.raises(Forbidden):
        valid(bob)
    refused: list[tuple[type[DomainError], Actor, str, int]] = [
        (Forbidden, bob, "ann", first),
        (NotFound, bob, "bob", first),
        (NotFound, ann, "ann", second),
        (NotFound, LOCAL, "ann", 999),
        (NotFound, LOCAL, "nobody", first),
    ]
    for error, actor, name, token in refused:
        with pytest.raises(error), world.database.write() as session:
            accounts.revoke_token(session, actor, name=name, token_id=token)
    assert fingerprint(world.database) == before
    with world.database.read() as session:
        assert resume_token(session, secrets[0]).name == "ann"
        for secret in secrets[1:]:
            with pytest.raises(NotSignedIn):
                resume_token(session, secret)


def test_a_disabled_account_loses_sessions_and_tokens(world: World) -> None:
    world.person("ann")
    with world.database.write() as session:
        secret = sign_in(session, user_id=world.people["ann"])
        token = accounts.create_token(session, LOCAL, name="ann")
        assert token not in session.scalars(select(ApiToken.token_hash)).all()
    with world.database.read() as session:
        assert resume_token(session, token).via == "api"
    with world.database.write() as session:
        accounts.disable_user(session, LOCAL, name="ann")
    with world.database.read() as session:
        for resume, value in ((resume_session, secret), (resume_token, token)):
            with pytest.raises(NotSignedIn):
                resume(session, value)
    with world.database.write() as session, pytest.raises(Forbidden):
        sign_in(session, user_id=world.people["ann"])
    with world.database.write() as session, pytest.raises(Conflict):
        accounts.create_token(session, LOCAL, name="ann")
    with world.database.read() as session, pytest.raises(Forbidden, match="was disabled"):
        actor_of(session, world.people["ann"])


def test_an_enabled_account_signs_in_again_but_nothing_comes_back(world: World) -> None:
    world.person("ann")
    with world.database.write() as session:
        token = accounts.create_token(session, LOCAL, name="ann")
    with pytest.raises(Conflict), world.database.write() as session:
        accounts.enable_user(session, LOCAL, name="ann")
    with world.database.write() as session:
        accounts.disable_user(session, LOCAL, name="ann")
    with world.database.write() as session:
        accounts.enable_user(session, LOCAL, name="ann")
        sign_in(session, user_id=world.people["ann"])
    with world.database.read() as session:
        assert actor_of(session, world.people["ann"]).name == "ann"
        with pytest.raises(NotSignedIn):
            resume_token(session, token)
