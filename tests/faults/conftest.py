"""Servers on a test's database, and the people and articles in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from annotator.storage.engine import Database
from tests.faults.scene import Scene, build_scene
from tests.faults.server import SERVE, Server
from tests.world import World

PEOPLE = 8


@pytest.fixture
def scene(world: World) -> Scene:
    """Eight people who read the same four articles."""
    return build_scene(world, people=PEOPLE, articles=4, words=400)


@pytest.fixture
def make_server(database: Database, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers on the test's database; they end with the test."""
    made: list[Server] = []

    def make(program: tuple[str, ...] = SERVE, **environment: str) -> Server:
        # One folder, as processes of one installation share it: the key that signs tokens is there.
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        url = database.url.render_as_string(hide_password=False)
        made.append(Server(folder, url, program, environment))
        made[-1].start()
        return made[-1]

    yield make
    for server in made:
        server.stop()
