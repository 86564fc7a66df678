"""A server, a browser, and a stage of its own for every test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from annotator.storage.engine import Database
from tests.browser.browser_finder import arguments, ensure
from tests.browser.desk import LIMIT, Desk
from tests.browser.stage import Stage
from tests.faults.server import Server
from tests.world import World

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """``annotator serve`` as its own process; tests write into its database while it runs."""
    folder = tmp_path_factory.mktemp("browser")
    path = folder / "annotator.sqlite"
    shutil.copy(sqlite_template, path)
    with Server(folder, f"sqlite:///{path}") as running:
        yield running


@pytest.fixture(scope="session")
def world(server: Server) -> Iterator[World]:
    """People, projects and articles in the server's database."""
    database = Database(server.database_url)
    yield World(database)
    database.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    path = ensure()
    expect.set_options(timeout=LIMIT * 1000)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=arguments())
        yield running
        running.close()


@pytest.fixture(scope="session")
def stories(world: World) -> str:
    """The project whose articles are read by one person each."""
    return world.project("stories", quota=1).slug


@pytest.fixture
def stage(world: World, browser: Browser, server: Server, stories: str) -> Iterator[Stage]:
    """A place to play; the test fails if a page raised, complained or was answered with a 5xx."""
    made = Stage(world, browser, f"http://127.0.0.1:{server.port}", stories)
    yield made
    made.close()
    assert made.watch.unexpected == []


@pytest.fixture
def desk(stage: Stage) -> Desk:
    """Somebody who has just opened an article with nothing in it."""
    return stage.desk()
