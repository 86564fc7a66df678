"""The OpenAPI 3.1 document: routes, contracts and models put together at the first request."""

import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from flask import Response, current_app
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from werkzeug.routing import Map

from annotator import __version__
from annotator.api.answers import Answer, Problem
from annotator.api.contract import CONTRACTS, JSON, Contract, Given, under
from annotator.api.problems import MEDIA_TYPE, title_of
from annotator.api.requests import Body

Schema = dict[str, Any]
Model = tuple[type[BaseModel], JsonSchemaMode]
References = Mapping[Any, Schema]
"""By model and mode: how a schema points at the model's."""
VARIABLE = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
COMPONENTS = "#/components/schemas/"
NUMBER = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
PATH_SCHEMAS: dict[str, Schema] = {
    "slug": {"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$"},
    "article_id": NUMBER,
    "job_id": NUMBER,
    "annotation_id": {"type": "string", "format": "uuid"},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of the revision that this is based on; another one answers 412.",
    "schema": {"type": "string", "examples": ['"3"']},
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Makes the request count once, however often it is sent.",
    "schema": {"type": "string", "format": "uuid"},
}
INTRODUCTION = (
    "Projects, articles and annotations, for programs. Offsets are Unicode code points of the "
    "article's text, end exclusive. Lists come as pages: give the last “next” as “cursor”. Errors "
    "are problems (RFC 9457) whose “detail” a person can act on."
)


@under(Contract(answers={200: JSON}, open=True))
def show_openapi() -> Response:
    """This document."""
    app = current_app
    return app.response_class(_text(app.url_map), 200, mimetype=JSON)


@cache
def _text(url_map: Map) -> str:
    text: str = current_app.json.dumps(build_document(url_map), separators=(",", ":"))
    return text


def build_document(url_map: Map) -> Schema:
    """The document for the API's routes in ``url_map``, as JSON's own types."""
    models = sorted(set(_models()), key=lambda model: (model[0].__name__, model[1]))
    references, definitions = models_json_schema(models, ref_template=COMPONENTS + "{model}")
    paths: dict[str, Schema] = {}
    for endpoint, method, rule in _routes(url_map):
        operation = _operation(endpoint, rule, references)
        paths.setdefault(VARIABLE.sub(r"{\1}", rule), {})[method] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "annotator", "version": __version__, "description": INTRODUCTION},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _routes(url_map: Map) -> Iterator[tuple[str, str, str]]:
    for rule in url_map.iter_rules():
        owner, _, endpoint = rule.endpoint.partition(".")
        if owner == "api":
            for method in sorted(rule.methods or ()):
                if method not in ("HEAD", "OPTIONS"):
                    yield endpoint, method.lower(), rule.rule


def _models() -> Iterator[Model]:
    yield Problem, "serialization"
    for contract in CONTRACTS.values():
        for given in contract.answers.values():
            for model in _answer_models(given):
                yield model, "serialization"
        if contract.body is not None:
            yield contract.body, "validation"


def _answer_models(given: Given) -> tuple[type[Answer], ...]:
    if given is None or isinstance(given, str):
        return ()
    return given if isinstance(given, tuple) else (given,)


def _operation(endpoint: str, rule: str, references: References) -> Schema:
    contract = CONTRACTS[endpoint]
    view = current_app.view_functions[f"api.{endpoint}"]
    summary, _, description = (inspect.getdoc(view) or endpoint).partition("\n\n")
    operation: Schema = {
        "operationId": endpoint,
        "summary": summary,
        "parameters": [*_path_parameters(rule), *_parameters(contract)],
        "responses": _responses(contract, references),
    }
    if description:
        operation["description"] = " ".join(description.split())
    if contract.open:
        operation["security"] = []
    if contract.body is not None:
        operation["requestBody"] = _request_body(contract, contract.body, references)
    return operation


def _path_parameters(rule: str) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": PATH_SCHEMAS[name]}
        for name in VARIABLE.findall(rule)
    ]


def _parameters(contract: Contract) -> list[Schema]:
    found = _query_parameters(contract.query) if contract.query else []
    found += [IF_MATCH] * contract.matches
    found += [IDEMPOTENCY_KEY] * contract.writes
    return found


def _query_parameters(model: type[Body]) -> list[Schema]:
    fields = model.model_json_schema()["properties"]
    parameters = []
    for name, schema in fields.items():
        told = {key: schema.pop(key) for key in ("description",) if key in schema}
        # Left out is the only way of saying nothing in an address.
        options = [one for one in schema.pop("anyOf", []) if one != {"type": "null"}]
        plain = {**schema, **(options[0] if options else {})}
        kept = {key: value for key, value in plain.items() if key != "title"}
        if kept.get("default", "") is None:
            del kept["default"]
        parameters.append({"name": name, "in": "query", **told, "schema": kept})
    return parameters


def _request_body(contract: Contract, body: type[Body], references: References) -> Schema:
    schema = references[body, "validation"]
    content: Schema = {media: {"schema": schema} for media in contract.media}
    lines = {"type": "string", "description": "One JSON value of the same kind a line."}
    content |= {media: {"schema": lines} for media in contract.lines}
    return {"required": contract.body_required, "content": content}


def _responses(contract: Contract, references: References) -> Schema:
    found: dict[str, Schema] = {}
    for status, given in contract.answers.items():
        answer: Schema = {"description": title_of(status)}
        schemas = [references[model, "serialization"] for model in _answer_models(given)]
        if isinstance(given, str):
            answer["content"] = {given: {}}
        elif schemas:
            schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
            answer["content"] = {JSON: {"schema": schema}}
        if contract.etag:
            told = "The annotation's revision, in quotes."
            answer["headers"] = {"ETag": {"description": told, "schema": {"type": "string"}}}
        found[str(status)] = answer
    problem = {MEDIA_TYPE: {"schema": references[Problem, "serialization"]}}
    for status in contract.all_problems:
        found[str(status)] = {"description": title_of(status), "content": problem}
    return found
