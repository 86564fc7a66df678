"""Values of annotations in the database."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol, cast

from sqlalchemy import Table, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from annotator.domain.corpus import NOT_STATED, Scalar
from annotator.domain.values import check_value, plain_number, propose
from annotator.services.scheme import ProjectScheme, SchemeAttribute, SchemeLabel
from annotator.storage.engine import run
from annotator.storage.tables import Value

# On the table, not the class: one statement for all rows, whichever of their columns are empty.
_INSERT = insert(cast(Table, Value.__table__))
_OF_ANNOTATIONS = select(
    Value.annotation_id,
    Value.attribute_id,
    Value.option_id,
    Value.number,
    Value.text,
    Value.not_stated,
    Value.confirmed,
).where(Value.annotation_id.in_(bindparam("annotations", expanding=True)))


class StoredValue(Protocol):
    """The columns of a value, read as an object or as a row."""

    @property
    def option_id(self) -> int | None: ...
    @property
    def number(self) -> float | None: ...
    @property
    def text(self) -> str | None: ...
    @property
    def not_stated(self) -> bool: ...


def store_proposals(
    session: Session,
    project_id: int,
    annotation_id: int,
    label: SchemeLabel,
    quote: str,
    *,
    fresh: bool = False,
) -> None:
    """Store what the quote proposes for each required value not set yet, as unconfirmed.

    A ``fresh`` annotation has no value yet, so none is looked for.
    """
    query = select(Value.attribute_id).where(Value.annotation_id == annotation_id)
    present = set() if fresh else set(session.scalars(query))
    rows = []
    for attribute in label.attributes:
        if attribute.required and attribute.id not in present:
            proposal = propose(attribute, quote)
            if proposal is not None:
                rows.append(_row(project_id, annotation_id, attribute, proposal, confirmed=False))
    insert_values(session, rows)


def set_values(
    session: Session,
    project_id: int,
    annotation_id: int,
    label: SchemeLabel,
    values: Mapping[str, Scalar | None],
    *,
    unconfirmed: Collection[str] = (),
    dry: bool = False,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set the named values and confirm them, but for ``unconfirmed``; None unsets one.

    What they were, and what they are.

    Raises ``Invalid`` for an unknown name or an unfit value, before anything is written; ``dry``
    only checks and tells.
    """
    given = {name: value for name, value in values.items() if value is not None}
    rows = value_rows(project_id, annotation_id, label, given, unconfirmed=unconfirmed)
    attributes = {attribute.id: attribute for attribute in map(label.attribute, values)}
    if not attributes:
        return {}, {}
    place = (Value.annotation_id == annotation_id) & Value.attribute_id.in_(attributes)
    before = {
        attributes[row.attribute_id].name: plain(attributes[row.attribute_id], row)
        for row in session.scalars(select(Value).where(place))
    }
    if not dry:
        session.execute(delete(Value).where(place))
        insert_values(session, rows)
    return {name: before.get(name) for name in values}, dict(values)


def with_proposals(
    label: SchemeLabel, quote: str, values: Mapping[str, Scalar | None], names: Collection[str]
) -> dict[str, Scalar | None]:
    """``values``, with what ``quote`` proposes in place of None where ``names`` has the value."""
    asked = {a.name: a for a in label.attributes if a.required and a.name in names}
    return {
        name: propose(asked[name], quote) if value is None and name in asked else value
        for name, value in values.items()
    }


def check_values(label: SchemeLabel, values: Mapping[str, Scalar | None]) -> None:
    """Raises ``Invalid`` for an unknown name or an unfit value."""
    for name, value in values.items():
        attribute = label.attribute(name)
        if value is not None:
            check_value(attribute, value)


def value_rows(
    project_id: int,
    annotation_id: int,
    label: SchemeLabel,
    values: Mapping[str, Scalar],
    *,
    unconfirmed: Iterable[str] = (),
) -> list[dict[str, Any]]:
    """Rows for ``insert_values``; raises ``Invalid`` for an unknown name or an unfit value."""
    return [
        _row(
            project_id,
            annotation_id,
            label.attribute(name),
            check_value(label.attribute(name), value),
            confirmed=name not in unconfirmed,
        )
        for name, value in values.items()
    ]


def insert_values(session: Session, rows: list[dict[str, Any]]) -> None:
    """Store rows of ``value_rows``, of any number of annotations."""
    if rows:
        run(session, _INSERT, rows)


def plain(attribute: SchemeAttribute, row: StoredValue) -> Scalar:
    """A stored value as files and pages name it."""
    if row.not_stated:
        return NOT_STATED
    if row.number is not None:
        return plain_number(row.number)
    if row.text is not None:
        return row.text
    return next(option.name for option in attribute.options if option.id == row.option_id)


def read_values(
    session: Session, scheme: ProjectScheme, labels: Mapping[int, int]
) -> dict[int, dict[str, tuple[Scalar, bool]]]:
    """By annotation id: name to (value, confirmed), for the attributes of its present label.

    ``labels`` maps the annotations' ids to their label ids.
    """
    found: dict[int, dict[str, tuple[Scalar, bool]]] = {}
    if not labels:
        return found
    for row in run(session, _OF_ANNOTATIONS, {"annotations": list(labels)}):
        if scheme.attribute_labels.get(row.attribute_id) == labels[row.annotation_id]:
            attribute = scheme.attributes[row.attribute_id]
            found.setdefault(row.annotation_id, {})[attribute.name] = (
                plain(attribute, row),
                row.confirmed,
            )
    return found


def _row(
    project_id: int,
    annotation_id: int,
    attribute: SchemeAttribute,
    value: Scalar,
    *,
    confirmed: bool,
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "annotation_id": annotation_id,
        "attribute_id": attribute.id,
        "project_id": project_id,
        "option_id": None,
        "number": None,
        "text": None,
        "not_stated": value == NOT_STATED,
        "confirmed": confirmed,
    }
    if value == NOT_STATED:
        return row
    if attribute.kind == "choice":
        row["option_id"] = attribute.option(str(value)).id
    else:
        row[attribute.kind] = value
    return row
