"""The server with its guards against repeated operations taken out: the oracle must notice.

``GUARDS_OUT=ids`` switches operation ids off; ``GUARDS_OUT=all`` also the check for a twin, the
unique index behind it and the check of the annotation's id, so that a retry is a new annotation.
"""

import os
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import select, text

from annotator.cli import main
from annotator.cli import serve as serve_module
from annotator.domain.operations import AddSpan
from annotator.services import operations, spans
from annotator.storage.engine import Database
from annotator.storage.tables import Annotation


def forget_operations() -> None:
    """No operation is remembered, so none is recognised."""
    _swap(operations, "_stored_acks", lambda *_: {})
    _swap(operations, "_store", lambda *_: None)


def allow_twins() -> None:
    """The same words with the same label are stored as often as they come."""
    apply = operations.apply_span_operation
    run = serve_module.run_server

    def apply_anew(work: Any, operation: Any) -> Any:
        if isinstance(operation, AddSpan):
            known = select(Annotation.id).where(Annotation.uuid == operation.annotation)
            if work.session.scalar(known):
                operation = replace(operation, annotation=str(uuid.uuid4()))
        return apply(work, operation)

    def run_open(settings: Any, database: Database, **options: Any) -> None:
        with database.connect() as connection:
            name = "uq_annotations_layer_id_range_label_id"
            connection.execute(text(f"DROP INDEX IF EXISTS {name}"))
        run(settings, database, **options)

    _swap(operations, "apply_span_operation", apply_anew)
    _swap(spans, "find_twin", lambda *_: None)
    _swap(serve_module, "run_server", run_open)


def _swap(module: Any, name: str, replacement: Callable[..., Any]) -> None:
    # A guard that was renamed would leave the control without effect.
    assert hasattr(module, name), f"{module.__name__} has no {name} any more"
    setattr(module, name, replacement)


if __name__ == "__main__":
    forget_operations()
    if os.environ["GUARDS_OUT"] == "all":
        allow_twins()
    main()
