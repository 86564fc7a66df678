"""Score trained models on the test side: ``python evaluate.py model-ner/model-best ...``

For each layer that a model predicts: precision, recall and F1 by label, exact and by overlap, with
a 95 % interval (articles drawn with replacement) beside a baseline that marks in the test texts
what was marked most often in the training texts.
"""

# ruff: noqa: T201, S311

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

import spacy
from load import docs  # type: ignore[import-not-found]
from spacy.tokens import Doc, Span

Mark = tuple[int, int, str]
Counts = dict[str, list[int]]
LAYERS = ("ents", "sc", "claims")
LONGEST = 12


def marks(doc: Doc, layer: str) -> set[Mark]:
    """Spans of a layer as characters and label."""
    spans: list[Span] = list(doc.ents if layer == "ents" else doc.spans.get(layer, ()))
    return {(span.start_char, span.end_char, span.label_) for span in spans}


def majority_strings(layer: str) -> dict[str, str]:
    """Training spellings with the label they have most often, where most mentions have one."""
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for doc in docs("train"):
        for start, end, label in sorted(marks(doc, layer)):
            labels[doc.text[start:end].casefold()][label] += 1
    mentions: Counter[str] = Counter()
    for doc in docs("train"):
        mentions.update(
            doc.text[start:end].casefold() for start, end, _ in mark_strings(doc, labels)
        )
    best = {form: counts.most_common(1)[0] for form, counts in labels.items()}
    return {form: label for form, (label, n) in best.items() if n * 2 >= mentions[form]}


def mark_strings(doc: Doc, forms: Mapping[str, object]) -> set[Mark]:
    """The known spellings in a text, longest first, none inside another, with what they map to."""
    found: set[Mark] = set()
    start = 0
    while start < len(doc):
        for end in range(min(len(doc), start + LONGEST), start, -1):
            span = doc[start:end]
            if span.text.casefold() in forms:
                label = forms[span.text.casefold()]
                found.add((span.start_char, span.end_char, str(label)))
                start = end - 1
                break
        start += 1
    return found


def compare(gold: set[Mark], guess: set[Mark], exact: bool) -> Counts:
    """By label: hits, marks in the gold, marks guessed. Overlap pairs each mark once at most."""
    counts: Counts = defaultdict(lambda: [0, 0, 0])
    free = set(guess)
    for start, end, label in sorted(gold):
        counts[label][1] += 1
        for other in sorted(free):
            same = other == (start, end, label)
            touching = other[2] == label and other[0] < end and start < other[1]
            if same or (touching and not exact):
                counts[label][0] += 1
                free.discard(other)
                break
    for _, _, label in guess:
        counts[label][2] += 1
    return counts


def add(parts: list[Counts]) -> Counts:
    """Sums of counts, and their total under the name ALL."""
    total: Counts = defaultdict(lambda: [0, 0, 0])
    for part in parts:
        for label, numbers in part.items():
            for name in (label, "ALL"):
                total[name] = [a + b for a, b in zip(total[name], numbers, strict=True)]
    return total


def scores(hits: int, gold: int, guessed: int) -> tuple[float, float, float]:
    """Precision, recall and F1; 0 where nothing was guessed or nothing is there."""
    precision = hits / guessed if guessed else 0.0
    recall = hits / gold if gold else 0.0
    return precision, recall, 2 * hits / (gold + guessed) if gold + guessed else 0.0


def interval(by_article: dict[str, list[Counts]], label: str) -> tuple[float, float]:
    """F1 between the 2.5th and 97.5th percentile of 1,000 draws of articles."""
    articles = [add(parts) for parts in by_article.values()]
    draw = random.Random(0)
    found = []
    for _ in range(1000):
        total = [0, 0, 0]
        for counts in draw.choices(articles, k=len(articles)):
            numbers = counts.get(label, [0, 0, 0])
            total = [a + b for a, b in zip(total, numbers, strict=True)]
        found.append(scores(*total)[2])
    found.sort()
    return found[25], found[974]


def report(layer: str, exact: bool, gold: list[Doc], guesses: list[Doc]) -> None:
    """Print the table of one layer."""
    forms = majority_strings(layer)
    ours: dict[str, list[Counts]] = defaultdict(list)
    base: list[Counts] = []
    for doc, guess in zip(gold, guesses, strict=True):
        wanted = marks(doc, layer)
        ours[doc.user_data["article"]].append(compare(wanted, marks(guess, layer), exact))
        base.append(compare(wanted, mark_strings(doc, forms), exact))
    totals, baseline = add([part for parts in ours.values() for part in parts]), add(base)
    print(f"\n{layer}, {'exact' if exact else 'overlap'}")
    print(f"{'label':22}{'gold':>6}{'P':>7}{'R':>7}{'F1':>7}   {'95 %':13}{'baseline F1':>12}")
    for label in sorted(totals, key=lambda name: (name != "ALL", name)):
        precision, recall, f1 = scores(*totals[label])
        low, high = interval(ours, label)
        other = scores(*baseline.get(label, [0, 0, 0]))[2]
        print(
            f"{label:22}{totals[label][1]:6}{precision:7.2f}{recall:7.2f}{f1:7.2f}"
            f"   {low:.2f} - {high:.2f}  {other:12.2f}"
        )


def main() -> None:
    """Score every model named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--side", default="test", choices=("train", "dev", "test"))
    options = parser.parse_args()
    gold = list(docs(options.side))
    for model in options.models:
        nlp = spacy.load(model)
        guesses = [nlp(doc.text) for doc in gold]
        print(f"\n# {model} on {options.side}: {len(gold)} docs")
        for layer in LAYERS:
            if (
                "ner" in nlp.pipe_names
                if layer == "ents"
                else any(layer in doc.spans for doc in guesses)
            ):
                for exact in (True, False):
                    report(layer, exact, gold, guesses)


if __name__ == "__main__":
    main()
