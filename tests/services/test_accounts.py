"""Accounts: names, passwords, disabling, tokens."""

import pytest
from sqlalchemy import select

from annotator.domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, NotSignedIn
from annotator.domain.permissions import LOCAL
from annotator.services import accounts
from annotator.services.sessions import resume_session, resume_token, sign_in
from annotator.storage.tables import ApiToken, Event, User
from tests.web.pages import fingerprint
from tests.world import PASSWORD, World


def test_an_account_is_made_with_a_hash_that_only_its_password_fits(world: World) -> None:
    with world.database.write() as session:
        accounts.add_user(session, LOCAL, name="ann.b-c_1", role="member", password=PASSWORD)
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
    rows: list[tuple[type[DomainError], str, str, str]] = [
        (Invalid, "Ann", "member", PASSWORD),
        (Invalid, "", "member", PASSWORD),
        (Invalid, ".ann", "member", PASSWORD),
        (Invalid, "a\0b", "member", PASSWORD),
        (Invalid, "x" * 65, "member", PASSWORD),
        (Invalid, "ben", "manager", PASSWORD),
        (Invalid, "ben", "member", "x" * 9),
        (Invalid, "ben", "member", "x" * 201),
        (Conflict, "ann", "member", PASSWORD),
    ]
    for error, name, role, password in rows:
        with pytest.raises(error), world.database.write() as session:
            accounts.add_user(session, LOCAL, name=name, role=role, password=password)
    with pytest.raises(Forbidden), world.database.write() as session:
        accounts.add_user(session, ann, name="ben", role="admin", password=PASSWORD)
    for name in ("nobody", "", "a\0b"):
        with pytest.raises(NotFound), world.database.read() as session:
            accounts.find_user(session, name)
    assert fingerprint(world.database) == before


def test_a_new_password_ends_sessions_but_the_one_that_asked(world: World) -> None:
    ann = world.person("ann")
    with world.database.write() as session:
        here, elsewhere = (sign_in(session, user_id=world.people["ann"]) for _ in range(2))
    with world.database.write() as session:
        kept = accounts.hash_token(here)
        with pytest.raises(Forbidden):
            accounts.change_password(
                session, ann, old="wrong", new="something new", keep_session=kept
            )
        accounts.change_password(session, ann, old=PASSWORD, new="something new", keep_session=kept)
    with world.database.read() as session:
        assert resume_session(session, here).actor.name == "ann"
        with pytest.raises(NotSignedIn):
            resume_session(session, elsewhere)
    with world.database.write() as session:
        accounts.set_password(session, LOCAL, name="ann", password="set by the operator")
    with world.database.read() as session, pytest.raises(NotSignedIn):
        resume_session(session, here)


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
