"""Who may do what, written out once more by hand."""

import pytest

from annotator.domain.errors import Forbidden, NotFound
from annotator.domain.permissions import (
    ACCOUNT_PERMISSIONS,
    LOCAL,
    PROJECT_PERMISSIONS,
    Actor,
    may,
    require,
    sees_others,
)

HERE, ELSEWHERE = 1, 2
ACTORS = {
    "anonymous": Actor(None, "", "anonymous", "web"),
    "stranger": Actor(1, "s", "member", "web", {ELSEWHERE: "manager"}),
    "annotator": Actor(2, "a", "member", "web", {HERE: "annotator"}),
    "reviewer": Actor(3, "r", "member", "web", {HERE: "reviewer"}),
    "manager": Actor(4, "m", "member", "web", {HERE: "manager"}),
    "admin": Actor(5, "b", "admin", "web"),
    "local": LOCAL,
}
ALL = "annotator reviewer manager local"
PROJECT = {
    "project:see": f"{ALL} admin",
    "article:read": ALL,
    "article:annotate": ALL,
    "article:import": "manager local",
    "layer:see-others": "reviewer manager local",
    "scheme:see": f"{ALL} admin",
    "scheme:edit": "manager local",
    "members:see": "reviewer manager local admin",
    "members:edit": "manager local admin",
    "project:edit": "manager local admin",
    "export:make": "reviewer manager local",
    "history:see": "reviewer manager local",
}
ACCOUNT = {
    "anyone": "anonymous stranger annotator reviewer manager admin local",
    "signed-in": "stranger annotator reviewer manager admin local",
    "project:create": "admin local",
    "accounts:edit": "admin local",
}


def test_the_expectation_names_every_permission() -> None:
    assert PROJECT.keys() == PROJECT_PERMISSIONS.keys()
    assert ACCOUNT.keys() == ACCOUNT_PERMISSIONS.keys()


@pytest.mark.parametrize("permission", PROJECT)
def test_a_project_is_open_to_the_roles_of_the_table(permission: str) -> None:
    allowed = {name for name, actor in ACTORS.items() if may(actor, permission, HERE)}
    assert allowed == set(PROJECT[permission].split())


@pytest.mark.parametrize("permission", ACCOUNT)
def test_an_account_may_what_the_table_says(permission: str) -> None:
    allowed = {name for name, actor in ACTORS.items() if may(actor, permission)}
    assert allowed == set(ACCOUNT[permission].split())


def test_no_project_no_permission() -> None:
    assert not may(ACTORS["manager"], "project:see", None)
    assert not may(LOCAL, "no such thing", HERE)


@pytest.mark.parametrize(
    ("name", "permission", "error"),
    [
        ("stranger", "project:see", NotFound),
        ("stranger", "scheme:edit", NotFound),
        ("anonymous", "article:read", NotFound),
        ("annotator", "scheme:edit", Forbidden),
        ("annotator", "layer:see-others", Forbidden),
        ("reviewer", "article:import", Forbidden),
        ("admin", "article:annotate", Forbidden),
        ("admin", "export:make", Forbidden),
    ],
)
def test_what_is_hidden_looks_absent_and_the_rest_forbidden(
    name: str, permission: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        require(ACTORS[name], permission, HERE)


def test_require_lets_the_allowed_pass() -> None:
    require(ACTORS["annotator"], "article:annotate", HERE)
    with pytest.raises(Forbidden):
        require(ACTORS["annotator"], "project:create")


@pytest.mark.parametrize(
    ("name", "blind", "sees"),
    [
        ("annotator", True, False),
        ("annotator", False, True),
        ("reviewer", True, True),
        ("manager", True, True),
    ],
)
def test_blind_annotators_see_their_own_work_only(name: str, blind: bool, sees: bool) -> None:
    assert sees_others(ACTORS[name], HERE, blind=blind) is sees
