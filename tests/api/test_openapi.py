"""The OpenAPI document is valid, true, and made when it is asked for."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode

from annotator import __version__
from annotator.api.contract import CONTRACTS
from tests.api.conftest import BASE, Call, Caller
from tests.world import World, new_id

# What fits a text, a scheme or a cursor is more than a schema can tell.
UNTOLD = schemathesis.checks.positive_data_acceptance
REJECTION = schemathesis.checks.negative_data_rejection
DOCUMENT = f"{BASE}/openapi.json"


@pytest.fixture
def document(stranger: Caller) -> dict[str, Any]:
    """The document, as anybody gets it."""
    answer = stranger("GET", "/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    found: dict[str, Any] = answer.json
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Address and description of each operation."""
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_document_is_whole(document: dict[str, Any], app: Flask) -> None:
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["version"] == __version__
    schema = schemathesis.openapi.from_dict(document)
    schema.validate()
    named = [operation["operationId"] for _, operation in operations(document)]
    assert sorted(named) == sorted(CONTRACTS)
    for path, operation in operations(document):
        assert path.startswith(f"{BASE}/")
        assert operation["summary"].endswith(".")
        in_path = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
        assert in_path == {part[1:-1] for part in path.split("/") if part.startswith("{")}
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"]
    text = str(document)
    schemas = document["components"]["schemas"]
    for name in schemas:
        assert f"#/components/schemas/{name}'" in text, f"{name} is never used"


def test_a_document_that_is_none_is_found() -> None:
    broken = {
        "openapi": "3.1.0",
        "info": {"title": "t"},
        "paths": {"/a": {"get": {"responses": 5}}},
    }
    with pytest.raises(Exception, match="required property"):
        schemathesis.openapi.from_dict(broken).validate()


@pytest.mark.parametrize("pinned", [True, False], ids=["places that are there", "any places"])
def test_answers_are_as_the_document_says(
    app: Flask, trials: World, call: Call, full_rounds: bool, pinned: bool
) -> None:
    boss, article = call("boss"), trials.article()
    there = {"slug": "trials", "article_id": article, "annotation_id": new_id(), "job_id": 1}
    headers = {"Authorization": f"Bearer {boss.token}", "Accept-Encoding": "identity"}
    schema = schemathesis.openapi.from_wsgi(DOCUMENT, app)
    for found in schema.get_all_operations():
        for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
            strategy = found.ok().as_strategy(generation_mode=mode)

            @given(case=strategy)
            @settings(
                max_examples=50 if full_rounds else 4,
                deadline=None,
                database=None,
                derandomize=not full_rounds,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate],
            )
            def send(case: Case) -> None:
                for name in (case.path_parameters or {}) if pinned else ():
                    case.path_parameters[name] = there[name]
                parts = case.meta.components.items()
                spoiled = {part.value for part, told in parts if told.mode.is_negative}
                mended = pinned and not spoiled & {"body", "query"}
                case.call_and_validate(
                    headers=headers, excluded_checks=[UNTOLD, REJECTION] if mended else [UNTOLD]
                )

            send()
