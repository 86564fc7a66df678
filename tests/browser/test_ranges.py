"""Random ranges, selected in the browser: stored, quoted and exported as they were marked."""

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from annotator import registry
from annotator.domain.corpus import Article
from annotator.domain.permissions import LOCAL
from annotator.nlp.tokenizer import TOKENIZER_VERSION, token_runs
from annotator.services.imports import ImportRules, Sourced, import_records
from annotator.services.queue import read_queue
from tests.browser import corpus
from tests.browser.desk import Stored
from tests.browser.ranges import Ranges
from tests.browser.stage import Stage
from tests.world import default_scheme

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
FOLDERS = ("multilingual/udhr/*.html", "evidence_inference/txt/*.txt", "seed/*.txt")
OWN = {
    "en": [
        "Cells \U0001f600 and genes \U0001f9ec",
        "The \U0001d6c3-cell count rose \U0001f469\U0001f3fd\u200d\U0001f52c by 1×10⁶ in 8 mice.",
        "\U0001d40a\U0001d422\U0001d41d\U0001d427\U0001d41e\U0001d432 healed.",
    ],
    "fr": [
        "Une e\u0301tude",
        "L’e\u0301quipe a note\u0301\u00a0: 12\u00a0% d’e\u0301checs\u2009; naïf.",
        "Fin\u2028Suite\u2029Rien.",
    ],
    "ar": [
        "دراسة جديدة",
        "تحسّن ثمانية مرضى (8) خلال ٣ أشهر بعد العلاج CAR-T.",
        "لم ينتكس أحد.",
    ],
    "th": [
        "การศึกษาใหม่",
        "ผู้ป่วยแปดคนมีอาการดีขึ้นภายใน ๓ เดือน",
        "ไม่มีใครเสียชีวิต",
    ],
    "ja": [
        "新しい研究",
        "8人の患者が治療を受け、腎臓の症状が改善した。\U00020bb7田医師は慎重だ。",
        "か\u309bカ\u3099終わり。",
    ],
}


def own_articles() -> list[Article]:
    """Texts in which bytes, code points, UTF-16 units and what people call letters all differ."""
    return [
        Article(f"own-{language}", "\n\n".join(paragraphs), paragraphs[0], language)
        for language, paragraphs in OWN.items()
    ]


def shared_articles(*, every: bool) -> list[Article]:
    """The collections beside the checkout, or some of each; skips where they are missing."""
    files = [sorted(SHARED.glob(pattern)) for pattern in FOLDERS]
    if not all(files):
        pytest.skip("The collections of texts that are no part of the repository are not here.")
    chosen = [file for found in files for file in (found if every else found[::8])]
    return [one for file in chosen for one in read(file)]


def read(file: Path) -> Iterator[Article]:
    """A file's articles, by the format that recognises it."""
    for found in registry.recognise(file).read(file):
        assert isinstance(found, Article), found.sentence
        yield found


def prepare(stage: Stage, articles: Iterable[Article]) -> tuple[str, str, list[int]]:
    """A project with ``articles``, tokens and all, and its one annotator: slug, name, ids."""
    name = stage.person()
    slug, _ = stage.project(**{name: "annotator"})
    report = import_records(
        stage.world.database,
        LOCAL,
        slug=slug,
        records=[Sourced(one.id, None, one) for one in articles],
        tokenise=token_runs,
        tokenizer=TOKENIZER_VERSION,
        rules=ImportRules(),
    )
    assert report.refused == []
    with stage.world.database.read() as session:
        rows = read_queue(session, stage.world.actor(name), slug=slug).rows
    return slug, name, [row.article_id for row in rows]


def mark_at_random(
    stage: Stage, articles: list[Article], count: int, dice: random.Random
) -> tuple[str, str, list[Stored]]:
    """Mark ``count`` random ranges, spread over the articles, and compare what was stored."""
    slug, name, ids = prepare(stage, articles)
    context = stage.context(name)
    stored: list[Stored] = []
    for number, article in enumerate(ids):
        desk = stage.desk_of(context, slug, article, name)
        desk.open()
        ranges = Ranges(stage.world, article, dice)
        keys, wanted = desk.keys(), set()
        for _ in range(count * (number + 1) // len(ids) - count * number // len(ids)):
            choice = ranges.draw()
            key = dice.choice(list(keys))
            desk.select_at(*choice.selected)
            desk.page.keyboard.press(key)
            wanted.add((choice.start, choice.end, keys[key]))
        desk.saved()
        found = desk.stored()
        assert {(one.start, one.end, one.label) for one in found} == wanted
        assert all(one.quote == ranges.text[one.start : one.end] for one in found)
        stored += found
        stage.world.finish(stage.world.actor(name), article, slug)
        desk.page.close()
    return slug, name, stored


def compare_exports(stage: Stage, slug: str, name: str, stored: list[Stored], folder: Path) -> None:
    """Every annotation is in the files as it is stored, or in the report, and never in both."""
    database = stage.world.database
    marked = {corpus.Said(one.id, one.start, one.end, one.label, one.quote) for one in stored}
    lines = corpus.export(database, slug, name, "jsonl", folder / "all.jsonl")
    assert corpus.in_jsonl(lines) == marked
    trained = corpus.export(database, slug, name, "spacy", folder / "spacy")
    held, told = corpus.in_bins(trained), corpus.in_report(trained)
    claims = {label.name for label in default_scheme().labels if label.layer == "claim"}
    for layer in ("ner", "spancat", "claims"):
        due = {one for one in marked if (one.label in claims) == (layer == "claims")}
        assert held[layer] | told[layer] == due
        assert not held[layer] & told[layer]
        assert len(held[layer]) > len(due) / 4


def test_ranges_of_own_texts(stage: Stage, tmp_path: Path) -> None:
    dice = random.Random(11)
    slug, name, stored = mark_at_random(stage, own_articles(), 40, dice)
    assert len(stored) > 30
    compare_exports(stage, slug, name, stored, tmp_path)


def test_ranges_of_the_collections(stage: Stage, tmp_path: Path, full_rounds: bool) -> None:
    dice = random.Random(7)
    articles = shared_articles(every=full_rounds)
    count = 500 if full_rounds else 60
    slug, name, stored = mark_at_random(stage, articles, count, dice)
    assert len(stored) > 0.95 * count
    compare_exports(stage, slug, name, stored, tmp_path)
