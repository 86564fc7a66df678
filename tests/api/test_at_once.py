"""Several requests at the same moment: one of them counts."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import func, select

from annotator.storage.tables import Annotation, Article, Layer, Project
from tests.api.conftest import Call, Caller
from tests.world import World, new_id

SPAN = {"start": 20, "end": 25, "label": "PATIENT_COUNT", "quote": "Eight"}
MANY = 8


def together(caller: Caller, method: str, requests: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    """The answers to requests that are sent at once."""
    with ThreadPoolExecutor(len(requests)) as pool:
        sent = [pool.submit(caller.again(), method, path, **o) for path, o in requests]
        return [answer.result() for answer in sent]


def count(world: World, model: type) -> int:
    """Rows of a table."""
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_same_words_under_many_ids(trials: World, call: Call) -> None:
    path = f"/projects/trials/articles/{trials.article()}/annotations"
    answers = together(
        call("ann"), "PUT", [(f"{path}/{new_id()}", {"json": SPAN}) for _ in range(MANY)]
    )
    assert Counter(a.status_code for a in answers) == {201: 1, 409: MANY - 1}
    [made] = [a.json["id"] for a in answers if a.status_code == 201]
    assert {a.json["existing"] for a in answers if a.status_code == 409} == {made}
    assert (count(trials, Annotation), count(trials, Layer)) == (1, 1)


def test_the_same_id(trials: World, call: Call) -> None:
    path = f"/projects/trials/articles/{trials.article()}/annotations/{new_id()}"
    answers = together(call("ann"), "PUT", [(path, {"json": SPAN})] * MANY)
    assert Counter(a.status_code for a in answers) == {201: 1, 200: MANY - 1}
    assert {a.text for a in answers} == {answers[0].text}
    assert count(trials, Annotation) == 1


def test_one_revision_is_changed_once(trials: World, call: Call) -> None:
    ann = call("ann")
    path = f"/projects/trials/articles/{trials.article()}/annotations/{new_id()}"
    ann("PUT", path, json=SPAN)
    changes = [
        (path, {"json": {"note": str(number)}, "headers": {"If-Match": '"1"'}})
        for number in range(MANY)
    ]
    answers = together(ann, "PATCH", changes)
    assert Counter(a.status_code for a in answers) == {200: 1, 412: MANY - 1}
    assert ann("GET", path).json["rev"] == 2


def test_one_key(trials: World, call: Call) -> None:
    before = count(trials, Project)
    options = {"json": {"slug": "together"}, "headers": {"Idempotency-Key": new_id()}}
    answers = together(call("root"), "POST", [("/projects", options)] * MANY)
    assert {(a.status_code, a.text) for a in answers} == {(201, answers[0].text)}
    assert count(trials, Project) == before + 1


def test_one_name(trials: World, call: Call) -> None:
    before = count(trials, Project)
    requests = [("/projects", {"json": {"slug": "together"}})] * MANY
    answers = together(call("root"), "POST", requests)
    assert Counter(a.status_code for a in answers) == {201: 1, 409: MANY - 1}
    assert count(trials, Project) == before + 1


def test_one_external_id(trials: World, call: Call) -> None:
    record = {"json": {"id": "same", "text": "A dog."}}
    requests = [("/projects/trials/articles", record)] * MANY
    answers = together(call("boss"), "POST", requests)
    assert Counter(a.status_code for a in answers) == {201: 1, 409: MANY - 1}


def test_the_same_lines_under_one_key(trials: World, call: Call) -> None:
    lines = "\n".join(f'{{"id": "b{n}", "text": "Dog {n}."}}' for n in range(3))
    options = {
        "data": lines.encode(),
        "content_type": "application/jsonl",
        "headers": {"Idempotency-Key": new_id()},
    }
    answers = together(call("boss"), "POST", [("/projects/trials/articles", options)] * MANY)
    assert {(a.status_code, a.text) for a in answers} == {(201, answers[0].text)}
    assert {item["status"] for item in answers[0].json["items"]} == {"created"}
    assert count(trials, Article) == 3
