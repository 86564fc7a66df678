"""While a project is blind, an annotator's pages tell nothing of what others do."""

from annotator.domain.operations import SkipLayer
from annotator.storage.tables import Project
from tests.web.pages import SignIn, masked, words
from tests.world import TEXT, World, new_id

PAGES = (
    "/",
    "/projects/trials",
    "/projects/trials/articles",
    "/projects/trials/articles?state=new",
    "/projects/trials/articles/1",
    "/projects/trials/articles/2",
    "/projects/trials/articles/1/changes",
    "/projects/trials/scheme",
    "/projects/trials/labels.css",
)


def seen(client) -> dict[str, str]:
    """All pages of an annotator, without what differs from one answer to the next."""
    found = {}
    for page in PAGES:
        answer = client.get(page)
        assert answer.status_code == 200, page
        found[page] = masked(answer.text)
    return found


def work(world: World, name: str) -> None:
    """Twenty marks on one article, and a second one finished."""
    person = world.actor(name)
    places = [(start, start + width) for start in (0, 20, 40, 60) for width in (3, 5, 7, 9, 11)]
    for start, end in places:
        world.mark(person, 1, "PATIENT_COUNT", start, end)
    world.mark(person, 2, "CONDITION", 0, 5)
    world.finish(person, 2)


def build(world: World, *, blind: bool) -> None:
    world.project(ann="annotator", ben="annotator", mia="manager", blind=blind)
    for number in range(1, 5):
        world.article(external_id=f"a{number}", text=f"Story {number}\n\n{TEXT}")
    world.mark(world.actor("ann"), 1, "PATIENT_COUNT", 0, 5)


def test_pages_are_the_same_whatever_another_annotator_did(world: World, sign_in: SignIn) -> None:
    build(world, blind=True)
    client = sign_in("ann")
    before = seen(client)
    assert seen(client) == before
    work(world, "ben")
    world.apply(world.actor("ben"), 3, SkipLayer(new_id(), "other", "Nobody shall read this."))
    assert seen(client) == before
    work(world, "mia")
    assert seen(client) == before


def test_the_comparison_can_fail(world: World, sign_in: SignIn) -> None:
    build(world, blind=True)
    client = sign_in("ann")
    before = seen(client)
    world.mark(world.actor("ann"), 1, "PATIENT_COUNT", 6, 9)
    changed = {page for page, text in seen(client).items() if text != before[page]}
    assert {PAGES[2], PAGES[4]} <= changed
    work(world, "ben")
    with world.database.write() as session:
        session.get_one(Project, 1).blind = False
    assert "20 marks" not in words(before["/projects/trials/scheme"])
    assert "22 marks" in words(seen(client)["/projects/trials/scheme"])
