"""What the API answers with: one model a thing, and lists as pages of them."""

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from annotator.domain.blocks import Kind
from annotator.domain.workflow import STATES as LAYER_STATES
from annotator.services.labels import STATES as LABEL_STATES
from annotator.services.records import NEW

JOB_STATES = ("queued", "running", "done", "failed")
Scalar = int | float | str
Item = TypeVar("Item")
LayerState = Annotated[str, Field(json_schema_extra={"enum": [NEW, *LAYER_STATES]})]
LabelState = Annotated[str, Field(json_schema_extra={"enum": list(LABEL_STATES)})]
JobState = Annotated[str, Field(json_schema_extra={"enum": list(JOB_STATES)})]


class Answer(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(extra="forbid")


class Page(Answer, Generic[Item]):
    """A part of a list; “next” goes into “cursor” for what follows, null at the end."""

    items: list[Item]
    next: str | None


class ListedProject(Answer):
    """A project in the list; “open” and “done” count the caller's own articles."""

    slug: str
    name: str
    role: str | None
    articles: int
    open: int
    done: int


class AttributeAnswer(Answer):
    """A value that a label asks for, or a question about the article."""

    name: str
    title: str
    kind: str
    required: bool
    options: list[str] = Field(description="A closed list; “not stated” fits besides.")


class LabelAnswer(Answer):
    """A label of a project."""

    name: str
    code: str
    layer: str
    state: LabelState
    definition: str
    attributes: list[AttributeAnswer]


class ProjectAnswer(Answer):
    """A project with its scheme."""

    slug: str
    name: str
    language: str
    role: str | None
    annotators_per_article: int
    blind: bool
    articles: int
    scheme_version: int
    labels: list[LabelAnswer]
    questions: list[AttributeAnswer]
    relations: list[str]


class ListedArticleAnswer(Answer):
    """An article without its text."""

    id: int
    external_id: str
    title: str | None
    language: str
    batch: str | None
    length: int = Field(description="Code points of the text.")
    ready: bool = Field(description="Whether its tokens are there, so that it is handed out.")
    created_at: datetime
    state: LayerState = Field(description="How far the caller is with it.")


class AnnotationAnswer(Answer):
    """An annotation; offsets are code points of the article's text, half-open."""

    id: str
    start: int
    end: int
    label: str
    quote: str
    annotator: str
    layer: str
    values: dict[str, Scalar]
    unconfirmed: list[str] = Field(description="Names of values that nobody confirmed.")
    note: str | None
    unsure: bool
    rev: int = Field(description="The revision: also the ETag, and what If-Match compares.")


class RelationAnswer(Answer):
    """A typed link between two annotations."""

    type: str
    source: str = Field(serialization_alias="from")
    target: str = Field(serialization_alias="to")
    annotator: str


class CardAnswer(Answer):
    """An answer on the article card."""

    question: str
    answer: str
    annotator: str
    annotation: str | None


class LayerAnswer(Answer):
    """Where the caller stands with an article."""

    state: LayerState
    seq: int
    skip_reason: str | None
    note: str | None


class ArticleAnswer(ListedArticleAnswer):
    """An article as a canonical record, with the layers that the caller may see."""

    text: str
    meta: dict[str, Any]
    blocks: list[tuple[int, int, Kind]]
    annotations: list[AnnotationAnswer]
    relations: list[RelationAnswer]
    answers: list[CardAnswer]
    done: list[str]
    skipped: dict[str, str]
    layer: LayerAnswer


class TakenRecord(Answer):
    """What became of one line."""

    line: int
    status: Literal["created", "refused"]
    id: int | None = None
    external_id: str | None = None
    code: str | None = None
    detail: str | None = Field(default=None, description="Why it was refused.")


class JobAnswer(Answer):
    """Where a job stands."""

    id: int
    project: str
    kind: str
    state: JobState
    step: int
    steps: int
    message: str | None = Field(description="Why it failed, or what it had to leave out.")
    requested_by: str | None
    created_at: datetime
    finished_at: datetime | None
    bytes: int | None = Field(description="Size of the file that a finished export made.")
    file: str | None = Field(description="The address of that file.")


class Fault(Answer):
    """One thing that is wrong with a body."""

    detail: str
    pointer: str | None = Field(default=None, description="Where: a JSON pointer.")
    line: int | None = Field(default=None, description="Which line of several records.")
    code: str | None = None


class Problem(Answer):
    """What went wrong (RFC 9457); “detail” is a sentence for a person, “code” for a program."""

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    instance: str
    existing: str | None = Field(
        default=None, description="The annotation that holds the same words and label."
    )
    errors: list[Fault] | None = None
