"""What a refusal looks like, and bodies that nobody should send."""

from collections.abc import Callable
from typing import Any

Contents = Callable[[], dict[str, list[Any]]]
"""Reads every row of every table."""


def raw(text: str | bytes, content_type: str = "application/json") -> dict[str, Any]:
    """The options of a request whose body is exactly this."""
    data = text if isinstance(text, bytes) else text.encode()
    return {"data": data, "content_type": content_type}


def expect(answer: Any, status: int, code: str) -> None:
    """That ``answer`` is a whole problem with this status and code."""
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), (
        answer.text
    )
    problem = answer.json
    assert (problem["status"], problem["code"]) == (status, code), problem
    assert problem["type"] == "about:blank"
    assert problem["detail"].endswith((".", "”", ")")), problem["detail"]
    assert problem["instance"].startswith("/api/v1/")
    assert not {"input", "url", "ctx"} & {key for e in problem.get("errors", []) for key in e}
    assert "pydantic" not in answer.text
    assert "Traceback" not in answer.text
