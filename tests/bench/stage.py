"""A project with people, articles and a running server for the measurements."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from annotator.storage.engine import Database
from annotator.storage.schema import upgrade
from tests.faults.page import Page, add
from tests.faults.scene import Range, Reading, Scene, build_scene
from tests.faults.server import Server
from tests.world import World

BROWSERS_ENCODING = "gzip, deflate, br, zstd"
"""What a browser accepts, so that the server pays for compressing as it does in life."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A server on a database of its own."""

    server: Server
    database: Database
    world: World
    scene: Scene

    def page(self, person: int, article: Reading) -> Page:
        """Somebody's opened page of an article."""
        page = Page(self.scene.people[person], self.server.port, encoding=BROWSERS_ENCODING)
        page.open(article.id)
        return page


@contextmanager
def staged(
    work: Path, *, people: int, articles: int, words: int, block: int = 60
) -> Iterator[Stage]:
    """A stage in a new folder below ``work``."""
    folder = Path(tempfile.mkdtemp(prefix="stage-", dir=work))
    url = f"sqlite:///{folder / 'annotator.sqlite'}"
    database = Database(url)
    upgrade(database)
    world = World(database)
    scene = build_scene(world, people=people, articles=articles, words=words, block=block)
    with Server(folder, url) as server:
        server.wait_healthy()
        yield Stage(server, database, world, scene)
    database.dispose()


def mark_all(page: Page, article: Reading, places: Sequence[Range], labels: Sequence[str]) -> None:
    """Mark ``places`` with the labels in turn, a hundred in a request."""
    operations = [add(place, labels[n % len(labels)]) for n, place in enumerate(places)]
    for at in range(0, len(operations), 100):
        page.send(article.id, *operations[at : at + 100])
        page.stored(article.id)
