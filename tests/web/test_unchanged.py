"""Reading changes nothing: every GET but the two that say so."""

from flask import Flask

from tests.guards.test_routes import VALUES
from tests.rows import fingerprint
from tests.web.pages import SignIn
from tests.world import World

MAY_WRITE = {"queue.draw_next", "auth.start"}


def test_a_get_changes_nothing(app: Flask, world: World, sign_in: SignIn) -> None:
    world.project(mia="manager", victim="annotator")
    world.project("second", mia="manager")
    article = world.article()
    world.article(external_id="a2")
    world.article("second", external_id="b1")
    mia = world.actor("mia")
    world.mark(mia, article, "PATIENT_COUNT", 20, 25)
    client = sign_in("mia")
    adapter = app.url_map.bind("localhost", url_scheme="https")
    before, statuses = fingerprint(world.database), {}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in MAY_WRITE:
            continue
        if rule.endpoint == "assets.static_file":
            continue
        values = {name: VALUES[name] for name in rule.arguments}
        for article_id in (1, 2) if "article_id" in rule.arguments else (0,):
            if article_id:
                values["article_id"] = article_id
            url = adapter.build(rule.endpoint, values, method="GET")
            for method in ("GET", "HEAD", "OPTIONS"):
                statuses[method, url] = client.open(url, method=method).status_code
    assert fingerprint(world.database) == before
    assert 500 not in statuses.values()
    assert sum(status == 200 for status in statuses.values()) > 40
    assert client.get("/projects/second/next").status_code == 303
    assert fingerprint(world.database) != before
