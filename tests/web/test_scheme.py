"""The scheme page: keys that follow, switching, adding, renaming, retiring."""

import re

from sqlalchemy import select

from annotator.storage.tables import AskedLabel, Label
from tests.web.pages import SignIn, form, words
from tests.world import World

SCHEME = "/projects/trials/scheme"


def keys(page: str) -> dict[str, str]:
    """Label to the key that its row shows, of those that have one."""
    rows = page.split('<li id="label-')[1:]
    shown = ((re.search(r"<strong>(\w+)<", row), re.search(r"<kbd>(.)<", row)) for row in rows)
    return {name[1]: key[1] for name, key in shown if name and key}


def test_digits_follow_the_list_and_letters_stay(world: World, sign_in: SignIn) -> None:
    world.project(mia="manager", ann="annotator")
    client = sign_in("mia")
    before = keys(sign_in("ann").get(SCHEME).text)
    assert before["EFFICACY_CLAIM"] == "1"
    assert (before["PATIENT_COUNT"], before["FUTURE"], len(before)) == ("3", "0", 10)
    client.post(f"{SCHEME}/labels/SAFETY_CLAIM", data=form(state="off"))
    client.post(f"{SCHEME}/labels/AGE", data=form(state="on"))
    after = keys(client.get(SCHEME).text)
    assert (after["PATIENT_COUNT"], after["FUTURE"], after["AGE"]) == ("2", "9", "n")
    assert "SAFETY_CLAIM" not in after


def test_annotators_read_the_list_only(world: World, sign_in: SignIn) -> None:
    world.project(ann="annotator")
    page = sign_in("ann").get(SCHEME).text
    main = page.partition("<main")[2].partition("</main>")[0]
    assert "How many people" in words(page)
    assert "<form" not in main
    assert "<button" not in main


def test_a_switch_answers_a_script_with_the_list_alone(world: World, sign_in: SignIn) -> None:
    world.project(mia="manager")
    client = sign_in("mia")
    answer = client.post(
        f"{SCHEME}/labels/FUTURE", data=form(state="off"), headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="scheme">')
    assert "FUTURE" not in keys(answer.text)
    refused = client.post(
        f"{SCHEME}/labels/FUTURE", data=form(state="gone"), headers={"HX-Request": "true"}
    )
    assert refused.status_code == 422
    assert refused.text.lstrip().startswith('<div id="scheme">')
    assert "not a state of a label" in words(refused.text)


def test_a_label_is_added_once_with_what_was_typed(world: World, sign_in: SignIn) -> None:
    world.project(mia="manager")
    client = sign_in("mia")
    sent = form(
        name="dose level", code="", layer="flat", key="W", definition="How much.\r\nOf what."
    )
    client.post(f"{SCHEME}/labels/COMPARATOR", data=form(key=""))
    for _ in range(2):
        assert client.post(f"{SCHEME}/labels", data=sent).location == f"{SCHEME}?did=label-added"
    assert keys(client.get(SCHEME).text)["DOSE_LEVEL"] == "w"
    with world.database.read() as session:
        label = session.scalars(select(Label).where(Label.name == "DOSE_LEVEL")).one()
        assert (label.code, label.definition) == ("DL", "How much.\nOf what.")
        asked = select(AskedLabel.version).where(AskedLabel.label_id == label.id)
        assert session.scalars(asked).all() == [3]


def test_renaming_keeps_marks_and_retiring_gives_the_letter_back(
    world: World, sign_in: SignIn
) -> None:
    world.project(mia="manager", blind=True)
    article = world.article()
    world.mark(world.actor("mia"), article, "PATIENT_COUNT", 20, 25)
    client = sign_in("mia")
    url = f"{SCHEME}/labels/PATIENT_COUNT"
    renamed = form(name="head count", key="", definition="Heads.")
    assert client.post(url, data=renamed).status_code == 303
    page = words(client.get(SCHEME).text)
    assert re.search(r"HEAD_COUNT N words key 3 1 mark Heads\.", page)
    assert "HEAD_COUNT" in client.get(f"/projects/trials/articles/{article}").text
    client.post(f"{SCHEME}/labels/AGE", data=form(state="retired"))
    assert "Retired 1" in words(client.get(SCHEME).text)
    assert client.post(f"{SCHEME}/labels/HEDGE", data=form(key="n")).status_code == 303
    client.post(f"{SCHEME}/labels/AGE", data=form(state="off"))
    assert "Retired" not in words(client.get(SCHEME).text)


def test_a_profile_switches_many_labels_at_once(world: World, sign_in: SignIn) -> None:
    world.project(mia="manager")
    client = sign_in("mia")
    assert 'value="core ten" aria-pressed="true"' in client.get(SCHEME).text
    client.post(f"{SCHEME}/switch", data=form(profile="trial abstracts"))
    page = client.get(SCHEME).text
    assert 'value="trial abstracts" aria-pressed="true"' in page
    assert keys(page)["COMPARATOR"] == "w"
    assert "MECHANISM" not in keys(page)
    client.post(f"{SCHEME}/labels/MECHANISM", data=form(state="retired"))
    page = client.get(SCHEME).text
    assert "core ten" not in page
    assert "trial abstracts" in page


def test_the_labels_to_ask_may_be_named_one_by_one(world: World, sign_in: SignIn) -> None:
    world.project(mia="manager")
    client = sign_in("mia")
    client.post(f"{SCHEME}/switch", data=form() | {"on": ["AGE", "PATIENT_COUNT"]})
    assert keys(client.get(SCHEME).text) == {"PATIENT_COUNT": "1", "AGE": "n"}


def test_uses_are_told_to_those_who_may_know(world: World, sign_in: SignIn) -> None:
    world.project(ann="annotator", ben="annotator", rea="reviewer", mia="manager")
    world.mark(world.actor("ben"), world.article(), "PATIENT_COUNT", 20, 25)
    assert "1 mark" in words(sign_in("rea").get(SCHEME).text)
    assert "mark" not in words(sign_in("ann").get(SCHEME).text)
    settings = form(name="t", annotators_per_article="2", reading="open")
    sign_in("mia").post("/projects/trials", data=settings)
    assert "1 mark" in words(sign_in("ann").get(SCHEME).text)


def test_a_refused_label_keeps_what_was_typed(world: World, sign_in: SignIn) -> None:
    world.project(mia="manager")
    client = sign_in("mia")
    answer = client.post(
        f"{SCHEME}/labels", data=form(name="AGE", code="AG", layer="claim", definition="Years.")
    )
    assert answer.status_code == 409
    assert "There is a label AGE already" in words(answer.text)
    assert 'value="AG"' in answer.text
    assert '<option value="claim" selected>' in answer.text
    answer = client.post(
        f"{SCHEME}/labels/HEDGE", data=form(name="HEDGING", key="n", definition="Softer.")
    )
    assert answer.status_code == 409
    assert "The key n belongs to AGE" in words(answer.text)
    assert 'value="HEDGING"' in answer.text
    assert answer.text.count("<details open>") == 1
