"""Every route of the API names a permission, and keeps it."""

import pytest
from flask import Flask

from annotator.api.contract import CONTRACTS
from annotator.api.policy import ROUTES
from annotator.domain.permissions import ACCOUNT_PERMISSIONS, PROJECT_PERMISSIONS
from tests.api.conftest import BASE, Call, Caller
from tests.world import World, new_id

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def faults(app: Flask) -> list[str]:
    """What is wrong with the routes of ``app`` below the API, or with the table."""
    rules = {r.endpoint: r for r in app.url_map.iter_rules() if r.endpoint.startswith("api.")}
    found = [f"{name} names no permission" for name in rules if name not in ROUTES]
    found += [f"{name} has no contract" for name in rules if name[4:] not in CONTRACTS]
    found += [f"{name} is no route" for name in ROUTES if name not in rules]
    for name, permission in ROUTES.items():
        known = PROJECT_PERMISSIONS if "<slug>" in str(rules.get(name)) else ACCOUNT_PERMISSIONS
        if name in rules and permission not in known:
            found.append(f"{name} asks for {permission}, which does not fit its address")
    return found


def test_every_route_names_its_permission(app: Flask) -> None:
    assert faults(app) == []


def test_a_route_without_one_is_found_and_closed(
    app: Flask, trials: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = call("root")
    assert root("GET", "/projects").status_code == 200
    monkeypatch.delitem(ROUTES, "api.list_projects")
    assert faults(app) == ["api.list_projects names no permission"]
    answer = root("GET", "/projects")
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


def test_a_permission_of_the_wrong_kind_is_found(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ROUTES, "api.show_project", "signed-in")
    assert faults(app) == ["api.show_project asks for signed-in, which does not fit its address"]


ARTICLE = "/projects/trials/articles/{article}"
MARK = f"{ARTICLE}/annotations/{new_id()}"
SPAN = {"start": 0, "end": 5, "label": "PATIENT_COUNT"}


RIGHTS: list[tuple[str, str, object, dict[str, int]]] = [
    ("GET", "/openapi.json", None, {"": 200, "ann": 200, "cat": 200}),
    ("GET", "/projects", None, {"": 401, "ann": 200, "cat": 200, "root": 200}),
    ("POST", "/projects", {"slug": "new-one"}, {"": 401, "ann": 403, "boss": 403, "root": 201}),
    ("GET", "/projects/trials", None, {"": 401, "ann": 200, "cat": 404, "root": 200}),
    ("GET", "/projects/nothing", None, {"": 401, "ann": 404, "root": 404}),
    ("GET", "/projects/trials/articles", None, {"": 401, "ann": 200, "cat": 404, "root": 403}),
    (
        "POST",
        "/projects/trials/articles",
        {"text": "More."},
        {"": 401, "ann": 403, "rev": 403, "cat": 404, "root": 403, "boss": 201},
    ),
    ("GET", ARTICLE, None, {"": 401, "ann": 200, "rev": 200, "cat": 404, "root": 403}),
    ("PUT", MARK, SPAN, {"": 401, "cat": 404, "root": 403, "ann": 201}),
    ("PATCH", MARK, {}, {"": 401, "cat": 404, "root": 403, "boss": 404, "ann": 200}),
    ("GET", MARK, None, {"": 401, "cat": 404, "root": 403, "boss": 200, "ann": 200}),
    ("DELETE", MARK, None, {"": 401, "cat": 404, "root": 403, "boss": 404, "ann": 204}),
    ("GET", f"{ARTICLE}/annotations", None, {"": 401, "cat": 404, "root": 403, "ann": 200}),
    ("POST", f"{ARTICLE}/done", None, {"": 401, "cat": 404, "root": 403, "ann": 200}),
    (
        "POST",
        f"{ARTICLE}/reopen",
        None,
        {"": 401, "cat": 404, "root": 403, "boss": 409, "ann": 200},
    ),
    (
        "POST",
        f"{ARTICLE}/skip",
        {"reason": "duplicate"},
        {"": 401, "cat": 404, "root": 403, "ann": 200},
    ),
    (
        "POST",
        "/projects/trials/exports",
        {"format": "jsonl"},
        {"": 401, "ann": 403, "cat": 404, "rev": 202},
    ),
    ("GET", "/jobs/1", None, {"": 401, "cat": 404, "root": 403, "ann": 200}),
    ("GET", "/jobs/2", None, {"": 401, "cat": 404, "ann": 403, "rev": 200}),
    ("GET", "/jobs/2/file", None, {"": 401, "cat": 404, "ann": 403, "rev": 409}),
]


def test_who_may(trials: World, call: Call, stranger: Caller) -> None:
    article = trials.article()
    callers = {name: call(name) for name in ("ann", "boss", "cat", "rev", "root")} | {"": stranger}
    for method, path, body, statuses in RIGHTS:
        address = path.format(article=article)
        options = {} if body is None else {"json": body}
        for name, status in statuses.items():
            answer = callers[name](method, address, **options)
            assert (name, method, path, answer.status_code) == (name, method, path, status)
            if status >= 400:
                assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("header", "error"),
    [
        (None, False),
        ("", True),
        ("Bearer", True),
        ("Bearer ", True),
        ("Bearer wrong", True),
        ("Basic YTpi", True),
        ("Bearer \xff\xfe", True),
    ],
)
def test_a_token_that_is_none(stranger: Caller, header: str | None, error: bool) -> None:
    answer = stranger(
        "GET", "/projects", headers={} if header is None else {"Authorization": header}
    )
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="annotator"')
    assert ("invalid_token" in answer.headers["WWW-Authenticate"]) == error


def test_a_cookie_counts_for_nothing(trials: World, sign_in, app: Flask) -> None:
    client = sign_in("ann")
    assert client.get("/").status_code == 200
    assert client.get(f"{BASE}/projects").status_code == 401
