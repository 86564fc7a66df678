"""What each view takes and gives: told once beside the view, printed by the OpenAPI document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from annotator.api.answers import Answer
from annotator.api.requests import Body

JSON = "application/json"
Given = type[Answer] | tuple[type[Answer], ...] | str | None
"""What comes with a status: a model, one of several, bytes of a content type, or nothing."""
READ_PROBLEMS = (401, 403, 404, 422, 500, 503)
WRITE_PROBLEMS = (400, 401, 403, 404, 409, 413, 415, 422, 500, 503)


@dataclass(frozen=True, slots=True)
class Contract:
    """A view's side of the bargain. ``answers`` map a status to what comes with it."""

    answers: Mapping[int, Given]
    body: type[Body] | None = None
    body_required: bool = True
    media: tuple[str, ...] = (JSON,)
    lines: tuple[str, ...] = ()
    """Content types in which the body is one JSON value a line."""
    query: type[Body] | None = None
    writes: bool = False
    matches: bool = False
    """Whether it takes ``If-Match`` and may answer 412."""
    etag: bool = False
    open: bool = False
    """Whether it needs no token."""
    problems: tuple[int, ...] = ()

    @property
    def all_problems(self) -> tuple[int, ...]:
        """Every status of a problem that it may answer with."""
        if self.open:
            return (500,)
        usual = WRITE_PROBLEMS if self.writes else READ_PROBLEMS
        stale = (412,) if self.matches else ()
        return tuple(sorted({*usual, *stale, *self.problems}))


View = TypeVar("View", bound=Callable[..., object])
CONTRACTS: dict[str, Contract] = {}
"""By the name of the view, which is its endpoint's too."""


def under(contract: Contract) -> Callable[[View], View]:
    """Note that the decorated view keeps ``contract``; the view stays as it is."""

    def note(view: View) -> View:
        CONTRACTS[view.__name__] = contract
        return view

    return note
