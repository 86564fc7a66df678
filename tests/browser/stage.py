"""Projects, people and signed-in browsers for one test, in the database of the running server."""

from itertools import count
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext

from annotator.domain.permissions import LOCAL
from annotator.services import projects, sessions
from tests.browser.desk import Desk
from tests.browser.watch import Watch
from tests.world import World

COOKIE = "__Host-annotator"
TEXT = (
    "Engineered cells calm an illness of children\n\n"
    "Eight young patients with severe lupus received engineered immune cells, and their symptoms "
    "eased within three months. The cells reduced damage to the kidneys in seven of the eight "
    "children, aged 9 to 17 years.\n\n"
    "All patients stopped taking steroids. Nobody relapsed 😀 within 18 months, and 2 of 8 had a "
    "mild fever. The dose was 1×10⁶ cells/kg (𝛃-cell counts recovered by day 112).\n\n"
    "Experts who were not involved said that the study had no control group, and that eight "
    "patients are too few to judge safety."
)
_numbers = count(1)


class Stage:
    """What one test plays on; everything it makes has a name that no other test uses."""

    def __init__(self, world: World, browser: Browser, address: str, shared: str) -> None:
        self.world = world
        self.browser = browser
        self.address = address
        self.shared = shared
        self.watch = Watch()
        self._contexts: list[BrowserContext] = []

    def person(self, name: str = "ann", role: Literal["member", "admin"] = "member") -> str:
        """A new account; its name."""
        name = f"{name}{next(_numbers)}"
        self.world.person(name, role)
        return name

    def project(self, *texts: str, quota: int = 1, **members: str) -> tuple[str, list[int]]:
        """A new project with an article of each text: its slug and the articles' ids."""
        slug = f"story-{next(_numbers)}"
        self.world.project(slug, quota=quota, **members)
        articles = [
            self.world.article(slug, external_id=f"a{number}", text=text)
            for number, text in enumerate(texts, start=1)
        ]
        return slug, articles

    def context(
        self, name: str | None = None, *, script: str | None = None, **options: Any
    ) -> BrowserContext:
        """A fresh browser profile, watched; ``name`` is signed in there, ``script`` runs first."""
        options = {"viewport": {"width": 1360, "height": 860}} | options
        context = self.browser.new_context(base_url=self.address, **options)
        self._contexts.append(context)
        self.watch.over(context)
        if script is not None:
            context.add_init_script(script)
        if name is not None:
            self.sign_in(context, name)
        return context

    def sign_in(self, context: BrowserContext, name: str) -> None:
        """Give ``context`` the cookie of a new session of ``name``, in place of any other."""
        with self.world.database.write() as session:
            secret = sessions.sign_in(session, user_id=self.world.people[name])
        # Browsers take this cookie from loopback as from https; their protocol wants the latter.
        origin = self.address.replace("http:", "https:")
        cookie = {"name": COOKIE, "value": secret, "url": origin, "secure": True}
        context.add_cookies([cookie | {"httpOnly": True, "sameSite": "Lax"}])  # type: ignore[list-item]

    def desk(self, text: str = TEXT, **options: Any) -> Desk:
        """Somebody new at an article of their own, its page open and saved.

        The project is one that tests share, which is cheaper than a new one.
        """
        name = self.person()
        with self.world.database.write() as session:
            projects.set_member(session, LOCAL, slug=self.shared, user=name, role="annotator")
        article = self.world.article(self.shared, external_id=f"a{next(_numbers)}", text=text)
        desk = self.desk_of(self.context(name, **options), self.shared, article, name)
        desk.open()
        return desk

    def desk_of(self, context: BrowserContext, slug: str, article: int, name: str) -> Desk:
        """A new tab of ``context`` for an article; the caller opens it."""
        return Desk(context.new_page(), self.world, slug, article, name)

    def close(self) -> None:
        """Close every profile."""
        for context in self._contexts:
            context.close()
