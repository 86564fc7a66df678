"""Projects through the API: making one, listing them page by page, seeing one."""

from sqlalchemy import select

from annotator.storage.tables import Event
from tests.api.conftest import Call
from tests.world import World


def test_whoever_makes_a_project_manages_it(trials: World, call: Call) -> None:
    root = call("root")
    body = {"slug": "asthma", "name": "Asthma", "scheme": "biomedical-claims", "blind": False}
    answer = root("POST", "/projects", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == "/api/v1/projects/asthma"
    shown = root("GET", "/projects/asthma")
    assert shown.json == answer.json
    assert (shown.json["role"], shown.json["blind"]) == ("manager", False)
    count = next(label for label in shown.json["labels"] if label["name"] == "PATIENT_COUNT")
    assert count["state"] == "on"
    role = next(a for a in count["attributes"] if a["name"] == "role")
    assert (role["kind"], "treated" in role["options"]) == ("choice", True)
    assert root("POST", "/projects/asthma/articles", json={"text": "A."}).status_code == 201


def test_a_project_has_no_labels_unless_told(trials: World, call: Call) -> None:
    answer = call("root")("POST", "/projects", json={"slug": "plain"})
    assert (answer.json["labels"], answer.json["questions"], answer.json["name"]) == (
        [],
        [],
        "plain",
    )


def test_a_repeat_under_one_key_makes_one_project(trials: World, call: Call) -> None:
    root, key = call("root"), {"Idempotency-Key": "0c8a4fb6-7a7e-4a2b-8d9a-5f0d1a3c2b4e"}
    answers = [root("POST", "/projects", json={"slug": "once"}, headers=key) for _ in range(3)]
    assert {(a.status_code, a.text) for a in answers} == {(201, answers[0].text)}
    with trials.database.read() as session:
        made = session.scalars(select(Event.kind).where(Event.subject == "once")).all()
    assert made == ["project.created"]


def test_pages_go_by_name(trials: World, call: Call) -> None:
    root = call("root")
    for slug, name in (("zz", "Ähren"), ("aa", "Zebra"), ("bb", "Zebra"), ("cc", "aaa")):
        root("POST", "/projects", json={"slug": slug, "name": name})
    seen, path = [], "/projects?limit=1"
    while path:
        page = root("GET", path).json
        seen += [(row["name"], row["slug"]) for row in page["items"]]
        path = f"/projects?limit=1&cursor={page['next']}" if page["next"] else ""
    assert seen == sorted(seen)
    assert {slug for _, slug in seen} == {"trials", "other", "zz", "aa", "bb", "cc"}
    mine = call("ann")("GET", "/projects").json["items"]
    assert [(row["slug"], row["role"]) for row in mine] == [("trials", "annotator")]
