"""Errors: a true status, a sentence, a page or a partial."""

import logging

import pytest
from flask import Flask

from annotator.domain import errors
from annotator.web.errors import STATUS, status_of
from annotator.web.policy import ROUTES
from tests.web.pages import SignIn, words
from tests.world import World


def test_each_kind_of_error_has_a_status() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    assert set(kinds) - {errors.DomainError} == set(STATUS)
    assert status_of(errors.Duplicate("twice", existing="x")) == 409


def test_pages_get_a_page_and_scripts_a_partial(world: World, sign_in: SignIn) -> None:
    world.person("ann")
    client = sign_in("ann")
    page = client.get("/projects/nothing")
    partial = client.get("/projects/nothing", headers={"HX-Request": "true"})
    restored = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert (page.status_code, partial.status_code) == (404, 404)
    assert "Back to the projects" in words(page.text)
    assert partial.text.startswith('<p class="error" role="alert" data-code="not-found">')
    assert "<html" in client.get("/projects/nothing", headers=restored).text


def test_a_script_that_is_signed_out_is_told_so(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/account").status_code == 303
    assert client.get("/account", headers={"HX-Request": "true"}).status_code == 401


def test_an_unexpected_error_tells_nothing_and_is_logged(
    app: Flask, world: World, sign_in: SignIn, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def fail() -> str:
        raise RuntimeError("the secret detail")

    world.person("ann")
    app.add_url_rule("/fail", "fail", fail)
    monkeypatch.setitem(ROUTES, "fail", "signed-in")
    with caplog.at_level(logging.ERROR):
        answer = sign_in("ann").get("/fail")
    assert answer.status_code == 500
    assert "Something went wrong on the server" in words(answer.text)
    assert "secret" not in answer.text
    assert "the secret detail" in caplog.text
