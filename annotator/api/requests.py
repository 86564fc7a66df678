"""What callers send: one model a body or a query; extra keys are refused."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, FailFast, Field, JsonValue

from annotator.domain.blocks import Kind
from annotator.domain.naming import LANGUAGE, LONGEST_LANGUAGE
from annotator.domain.workflow import SKIP_REASONS

LARGEST_PAGE = 200
MOST_MARKS = 20_000
"""Annotations, or relations between them, of one record."""
OFFSET_LIMIT = 10_000_000
UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

Scalar = int | float | str
Offset = Annotated[int, Field(strict=True, ge=0, le=OFFSET_LIMIT)]
LabelName = Annotated[str, Field(min_length=1, max_length=40)]
PersonName = Annotated[str, Field(min_length=1, max_length=64)]
Quote = Annotated[str, Field(min_length=1)]
Note = Annotated[str, Field(max_length=2_000)]
ValueName = Annotated[str, Field(min_length=1, max_length=40)]
# The first fault of a list ends it: a body of millions of them must not become as many objects.
ValueNames = Annotated[list[ValueName], Field(max_length=100), FailFast()]
Values = dict[ValueName, Scalar | None]
Uuid = Annotated[str, Field(pattern=UUID)]


def _digits(value: object) -> object:
    """Only plain digits count as a whole number in an address."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
        return int(value)
    return value


Whole = Annotated[int, BeforeValidator(_digits)]


class Body(BaseModel):
    """Base of all bodies and queries."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PageQuery(Body):
    """Which part of a list."""

    cursor: str | None = Field(
        default=None, max_length=400, description="The list's last “next”; left out at first."
    )
    limit: Whole = Field(default=50, ge=1, le=LARGEST_PAGE)


class ArticlesQuery(PageQuery):
    """Which articles."""

    external_id: str | None = Field(default=None, min_length=1, max_length=200)


class AnnotationsQuery(PageQuery):
    """Which annotations of an article."""

    layer: PersonName | None = Field(default=None, description="The name of one layer.")


class ImportQuery(Body):
    """How records are taken."""

    labels: Literal["create", "refuse"] = Field(
        default="create", description="What becomes of labels that the project does not have."
    )


class ProjectBody(Body):
    """A project to be made; whoever makes it becomes its manager."""

    slug: str = Field(
        pattern=r"^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$", description="Its name in addresses."
    )
    name: str = Field(default="", max_length=200)
    scheme: str | None = Field(
        default=None,
        max_length=80,
        description="A scheme that comes with the program; without one there are no labels.",
    )
    annotators_per_article: int = Field(default=2, ge=1, le=20)
    blind: bool = Field(default=True, description="Whether annotators see only their own work.")


class AnnotationBody(Body):
    """An annotation as it shall be; offsets are code points of the article's text, half-open."""

    start: Offset
    end: Offset
    label: LabelName
    quote: Quote | None = Field(
        default=None, description="The text from start to end; refused where it is another."
    )
    values: Values = Field(
        default_factory=dict,
        description="Set and confirmed; null unsets one, “not stated” is a value.",
    )
    unconfirmed: ValueNames = Field(
        default_factory=list, description="Names in values that stay the server's own guess."
    )
    note: Note | None = None
    unsure: bool = False
    rev: int | None = Field(
        default=None, ge=1, description="The revision this is based on, like If-Match."
    )
    id: Uuid | None = Field(default=None, description="If given, the id in the address.")
    annotator: PersonName | None = Field(default=None, description="If given, the caller.")
    layer: PersonName | None = Field(default=None, description="If given, the caller.")


class AnnotationPatch(Body):
    """The parts of an annotation that change; values not named stay as they are."""

    start: Offset | None = None
    end: Offset | None = None
    label: LabelName | None = None
    quote: Quote | None = None
    values: Values = Field(default_factory=dict)
    note: Note | None = Field(default=None, description="null takes the note away.")
    unsure: bool | None = None


class RecordAnnotation(Body):
    """An annotation of a canonical record."""

    id: Uuid | None = Field(default=None, description="Made where it is missing.")
    start: Offset
    end: Offset
    label: LabelName
    quote: Quote | None = None
    annotator: PersonName | None = Field(
        default=None, description="A member of the project, “gold”, or left out for the caller."
    )
    layer: PersonName | None = None
    values: dict[ValueName, Scalar] = Field(default_factory=dict)
    unconfirmed: ValueNames = Field(default_factory=list)
    note: Note | None = None
    unsure: bool = False


class RecordRelation(Body):
    """A typed link of a canonical record, between ids of its annotations."""

    type: str = Field(min_length=1, max_length=40)
    source: Uuid = Field(alias="from")
    target: Uuid = Field(alias="to")
    annotator: PersonName | None = None


class RecordAnswer(Body):
    """An answer on the article card."""

    question: str = Field(min_length=1, max_length=40)
    answer: str = Field(min_length=1, max_length=80)
    annotator: PersonName | None = None
    annotation: Uuid | None = None


BlockTriple = Annotated[tuple[Offset, Offset, Kind], Field(strict=False)]
SkipReason = Annotated[str, Field(json_schema_extra={"enum": list(SKIP_REASONS)})]


class RecordBody(Body):
    """An article as a canonical record, with whatever was made on it."""

    id: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="The external id, unique in the project; made where it is missing.",
    )
    text: str = Field(min_length=1, description="Kept code point for code point.")
    title: str | None = Field(default=None, max_length=500)
    language: str | None = Field(
        default=None,
        max_length=LONGEST_LANGUAGE,
        pattern=f"^{LANGUAGE.pattern}$",
        description="The project's, else.",
    )
    batch: str | None = Field(default=None, min_length=1, max_length=200)
    meta: dict[str, JsonValue] = Field(default_factory=dict)
    blocks: Annotated[list[BlockTriple], FailFast()] = Field(
        default_factory=list,
        max_length=MOST_MARKS,
        description="Start, end and kind, in order; made where left out.",
    )
    annotations: Annotated[list[RecordAnnotation], FailFast()] = Field(
        default_factory=list, max_length=MOST_MARKS
    )
    relations: Annotated[list[RecordRelation], FailFast()] = Field(
        default_factory=list, max_length=MOST_MARKS
    )
    answers: Annotated[list[RecordAnswer], FailFast()] = Field(
        default_factory=list, max_length=1_000
    )
    done: Annotated[list[PersonName], FailFast()] = Field(
        default_factory=list, max_length=100, description="Whose layer is finished."
    )
    skipped: dict[PersonName, SkipReason] = Field(default_factory=dict)


class NoBody(Body):
    """Nothing more is to be said: an empty object, or no body at all."""


class ReopenBody(Body):
    """Why an article is taken up again."""

    reason: str = Field(default="", max_length=2_000)


class SkipBody(Body):
    """Why an article is left out; “other” asks for a note."""

    reason: SkipReason
    note: Note = ""


class ExportBody(Body):
    """A corpus to be made."""

    format: str = Field(min_length=1, max_length=40)
    layer: PersonName | None = Field(
        default=None, description="gold, majority, all or a person; by default as the format needs."
    )
    split: list[Annotated[float, Field(ge=0, le=1)]] = Field(
        default=[0.8, 0.1, 0.1], min_length=3, max_length=3
    )
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
