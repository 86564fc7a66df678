"""Every refused input of the pages: its status, its sentence, and that it changed nothing."""

from typing import NamedTuple

from flask import Flask
from flask.testing import FlaskClient

from annotator.domain.permissions import LOCAL
from annotator.domain.spans import MAX_ARTICLE_LENGTH
from annotator.services import labels
from tests.rows import fingerprint
from tests.web.pages import SignIn, form, words
from tests.world import World, new_id

TRIALS = "/projects/trials"
LABELS = f"{TRIALS}/scheme/labels"
MEMBERS = f"{TRIALS}/members"
SETTINGS = {"name": "T", "annotators_per_article": "2", "reading": "blind"}
PROJECT = {**SETTINGS, "slug": "", "scheme": "none"}
PASTE = {"title": "", "text": "A text.", "language": "en"}


class Row(NamedTuple):
    """A form that is refused; ``sent`` None asks by GET."""

    who: str
    path: str
    sent: dict[str, str] | None
    status: int
    sentence: str


def label(**fields: str) -> dict[str, str]:
    return form(**{"name": "NEW_ONE", "code": "", "layer": "flat", "key": "", **fields})


ROWS = [
    # Objects that are not there, or not for this person.
    Row("out", TRIALS, None, 404, "no such project"),
    Row("out", f"{TRIALS}/articles", None, 404, "no such project"),
    Row("mia", "/projects/nothing", None, 404, "no such project"),
    Row("mia", "/projects/tri%00als", None, 404, "no such project"),
    Row("mia", "/projects/TRIALS", None, 404, "no such project"),
    Row("mia", f"{TRIALS}/import/2", None, 404, "no such article"),
    Row("ann", f"{TRIALS}/articles/2", None, 404, "no such article"),
    Row("mia", f"{TRIALS}/import/{'9' * 30}", None, 404, "no page at this address"),
    Row("mia", f"{TRIALS}/exports/{'9' * 12}", None, 404, "no page at this address"),
    Row("ann", f"{TRIALS}/articles/{'9' * 30}", None, 404, "no page at this address"),
    Row("mia", f"{LABELS}/OTHER_S", form(state="off"), 422, "has no label “OTHER_S”"),
    Row("mia", f"{LABELS}/A%00B", form(state="off"), 422, "has no label"),
    Row("mia", f"{MEMBERS}/out/remove", None, 404, "not a member"),
    Row("mia", f"{MEMBERS}/out/remove", form(), 404, "not a member"),
    Row("mia", f"{MEMBERS}/no%00body/remove", form(), 404, "no account"),
    # Roles.
    Row("ann", f"{TRIALS}/import", None, 403, "Your role does not allow this"),
    Row("ann", MEMBERS, None, 403, "Your role does not allow this"),
    Row("ann", LABELS, label(), 403, "Your role does not allow this"),
    Row("mia", "/projects/new", None, 403, "Your role does not allow this"),
    Row("mia", "/projects/new", form(**PROJECT), 403, "Your role does not allow this"),
    # Making and changing a project.
    Row("root", "/projects/new", form(**PROJECT | {"name": ""}), 422, "not a project name"),
    Row("root", "/projects/new", form(**PROJECT | {"name": "漢字"}), 422, "not a project name"),
    Row("root", "/projects/new", form(**PROJECT | {"slug": "a_b"}), 422, "“a_b” is not a"),
    Row("root", "/projects/new", form(**PROJECT | {"slug": "-a"}), 422, "“-a” is not a"),
    Row("root", "/projects/new", form(**PROJECT | {"slug": "x" * 65}), 422, "not a project"),
    Row("root", "/projects/new", form(**PROJECT | {"name": "New"}), 422, "“new” is not a"),
    Row("root", "/projects/new", form(**PROJECT | {"slug": "trials"}), 409, "“trials” already"),
    Row("root", "/projects/new", form(**PROJECT | {"scheme": "x"}), 422, "no scheme “x”"),
    Row("root", "/projects/new", form(**PROJECT | {"reading": ""}), 422, "blind or open"),
    Row("mia", TRIALS, form(**SETTINGS | {"annotators_per_article": "0"}), 422, "1 to 20"),
    Row("mia", TRIALS, form(**SETTINGS | {"annotators_per_article": "21"}), 422, "1 to 20"),
    Row("mia", TRIALS, form(**SETTINGS | {"annotators_per_article": "two"}), 422, "whole number"),
    Row("mia", TRIALS, form(**SETTINGS | {"annotators_per_article": "9" * 30}), 422, "whole"),
    Row("mia", TRIALS, form(**SETTINGS | {"annotators_per_article": "٣"}), 422, "whole number"),
    Row("mia", TRIALS, form(**SETTINGS | {"name": "x" * 201}), 422, "at most 200 characters"),
    Row("mia", TRIALS, form(**SETTINGS | {"name": "a\0b"}), 422, "cannot be stored"),
    # Members.
    Row("mia", MEMBERS, form(user="nobody", role="annotator"), 422, "no account “nobody”"),
    Row("mia", MEMBERS, form(user="", role="annotator"), 422, "no account"),
    Row("mia", MEMBERS, form(user="a\0b", role="annotator"), 422, "no account"),
    Row("mia", MEMBERS, form(user="ann", role="admin"), 422, "not a role in a project"),
    Row("mia", MEMBERS, form(user="mia", role="annotator"), 409, "only manager"),
    # Labels.
    Row("mia", LABELS, label(name="9 LIVES"), 422, "not a label's name"),
    Row("mia", LABELS, label(name=""), 422, "not a label's name"),
    Row("mia", LABELS, label(name="X" * 41), 422, "not a label's name"),
    Row("mia", LABELS, label(name="A\0B"), 422, "not a label's name"),
    Row("mia", LABELS, label(name="age"), 409, "a label AGE already"),
    Row("mia", LABELS, label(code="TOOLONG"), 422, "not a short code"),
    Row("mia", LABELS, label(code="EFF"), 409, "code EFF is taken"),
    Row("mia", LABELS, label(layer="deep"), 422, "not a layer"),
    Row("mia", LABELS, label(key="j"), 422, "a key of the screen"),
    Row("mia", LABELS, label(key="1"), 422, "a key of the screen or no letter"),
    Row("mia", LABELS, label(key="w"), 409, "belongs to COMPARATOR"),
    Row("mia", LABELS, label(definition="x" * 2001), 422, "at most 2,000 characters"),
    Row("mia", LABELS, label(definition="a\0b"), 422, "cannot be stored"),
    Row("mia", f"{LABELS}/AGE", form(name="HEDGE"), 409, "a label HEDGE already"),
    Row("mia", f"{LABELS}/AGE", form(name="OLD_AGE", key="w"), 409, "belongs to COMPARATOR"),
    Row("mia", f"{LABELS}/AGE", form(state="deleted"), 422, "not a state of a label"),
    Row("mia", f"{TRIALS}/scheme/switch", form(profile="all"), 422, "no profile “all”"),
    Row("mia", f"{TRIALS}/scheme/switch", form(on="OTHER_S"), 422, "no label OTHER_S"),
    # Pasted articles.
    Row("mia", f"{TRIALS}/import", form(**PASTE | {"text": " \n "}), 422, "text is empty"),
    Row("mia", f"{TRIALS}/import", form(**PASTE | {"text": "a\0"}), 422, "a NUL character"),
    Row("mia", f"{TRIALS}/import", form(**PASTE | {"title": "a\0b"}), 422, "cannot be stored"),
    Row("mia", f"{TRIALS}/import", form(**PASTE | {"title": "x" * 501}), 422, "at most 500"),
    Row("mia", f"{TRIALS}/import", form(**PASTE | {"language": "english"}), 422, "a language"),
    Row(
        "mia",
        f"{TRIALS}/import",
        form(**PASTE | {"text": "x" * (MAX_ARTICLE_LENGTH + 1)}),
        422,
        "at most 2,000,000",
    ),
    # The queue's address.
    Row("ann", f"{TRIALS}/articles?state=lost", None, 422, "not a state"),
    Row("ann", f"{TRIALS}/articles?after=x", None, 422, "not a whole number"),
    Row("ann", f"{TRIALS}/articles?after=-1", None, 422, "not a whole number"),
    Row("ann", f"{TRIALS}/articles?before={'9' * 30}", None, 422, "not a whole number"),
    # Operation ids.
    Row("mia", MEMBERS, {"user": "ann", "role": "reviewer"}, 422, "without a valid operation id"),
    Row("mia", MEMBERS, {"operation": "1"}, 422, "without a valid operation id"),
    Row("mia", MEMBERS, {"operation": "a\0b"}, 422, "without a valid operation id"),
    # Addresses.
    Row("mia", "/nothing", None, 404, "no page at this address"),
    Row("mia", "/sign-out", None, 405, "does not take that kind of request"),
]


def build(world: World) -> None:
    world.project(mia="manager", ann="annotator")
    world.project("second", out="manager")
    world.article()
    world.article("second", external_id="b1")
    with world.database.write() as session:
        labels.add_label(session, LOCAL, slug="second", name="OTHER_S")
    world.person("root", "admin")


def send(client: FlaskClient, row: Row):
    return client.get(row.path) if row.sent is None else client.post(row.path, data=row.sent)


def test_each_refusal_has_its_sentence_and_changes_nothing(world: World, sign_in: SignIn) -> None:
    build(world)
    clients = {name: sign_in(name) for name in ("mia", "ann", "out", "root")}
    before = fingerprint(world.database)
    for row in ROWS:
        answer = send(clients[row.who], row)
        told = row.sentence in words(answer.text)
        assert (row, answer.status_code, told) == (row, row.status, True), answer.text[:3000]
        assert 'role="alert"' in answer.text, row
    assert fingerprint(world.database) == before


def test_a_request_without_a_valid_token_changes_nothing(
    world: World, app: Flask, sign_in: SignIn
) -> None:
    build(world)
    client, other = sign_in("mia"), sign_in("out")
    foreign = other.environ_base["HTTP_X_CSRF_TOKEN"]
    before = fingerprint(world.database)
    rows = [
        ({"X-CSRF-Token": ""}, "older than your session"),
        ({"X-CSRF-Token": "made.up"}, "older than your session"),
        ({"X-CSRF-Token": foreign}, "older than your session"),
        ({"Sec-Fetch-Site": "cross-site"}, "came from another site"),
        ({"Sec-Fetch-Site": "same-site"}, "came from another site"),
        ({"Origin": "https://elsewhere.example"}, "came from another site"),
        ({"Origin": "null"}, "came from another site"),
    ]
    paths = [rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    values = {"<slug>": "trials", "<int:article_id>": "1", "<user>": "ann", "<label>": "AGE"}
    values |= {"<int:token_id>": "1", "<int:job_id>": "1"}
    for path in (path for path in paths if not path.startswith("/api/")):
        url = path.replace("<any(finish, reopen, skip):step>", "skip")
        for name, value in values.items():
            url = url.replace(name, value)
        for headers, sentence in rows:
            answer = client.post(url, data={"operation": new_id()}, headers=headers)
            told = sentence in words(answer.text)
            assert (url, headers, answer.status_code, told) == (url, headers, 403, True)
    assert fingerprint(world.database) == before
    sent = form(user="ann", role="reviewer")
    assert (
        client.post(MEMBERS, data=sent, headers={"Origin": "https://localhost"}).status_code == 303
    )


def test_an_operation_id_serves_one_form(world: World, sign_in: SignIn) -> None:
    build(world)
    client = sign_in("mia")
    sent = form(user="ann", role="reviewer")
    assert client.post(MEMBERS, data=sent).status_code == 303
    before = fingerprint(world.database)
    answer = client.post(LABELS, data=label(operation=sent["operation"]))
    assert answer.status_code == 409
    assert "used for something else" in words(answer.text)
    assert fingerprint(world.database) == before
