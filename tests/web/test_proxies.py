"""Behind a proxy: whose word on addresses is believed, and which origin is our own."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from annotator.app import create_app
from annotator.config import Settings
from annotator.storage.engine import Database
from annotator.storage.tables import SignInFailure
from tests.web.pages import words
from tests.world import PASSWORD, World

PUBLIC = "https://annotate.example.org"


def make(database: Database, tmp_path: Path, **settings: object) -> Flask:
    url = database.url.render_as_string(hide_password=False)
    return create_app(Settings(tmp_path / "data", url, **settings), database)  # type: ignore[arg-type]


def sign_in(
    client: FlaskClient, base: str, *, password: str = PASSWORD, **headers: str
) -> tuple[int, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    page = client.get("/sign-in", base_url=base, headers=named).text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    form = {"username": "ann", "password": password, "csrf": token}
    answer = client.post("/sign-in", data=form, base_url=base, headers=named)
    return answer.status_code, words(answer.text)


@pytest.mark.parametrize(
    ("public", "base", "origin", "status"),
    [
        # Without a public address the one that was asked for counts.
        ("", "https://localhost", "https://localhost", 303),
        ("", "http://localhost:8000", "http://localhost:8000", 303),
        ("", "http://localhost:8000", "http://localhost:8001", 403),
        ("", "http://localhost", PUBLIC, 403),
        ("", "http://localhost", "null", 403),
        ("", "http://localhost", "http://[", 403),
        # With one, it alone counts, whatever name the proxy asks for.
        (PUBLIC, "http://127.0.0.1:8000", PUBLIC, 303),
        (PUBLIC, "http://127.0.0.1:8000", f"{PUBLIC}:443", 303),
        (f"{PUBLIC}:8443", PUBLIC, f"{PUBLIC}:8443", 303),
        (PUBLIC, PUBLIC, f"{PUBLIC}:8443", 403),
        (PUBLIC, PUBLIC, "http://annotate.example.org", 403),
        (PUBLIC, "http://evil.example", "http://evil.example", 403),
        (PUBLIC, "http://127.0.0.1:8000", "http://127.0.0.1:8000", 403),
        (PUBLIC, PUBLIC, "https://annotate.example.org:x", 403),
        (PUBLIC, PUBLIC, "null", 403),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_origin_is_compared_with_the_public_address(
    world: World, tmp_path: Path, public: str, base: str, origin: str, status: int
) -> None:
    world.person("ann")
    client = make(world.database, tmp_path, public_url=public).test_client()
    found, told = sign_in(client, base, Origin=origin)
    assert found == status
    if status == 403:
        assert "came from another site" in told
        assert public in told


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (0, "203.0.113.5", "127.0.0.1"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "198.51.100.1, 203.0.113.5", "203.0.113.5"),
        (2, "198.51.100.1, 203.0.113.5", "198.51.100.1"),
        (2, "192.0.2.66, 198.51.100.1, 203.0.113.5", "198.51.100.1"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_throttle_counts_the_address_that_our_own_proxies_saw(
    world: World, tmp_path: Path, proxies: int, forwarded: str, counted: str
) -> None:
    world.person("ann")
    client = make(world.database, tmp_path, proxies=proxies).test_client()
    base = "https://localhost"
    status, _ = sign_in(client, base, password="a wrong one", X_Forwarded_For=forwarded)
    assert status == 422
    with world.database.read() as session:
        assert session.scalars(select(SignInFailure.address)).all() == [counted]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_own_proxy_tells_the_name_that_was_asked_for(world: World, tmp_path: Path) -> None:
    world.person("ann")
    client = make(world.database, tmp_path, proxies=1, public_url=PUBLIC).test_client()
    told = {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "annotate.example.org"}
    assert sign_in(client, "http://127.0.0.1:8000", Origin=PUBLIC, **told)[0] == 303
    answer = client.get("/sign-in/", base_url="http://127.0.0.1:8000")
    assert answer.status_code == 404
