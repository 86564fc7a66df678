"""The named checks at the end of ``report.json``: what a careful person would ask of a corpus."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from annotator.domain.corpus import Corpus
from annotator.domain.splits import Split
from annotator.exporters.spacy_docs import LAYERS
from annotator.exporters.spacy_tally import Tally

PASSED, FAILED, NOT_APPLICABLE = "passed", "failed", "not applicable"
FEW_SPANS = 10


@dataclass(frozen=True, slots=True)
class Findings:
    """What the checks look at."""

    corpus: Corpus
    tally: Tally
    split: Split
    sources: int
    """Articles that name what they are about."""
    machine: Mapping[str, int]
    """Articles by the answer to who wrote them; empty where nobody was asked."""
    reasons: Mapping[str, Mapping[str, int]]
    """Reported spans by layer and reason."""
    foreign: Mapping[str, int] = field(default_factory=dict)
    """Articles by language, where its token rules are others than those of the project's."""


def run_checks(found: Findings) -> list[dict[str, str]]:
    """One record a check: its name, its state and a sentence."""
    return [
        {"check": name, "state": state, "sentence": sentence}
        for name, state, sentence in _checks(found)
    ]


def failed_sentences(warnings: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """The sentences of the checks that failed."""
    return tuple(w["sentence"] for w in warnings if w["state"] == FAILED)


def _checks(found: Findings) -> Iterator[tuple[str, str, str]]:
    yield "same story on both sides", *_same_story(found)
    yield "every side has articles", *_sides(found)
    yield "a label under 10 spans", *_rare_labels(found)
    yield "gold of one reader", *_one_reader(found)
    yield (
        "untouched suggestions",
        NOT_APPLICABLE,
        ("Annotations in this corpus do not say whether they began as a suggestion."),
    )
    yield (
        "guesses nobody confirmed",
        *_state(
            found.tally.unconfirmed == 0,
            "Every value was confirmed or left unset.",
            f"{found.tally.unconfirmed} values are a preselected guess that nobody confirmed; "
            "annotations.jsonl names them under “unconfirmed”.",
        ),
    )
    yield (
        "rules changed half way",
        NOT_APPLICABLE,
        ("Annotations in this corpus do not say under which version of the scheme they were made."),
    )
    furniture = _reported(found, "furniture")
    yield (
        "furniture",
        *_state(
            not furniture,
            "No span lies in page furniture.",
            f"{furniture} spans lie in page furniture and are in no layer; if the text there "
            "belongs to the article, change the kind of those blocks.",
        ),
    )
    yield "empty articles missing", *_empty(found)
    yield "machine-written share", *_machine(found)
    yield "spans that do not fit", *_misfits(found)
    lost = found.tally.answers_without_doc
    yield (
        "answers of cut articles",
        *_state(
            not lost,
            "Every article with a learnable answer has a doc that carries it.",
            f"{lost} articles are cut into several docs, or their text is in already, so their "
            "answers are in no doc.cats.",
        ),
    )
    if found.foreign:
        yield "articles in other languages", FAILED, _foreign(found)


def _foreign(found: Findings) -> str:
    languages = ", ".join(f"{n} in {language}" for language, n in sorted(found.foreign.items()))
    return (
        f"Articles are in another language than the project ({languages}). Their docs have the "
        "tokens of their own language, as on their pages; the tokenizer of this folder is the "
        "project's and cuts such texts in other places."
    )


def _state(passed: bool, good: str, bad: str) -> tuple[str, str]:
    return (PASSED, good) if passed else (FAILED, bad)


def _same_story(found: Findings) -> tuple[str, str]:
    sides: dict[str, set[str]] = {}
    for placed in found.split.placed:
        sides.setdefault(placed.group, set()).add(placed.side)
    torn = sorted(group for group, on in sides.items() if len(on) > 1)
    joined = len(found.split.placed) - len(sides)
    known = (
        f"{found.sources} articles name their source"
        if found.sources
        else "no article names its source, so only texts that resemble each other were seen"
    )
    return _state(
        not torn,
        f"No group is on two sides; {joined} articles joined another's group ({known}).",
        f"Groups on two sides: {', '.join(torn)}.",
    )


def _sides(found: Findings) -> tuple[str, str]:
    empty = [side for side, counts in found.tally.sides.items() if not counts.docs]
    return _state(
        not empty,
        "Train, dev and test each have articles.",
        f"Without articles: {', '.join(empty)}. {' '.join(found.split.notes)}".strip(),
    )


def _rare_labels(found: Findings) -> tuple[str, str]:
    spans = {
        label.name: sum(side.spans for side in found.tally.labels.get(label.name, {}).values())
        for label in found.corpus.labels
    }
    rare = [f"{name} ({count})" for name, count in spans.items() if count < FEW_SPANS]
    return _state(
        not rare,
        f"Each of the {len(spans)} labels has {FEW_SPANS} spans or more.",
        f"Labels with fewer than {FEW_SPANS} spans, which no model learns: {', '.join(rare)}.",
    )


def _one_reader(found: Findings) -> tuple[str, str]:
    rules = found.corpus.rules
    if not rules:
        return NOT_APPLICABLE, "The corpus does not say who read which article."
    alone = sum(rule != "gold" and not rule.startswith("majority") for rule in rules.values())
    return _state(
        not alone,
        "Every article is settled between several readers.",
        f"{alone} of {len(rules)} articles rest on a single reader.",
    )


def _empty(found: Findings) -> tuple[str, str]:
    empty = sum(side.empty for side in found.tally.sides.values())
    return _state(
        empty > 0,
        f"{empty} articles have nothing marked and are in as negatives.",
        "No article without a mark is in the corpus; a model may learn that every text has some.",
    )


def _machine(found: Findings) -> tuple[str, str]:
    told = sum(found.machine.values())
    if not told:
        return NOT_APPLICABLE, "No article says who or what wrote it."
    machine = sum(n for writer, n in found.machine.items() if writer.startswith("machine"))
    return _state(
        machine * 2 <= told,
        f"{machine} of {told} articles that say so were written by a machine.",
        f"More than half of the articles that say so were written by a machine: {machine} of "
        f"{told}.",
    )


def _misfits(found: Findings) -> tuple[str, str]:
    reasons = ("tokens", "blank", "cut", "outside")
    misfits = sum(_reported(found, reason) for reason in reasons)
    return _state(
        not misfits,
        "Every span begins and ends at a token border.",
        f"{misfits} spans do not fit the tokens or the windows; report.json lists each of them.",
    )


def _reported(found: Findings, reason: str) -> int:
    # Flat spans are reported for ner and for spancat; they count once.
    return sum(found.reasons[layer].get(reason, 0) for layer in LAYERS if layer != "ner")
