"""Corpora of any size in our own words, the same for the same seed: for tests and benchmarks."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from annotator.domain.blocks import Block, split_blocks
from annotator.domain.corpus import Annotation, Answer, Article, Corpus, CorpusLabel, Relation

LABELS = (
    CorpusLabel("EFFICACY_CLAIM", "EFF", "claim", "A change for the better in patients."),
    CorpusLabel("SAFETY_CLAIM", "SAF", "claim", "A harm, or that there was none."),
    CorpusLabel("PATIENT_COUNT", "N", "flat", "How many people."),
    CorpusLabel("POPULATION", "POP", "flat", "Who they are."),
    CorpusLabel("CONDITION", "CON", "flat", "What they have."),
    CorpusLabel("INTERVENTION", "INT", "flat", "What is given."),
    CorpusLabel("OUTCOME", "OUT", "flat", "What is measured."),
    CorpusLabel("RESULT_VALUE", "RES", "flat", "The number it came to."),
)
QUESTIONS = ("harms", "funding")

_COUNTS = ("eight", "23", "1,204", "forty", "312", "seventeen", "98")
_PEOPLE = ("young patients", "older adults", "newborns", "women", "children", "men over sixty")
_CONDITIONS = ("lupus", "severe asthma", "type 2 diabetes", "heart failure", "chronic migraine")
_OUTCOMES = ("symptoms", "organ damage", "blood pressure", "pain scores", "relapse rate")
_RESULTS = ("40%", "12.5 mg/dL", "p<0.05", "n=23", "1.8–2.4", "6 points", "β = −0.31")
_SOUNDS = ("bel", "cor", "dan", "fil", "gor", "hal", "jem", "kal", "lor", "mir", "nov", "pel")
_DRUGS = ("amab", "ucel", "inib", "olol", "pril", "statin", "vir", "zole", "tide", "mycin")
_GLUE = ("the", "of", "and", "in", "was", "for", "with", "that", "by", "than", "no", "an")


def corpus(count: int, seed: int = 0, **changes: object) -> Corpus:
    """A corpus of ``count`` articles of about 200 words, made anew at each reading."""

    def articles() -> Iterator[Article]:
        for number in range(count):
            yield article(number, seed)

    plain = Corpus(
        project="demo",
        language="en",
        labels=LABELS,
        questions=QUESTIONS,
        articles=articles,
        layer="annotator1",
        sequence=7,
        left_out={"open": 2},
        rules={f"a{number}": "annotator1" for number in range(count)},
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def of(*articles: Article, **changes: object) -> Corpus:
    """A corpus of exactly these articles."""
    rules = {found.id: "gold" for found in articles}
    changed = {"articles": lambda: iter(articles), "rules": rules} | changes
    return corpus(0, **changed)


def article(number: int, seed: int = 0) -> Article:
    """One article with its annotations; every ninth has none."""
    random = Random(f"{seed}-{number}")
    writer = _Writer(f"a{number}", random)
    drug = random.choice(_SOUNDS) + random.choice(_SOUNDS) + random.choice(_DRUGS)
    writer.say(f"A trial of {drug} in {random.choice(_CONDITIONS)}")
    writer.paragraph()
    for _ in range(3):
        for _ in range(random.randrange(3, 5)):
            random.choice((writer.efficacy, writer.safety, writer.background))(drug)
        writer.paragraph()
    return writer.article(empty=number % 9 == 8)


def marked(text: str, *spans: tuple[str, str], id: str = "a1", **changes: object) -> Article:  # noqa: A002
    """An article in which the first mention of each quote has a label."""
    annotations = []
    for quote, label in spans:
        start = text.index(quote)
        name = f"{id}-{len(annotations)}"
        annotations.append(
            Annotation(name, start, start + len(quote), label, quote, "annotator1", "annotator1")
        )
    plain = Article(id, text, blocks=tuple(split_blocks(text)), annotations=tuple(annotations))
    return replace(plain, **changes)  # type: ignore[arg-type]


def answered(found: Article, **answers: str) -> Article:
    """The article with these answers on its card."""
    given = (Answer(question, answer, "ann") for question, answer in answers.items())
    return replace(found, answers=tuple(given))


class _Writer:
    """Writes sentences and remembers what is marked in them."""

    def __init__(self, name: str, random: Random) -> None:
        self._name = name
        self._random = random
        self._text = ""
        self._blocks: list[Block] = []
        self._start = 0
        self._marks: list[tuple[int, int, str]] = []

    def say(self, sentence: str) -> None:
        self._text += sentence

    def paragraph(self) -> None:
        self._text = self._text.rstrip(" ")
        kind = "body" if self._blocks else "title"
        self._blocks.append(Block(kind, self._start, len(self._text)))  # type: ignore[arg-type]
        self._text += "\n\n"
        self._start = len(self._text)

    def mark(self, words: str, label: str) -> None:
        self._marks.append((len(self._text), len(self._text) + len(words), label))
        self._text += words

    def efficacy(self, drug: str) -> None:
        pick = self._random.choice
        start = len(self._text)
        self.say("In ")
        self.mark(pick(_COUNTS), "PATIENT_COUNT")
        self.say(" ")
        self.mark(pick(_PEOPLE), "POPULATION")
        self.say(" with ")
        self.mark(pick(_CONDITIONS), "CONDITION")
        self.say(", ")
        self.mark(drug, "INTERVENTION")
        self.say(" reduced ")
        self.mark(pick(_OUTCOMES), "OUTCOME")
        self.say(" (")
        self.mark(pick(_RESULTS), "RESULT_VALUE")
        self.say(f") where {self._babble(9)}")
        self._marks.append((start, len(self._text), "EFFICACY_CLAIM"))
        self.say(". ")

    def safety(self, drug: str) -> None:
        start = len(self._text)
        self.say(f"Headache was as common with {drug} as in the other ")
        self.mark(self._random.choice(_PEOPLE), "POPULATION")
        self.say(f" and {self._babble(9)}")
        self._marks.append((start, len(self._text), "SAFETY_CLAIM"))
        self.say(". ")

    def background(self, drug: str) -> None:
        self.say(f"As for {drug}, {self._babble(18)}. ")

    def _babble(self, length: int) -> str:
        """Words of no language, so that no two articles resemble each other."""
        pick = self._random.choice
        words = (
            pick(_GLUE)
            if self._random.random() < 0.3
            else "".join(self._random.choices(_SOUNDS, k=3))
            for _ in range(length)
        )
        return " ".join(words)

    def article(self, *, empty: bool) -> Article:
        text = self._text.rstrip("\n")
        marks = [] if empty else self._marks
        annotations = tuple(
            Annotation(
                id=f"{self._name}-{place:03}",
                start=start,
                end=end,
                label=label,
                quote=text[start:end],
                annotator="annotator1",
                layer="annotator1",
                values={"direction": "improved"} if label == "EFFICACY_CLAIM" else {},
            )
            for place, (start, end, label) in enumerate(marks)
        )
        return Article(
            id=self._name,
            text=text,
            title=text[: self._blocks[0].end],
            meta={"publisher": "Our Own Words"},
            blocks=tuple(self._blocks),
            annotations=annotations,
            relations=(
                (Relation("same_as", annotations[0].id, annotations[-1].id, "annotator1"),)
                if len(annotations) > 1
                else ()
            ),
            answers=(
                Answer("harms", "not reported" if empty else "found", "annotator1"),
                Answer("funding", "unclear", "annotator1"),
            ),
            done=("annotator1",),
        )
