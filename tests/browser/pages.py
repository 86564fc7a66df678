"""Every kind of page, filled as in use, with somebody signed in who may see it."""

from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

from annotator.domain.operations import SkipLayer
from annotator.domain.permissions import LOCAL
from annotator.services.jobs import EXPORT, claim_job, fail_job, queue_job
from annotator.services.projects import open_project
from tests.browser.stage import TEXT, Stage
from tests.world import new_id

TELEPHONE: ViewportSize = {"width": 390, "height": 844}
SIDEWAYS = """() => [...document.querySelectorAll("body *")]
  .filter((one) => document.documentElement.scrollWidth > innerWidth
    && one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.outerHTML.slice(0, 120))"""
TITLES = (
    "A story with a title that is a good deal longer than what a telephone shows in one line",
    "Antineutrophilcytoplasmicantibodyassociatedvasculitis",
)


@dataclass(frozen=True)
class Place:
    """A project in use, and a tab of its manager."""

    stage: Stage
    page: Page
    slug: str
    reader: str
    open_article: int
    done_article: int
    export: int

    def address(self, page: str) -> str:
        """The address of one of ``PAGES``."""
        return PAGES[page].format(
            slug=self.slug,
            open=self.open_article,
            done=self.done_article,
            export=self.export,
            reader=self.reader,
        )


PAGES = {
    "sign-in": "/sign-in",
    "projects": "/",
    "new project": "/projects/new",
    "project": "/projects/{slug}",
    "queue": "/projects/{slug}/articles",
    "annotate": "/projects/{slug}/articles/{open}",
    "annotate, done": "/projects/{slug}/articles/{done}",
    "scheme": "/projects/{slug}/scheme",
    "members": "/projects/{slug}/members",
    "remove a member": "/projects/{slug}/members/{reader}/remove",
    "account": "/account",
    "import": "/projects/{slug}/import",
    "blocks of an article": "/projects/{slug}/import/{open}",
    "exports": "/projects/{slug}/exports",
    "export job": "/projects/{slug}/exports/{export}",
    "error": "/projects/{slug}/articles/999999",
}


def furnish(stage: Stage) -> Place:
    """A project with something on each of its pages."""
    world = stage.world
    manager, reader = stage.person("manager", "admin"), stage.person("reader")
    texts = [TEXT, TEXT.replace("Eight", "Nine"), *(f"{title}\n\nWords." for title in TITLES)]
    slug, articles = stage.project(*texts, **{manager: "manager", reader: "annotator"})
    for name, article in ((manager, articles[0]), (manager, articles[1])):
        actor = world.actor(name)
        for words, label in (("lupus", "CONDITION"), ("severe lupus", "POPULATION")):
            at = TEXT.index(words)
            world.mark(actor, article, label, at, at + len(words), slug)
        world.mark(
            actor, article, "PATIENT_COUNT", TEXT.index("seven"), TEXT.index("seven") + 5, slug
        )
    world.finish(world.actor(manager), articles[1], slug)
    skip = SkipLayer(new_id(), "duplicate", "the same as the first")
    world.apply(world.actor(reader), articles[2], skip, slug=slug)
    with world.database.write() as session:
        project = open_project(session, LOCAL, slug, "export:make")
        params = {"format": "jsonl", "layer": None, "seed": 0, "split": [0.8, 0.1, 0.1]}
        job = queue_job(session, LOCAL, project.id, EXPORT, params)
        attempt = claim_job(session, [EXPORT])
        assert attempt is not None
        assert attempt.job_id == job
        fail_job(session, attempt, "The export was stopped. Start it again.")
    page = stage.context(manager, reduced_motion="reduce").new_page()
    return Place(stage, page, slug, reader, articles[0], articles[1], job)


def axe_faults(page: Page) -> list[str]:
    """What axe-core complains about, with the first element of each complaint."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
