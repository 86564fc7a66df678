"""The members of a project: adding, roles, removal in two steps."""

from sqlalchemy import select

from annotator.storage.tables import Layer
from tests.rows import fingerprint
from tests.web.pages import SignIn, form, words
from tests.world import World

MEMBERS = "/projects/trials/members"


def test_a_person_is_added_and_given_another_role(world: World, sign_in: SignIn) -> None:
    world.project(mia="manager")
    world.person("ann")
    client = sign_in("mia")
    sent = form(user="ann", role="annotator")
    for _ in range(2):
        answer = client.post(MEMBERS, data=sent)
        assert answer.location == f"{MEMBERS}?did=member-set"
    page = client.get(answer.location).text
    assert "role was stored" in words(page)
    assert world.actor("ann").memberships == {1: "annotator"}
    client.post(MEMBERS, data=form(user="ann", role="reviewer"))
    assert world.actor("ann").memberships == {1: "reviewer"}
    assert sign_in("ann").get(MEMBERS).status_code == 200


def test_reviewers_read_the_list_only(world: World, sign_in: SignIn) -> None:
    world.project(mia="manager", rea="reviewer")
    page = sign_in("rea").get(MEMBERS).text
    assert "mia Manager rea Reviewer" in words(page)
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]


def test_removal_asks_once_more_and_keeps_the_work(world: World, sign_in: SignIn) -> None:
    world.project(mia="manager", ann="annotator")
    article, begun = world.article(), world.article(external_id="a2")
    ann = world.actor("ann")
    world.finish(ann, article)
    world.mark(ann, begun, "PATIENT_COUNT", 20, 25)
    client = sign_in("mia")
    page = client.get(f"{MEMBERS}/ann/remove").text
    assert "Remove ann from trials?" in words(page)
    assert "annotator" in str(world.actor("ann").memberships)
    sent = form()
    answers = [client.post(f"{MEMBERS}/ann/remove", data=sent) for _ in range(2)]
    assert {answer.location for answer in answers} == {f"{MEMBERS}?did=member-removed"}
    assert world.actor("ann").memberships == {}
    with world.database.read() as session:
        states = session.execute(select(Layer.state, Layer.slot).order_by(Layer.id)).all()
        assert states == [("done", 1), ("open", None)]
    assert client.get(f"{MEMBERS}/ann/remove").status_code == 404


def test_the_only_manager_stays(world: World, sign_in: SignIn) -> None:
    world.project(mia="manager", ann="annotator")
    client = sign_in("mia")
    before = fingerprint(world.database)
    for path, sent in (
        (f"{MEMBERS}/mia/remove", form()),
        (MEMBERS, form(user="mia", role="reviewer")),
    ):
        answer = client.post(path, data=sent)
        assert answer.status_code == 409
        assert "only manager" in words(answer.text)
    assert fingerprint(world.database) == before


def test_managers_who_step_down_or_leave_land_where_they_may_be(
    world: World, sign_in: SignIn
) -> None:
    world.project(mia="manager", max="manager")
    world.project("second", mia="manager", max="manager")
    client = sign_in("mia")
    answer = client.post(MEMBERS, data=form(user="mia", role="annotator"))
    assert client.get(answer.location).status_code == 200
    answer = client.post("/projects/second/members/mia/remove", data=form())
    assert "no longer a member" in words(client.get(answer.location).text)
    assert client.get("/projects/second").status_code == 404


def test_an_admin_may_repair_a_project_without_manager(world: World, sign_in: SignIn) -> None:
    world.project(mia="manager")
    world.person("root", "admin")
    client = sign_in("root")
    assert client.post(f"{MEMBERS}/mia/remove", data=form()).status_code == 303
    assert client.post(MEMBERS, data=form(user="mia", role="manager")).status_code == 303
    assert world.actor("mia").memberships == {1: "manager"}
