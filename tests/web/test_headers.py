"""Security headers of every answer."""

import re

from flask import Flask

from tests.web.pages import SignIn
from tests.world import World


def test_every_answer_has_a_strict_policy_with_its_own_nonce(
    world: World, app: Flask, sign_in: SignIn
) -> None:
    world.project(mia="manager")
    client = sign_in("mia")
    nonces = set()
    for path in ("/", "/projects/trials/scheme", "/nothing", "/projects/nothing", "/health"):
        answer = client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        nonce = re.search(r"'nonce-([^']+)'", policy)
        assert nonce
        nonces.add(nonce[1])
        assert set(re.findall(r'nonce="([^"]*)"', answer.text)) <= {nonce[1]}
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert {"Cookie", "HX-Request"} <= set(answer.vary)
    assert len(nonces) == 5


def test_tokens_differ_in_every_answer(world: World, sign_in: SignIn) -> None:
    world.person("ann")
    client = sign_in("ann")
    found = re.compile(r'name="csrf-token" content="([^"]+)"')
    tokens = {found.findall(client.get("/").text)[0] for _ in range(3)}
    assert len(tokens) == 3
