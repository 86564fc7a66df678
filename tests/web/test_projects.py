"""The list of projects, one project, and making one."""

from sqlalchemy import func, select

from annotator.storage.tables import Event, Label, Membership, Project
from tests.web.pages import SignIn, form, words
from tests.world import World

NEW = {"scheme": "biomedical-claims", "annotators_per_article": "3", "reading": "open"}


def test_cards_show_ones_own_work_and_lead_on(world: World, sign_in: SignIn) -> None:
    world.project(ann="annotator", ben="annotator")
    world.project("others", ben="annotator")
    first, second = world.article(), world.article(external_id="a2")
    ann = world.actor("ann")
    world.mark(ann, first, "PATIENT_COUNT", 20, 25)
    world.finish(ann, first)
    world.mark(ann, second, "PATIENT_COUNT", 20, 25)
    page = sign_in("ann").get("/").text
    assert "Annotator · 2 articles 1 in progress 1 done Continue Queue" in words(page)
    assert 'href="/projects/trials/next"' in page
    assert "others" not in page
    assert "New project" not in page


def test_nobody_s_list_says_whom_to_ask(world: World, sign_in: SignIn) -> None:
    world.person("new")
    world.person("root", "admin")
    assert "Ask a manager" in words(sign_in("new").get("/").text)
    assert 'href="/projects/new"' in sign_in("root").get("/").text


def test_a_project_is_made_with_its_labels_and_its_manager(world: World, sign_in: SignIn) -> None:
    world.person("root", "admin")
    client = sign_in("root")
    assert 'name="slug"' in client.get("/projects/new").text
    answer = client.post("/projects/new", data=form(name="Über Rheuma & Gicht", **NEW))
    assert answer.status_code == 303
    assert answer.location == "/projects/uber-rheuma-gicht?did=project-made"
    page = words(client.get(answer.location).text)
    assert "you are its manager" in page
    assert "Manager · 0 articles · 10 labels · 3 annotators per article · open" in page
    assert "Import an article" in page
    with world.database.read() as session:
        project = session.scalars(select(Project)).one()
        assert (project.name, project.blind) == ("Über Rheuma & Gicht", False)
        assert session.scalar(select(func.count()).select_from(Label)) == 22
        assert session.scalars(select(Membership.role)).one() == "manager"
        kinds = session.scalars(select(Event.kind).where(Event.project_id == project.id)).all()
        assert kinds == ["project.created", "member.set", "scheme.applied"]


def test_a_project_may_start_without_labels(world: World, sign_in: SignIn) -> None:
    world.person("root", "admin")
    made = form(**NEW | {"name": "Bare", "slug": "bare-1", "scheme": "none", "reading": "blind"})
    client = sign_in("root")
    assert client.post("/projects/new", data=made).location.startswith("/projects/bare-1?")
    assert "no labels yet" in words(client.get("/projects/bare-1/scheme").text)


def test_the_same_form_sent_twice_makes_one_project(world: World, sign_in: SignIn) -> None:
    world.person("root", "admin")
    client = sign_in("root")
    sent = form(name="Once", **NEW)
    answers = [client.post("/projects/new", data=sent) for _ in range(2)]
    assert {answer.location for answer in answers} == {"/projects/once?did=project-made"}
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Project)) == 1


def test_a_refused_form_keeps_what_was_typed(world: World, sign_in: SignIn) -> None:
    world.person("root", "admin")
    data = form(**NEW | {"name": "A <b> name", "slug": "Not a slug", "scheme": "none"})
    answer = sign_in("root").post("/projects/new", data=data)
    assert answer.status_code == 422
    assert 'value="A &lt;b&gt; name"' in answer.text
    assert 'value="Not a slug"' in answer.text
    assert 'value="none" checked' in answer.text
    assert 'value="open" checked' in answer.text


def test_managers_see_everybody_s_progress_and_the_settings(world: World, sign_in: SignIn) -> None:
    world.project(ann="annotator", mia="manager", quota=1)
    article = world.article()
    world.article(external_id="a2", ready=False)
    ann = world.actor("ann")
    world.mark(ann, article, "PATIENT_COUNT", 20, 25)
    world.finish(ann, article)
    page = words(sign_in("mia").get("/projects/trials").text)
    assert "Articles read by enough people 1 of 2" in page
    assert "ann Annotator 0 1 0" in page
    assert "1 article is being prepared" in page
    assert "Settings" in page
    own = words(sign_in("ann").get("/projects/trials").text)
    assert "Articles you finished 1 of 1" in own
    assert "mia" not in own
    assert "Settings" not in own


def test_settings_are_stored_and_noted(world: World, sign_in: SignIn) -> None:
    world.project(mia="manager")
    client = sign_in("mia")
    data = form(name="Trials, new", annotators_per_article="4", reading="open")
    answer = client.post("/projects/trials", data=data)
    assert answer.location == "/projects/trials?did=project-changed"
    assert "Trials, new" in words(client.get(answer.location).text)
    with world.database.read() as session:
        project = session.scalars(select(Project)).one()
        assert (project.annotators_per_article, project.blind) == (4, False)
        note = session.scalars(select(Event).where(Event.kind == "project.changed")).one()
        assert note.before["annotators_per_article"] == 2
        assert note.after["annotators_per_article"] == 4
