"""The bar at the top, and what a page says after a form."""

import re

from tests.web.pages import SignIn, words
from tests.world import World


def bar(page: str) -> list[str]:
    return re.findall(r'<li><a href="[^"]*"[^>]*>([^<]*)</a></li>', page)


def test_the_bar_offers_what_the_role_allows(world: World, sign_in: SignIn) -> None:
    world.project(ann="annotator", rea="reviewer", mia="manager")
    world.person("root", "admin")
    rows = {
        "ann": ["trials", "Queue", "Scheme"],
        "rea": ["trials", "Queue", "Export", "Scheme", "Members"],
        "mia": ["trials", "Queue", "Import", "Export", "Scheme", "Members"],
        "root": ["trials", "Queue", "Scheme", "Members"],
    }
    for person, entries in rows.items():
        page = sign_in(person).get("/projects/trials/scheme").text
        assert (person, bar(page)) == (person, entries)
        assert '/projects/trials/scheme" aria-current="page"' in page
        assert bar(sign_in(person).get("/").text) == []


def test_an_address_says_only_what_is_in_the_closed_list(world: World, sign_in: SignIn) -> None:
    world.project(ann="annotator")
    client = sign_in("ann")
    assert "The settings were stored." in client.get("/projects/trials?did=project-changed").text
    for code in ("", "nothing", "<script>", "You were hacked"):
        page = client.get("/projects/trials", query_string={"did": code}).text
        assert 'class="notice' not in page
        assert "hacked" not in words(page)
