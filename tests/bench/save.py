"""Saving one annotation: alone, as the work grows, by many at once, and the same by many."""

import threading
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median

from tests.bench.figures import Figure, figure, percentile
from tests.bench.floors import Commits, answer_times, bare_server
from tests.bench.stage import BROWSERS_ENCODING, staged
from tests.faults.connection import Connection
from tests.faults.oracle import stored_count
from tests.faults.page import Page, add
from tests.faults.scene import Reading, Scene, enter

ROUNDS = 5
SAVES = 100
GROWN, STEP = 2_500, 250
CLIENTS, SECONDS = 32, 6.0
PER_ARTICLE = 10
TOGETHER = 8
MS = 1_000


def run(work: Path) -> list[Figure]:
    """Everything about saving, each on a database of its own."""
    return [*alone(work), *growing(work), *crowd(work), *same_span(work)]


def alone(work: Path) -> list[Figure]:
    """One client, beside one commit and one bare answer measured in the same rounds."""
    commits, answers, saves, ratios = [], [], [], []
    late: list[float] = []
    with staged(work, people=1, articles=60, words=300) as stage, bare_server(work / "bare") as ok:
        floor, bare = Commits(work), Connection(ok.port, {})
        page = stage.page(0, stage.scene.articles[0])
        stream = _stream(stage.scene, 0, 1)
        _times(page, stream, 30)
        answer_times(bare, 100)
        for _ in range(ROUNDS):
            commits.append(median(floor.times(SAVES)))
            answers.append(median(answer_times(bare, SAVES)))
            times = _times(page, stream, SAVES)
            late += times
            saves.append(median(times))
            ratios.append(saves[-1] / (commits[-1] + answers[-1]))
        bare.close()
        page.connection.close()
        floor.close()
    return [
        figure("floor: a WAL commit with FULL sync, p50", _ms(commits), "ms"),
        figure("floor: a bare Flask answer on waitress, p50", _ms(answers), "ms"),
        figure("one client: save, p50", _ms(saves), "ms"),
        figure("one client: save, p95", [percentile(late, 0.95) * MS], "ms"),
        figure("one client: save against both floors", ratios, "x", most=6),
    ]


def growing(work: Path) -> list[Figure]:
    """One layer from the first span to the 2,500th: spread over a long text, and crowded."""
    figures = []
    for name, words in (("long text", 16_000), ("crowded text", 700)):
        with staged(work, people=1, articles=1, words=words) as stage:
            article = stage.scene.articles[0]
            page = stage.page(0, article)
            step = max(1, len(article.words) // GROWN)
            places = (
                (article, word, label)
                for label in stage.scene.labels
                for word in article.words[::step]
            )
            times = [median(_times(page, places, STEP)) for _ in range(GROWN // STEP)]
            page.connection.close()
        most = 1.5 if name == "long text" else None
        figures += [
            figure(f"{name}: save, p50 by {STEP} spans up to {GROWN}", _ms(times), "ms"),
            figure(
                f"{name}: the last {STEP} against the first", [times[-1] / times[0]], "x", most=most
            ),
        ]
    return figures


def crowd(work: Path) -> list[Figure]:
    """32 people at once, each on articles of their own; and whether all of it is there."""
    rates, slow, lost = [], [], []
    with staged(work, people=CLIENTS, articles=CLIENTS * 20, words=250) as stage:
        streams = [_stream(stage.scene, n, CLIENTS) for n in range(CLIENTS)]
        pages = [stage.page(n, stage.scene.articles[n]) for n in range(CLIENTS)]
        for _ in range(3):
            before = stored_count(stage.database)
            times, wall = _together(pages, streams)
            rates.append(len(times) / wall)
            slow.append(percentile(times, 0.99) * MS)
            lost.append(len(times) - (stored_count(stage.database) - before))
        for page in pages:
            page.connection.close()
    return [
        figure(f"{CLIENTS} clients: durable saves a second", rates, "/s", least=600),
        figure(f"{CLIENTS} clients: save, p99", slow, "ms", most=150),
        figure(f"{CLIENTS} clients: acknowledged less stored", lost, "saves", most=0),
    ]


def same_span(work: Path) -> list[Figure]:
    """One person with eight sessions, who sends each span from all of them at once."""
    wanted = 40
    with staged(work, people=1, articles=wanted, words=60) as stage:
        articles = stage.scene.articles
        pages = []
        for _ in range(TOGETHER):
            person = enter(stage.world, stage.scene.people[0].name)
            pages.append(Page(person, stage.server.port, encoding=BROWSERS_ENCODING))
            pages[-1].open(articles[0].id)
        gate = threading.Barrier(TOGETHER)

        def send(page: Page) -> None:
            for article in articles:
                gate.wait(30)
                page.send(article.id, add(article.words[5], stage.scene.labels[0]))
                page.stored(article.id)
            page.connection.close()

        _join([threading.Thread(target=send, args=[page], daemon=True) for page in pages])
        stored = stored_count(stage.database)
    return [figure(f"{TOGETHER} sessions, {wanted} spans each: rows", [stored], "", most=wanted)]


Place = tuple[Reading, object, str]


def _stream(scene: Scene, number: int, of: int) -> Iterator[Place]:
    """One of ``of`` clients' own articles, ten spans each, then round again."""
    mine = scene.articles[number::of]
    rounds = len(mine[0].words) // PER_ARTICLE
    for turn in range(rounds):
        for article in mine:
            for n, word in enumerate(article.words[turn * PER_ARTICLE : (turn + 1) * PER_ARTICLE]):
                yield article, word, scene.labels[n % len(scene.labels)]


def _times(page: Page, stream: Iterator[Place], saves: int) -> list[float]:
    found = []
    for article, word, label in islice(stream, saves):
        operation, seq = add(word, label), page.seq.get(article.id, 0)
        began = time.perf_counter()
        page.send(article.id, operation)
        page.stored(article.id)
        found.append(time.perf_counter() - began)
        if page.seq[article.id] <= seq:
            raise RuntimeError(f"A save was refused: {operation}")
    if len(found) < saves:
        raise RuntimeError("The article has too few words.")
    return found


def _together(pages: list[Page], streams: list[Iterator[Place]]) -> tuple[list[float], float]:
    gate = threading.Barrier(len(pages) + 1)
    until = [0.0]
    times: list[float] = []

    def client(page: Page, stream: Iterator[Place]) -> None:
        gate.wait(60)
        while time.perf_counter() < until[0]:
            times.extend(_times(page, stream, 1))

    threads = [
        threading.Thread(target=client, args=each, daemon=True)
        for each in zip(pages, streams, strict=True)
    ]
    for thread in threads:
        thread.start()
    began = time.perf_counter()
    until[0] = began + SECONDS
    gate.wait(60)
    _join(threads, started=True)
    return times, time.perf_counter() - began


def _join(threads: list[threading.Thread], *, started: bool = False) -> None:
    for thread in threads if not started else ():
        thread.start()
    for thread in threads:
        thread.join(120)
        if thread.is_alive():
            raise RuntimeError("A client hangs.")


def _ms(seconds: list[float]) -> list[float]:
    return [value * MS for value in seconds]
