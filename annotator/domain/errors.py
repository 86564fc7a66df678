"""What can go wrong, each with a sentence for the person who meets it.

The web layer and the API turn a class into a status; nothing below them knows HTTP.
"""


class DomainError(Exception):
    """A refused request; ``str(error)`` is the sentence shown, ``code`` names the case."""

    code = "refused"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        if code is not None:
            self.code = code


class Invalid(DomainError):
    """The request cannot be carried out as it is written."""

    code = "invalid"


class NotFound(DomainError):
    """The object is not there, or not for this person: the two look alike."""

    code = "not-found"


class Forbidden(DomainError):
    """The person may see the object but not do this with it."""

    code = "forbidden"


class NotSignedIn(DomainError):
    """No valid session or token came with the request."""

    code = "not-signed-in"


class Conflict(DomainError):
    """The request contradicts what is stored, for instance an id that exists."""

    code = "conflict"


class Duplicate(Conflict):
    """The same extent with the same label exists in this layer; ``existing`` is its id."""

    code = "duplicate"

    def __init__(self, sentence: str, *, existing: str) -> None:
        super().__init__(sentence)
        self.existing = existing


class Stale(DomainError):
    """The object was changed since the caller last saw it."""

    code = "stale"


class TooMany(DomainError):
    """Too many attempts; ``retry_after`` is the wait in seconds."""

    code = "too-many"

    def __init__(self, sentence: str, *, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """The store cannot take a change at the moment; nothing was written."""

    code = "unavailable"
